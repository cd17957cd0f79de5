/**
 * The threads that share the work of one kernel call: the calling thread and its workers.
 *
 * Between jobs, workers watch for the next one for a moment, then sleep in `Atomics.wait`. They do not keep the program
 * alive. A late worker takes fewer chunks; where there are no workers, the calling thread takes all.
 *
 * After an error a pool is not used again, nor is its memory: a thread that hangs may still write there at any time.
 */

import { Worker } from "node:worker_threads";
import { type Blackboard, blackboard, jobProtocol, type Kernel } from "./job.ts";

const { announce, dismiss, takeShare, waitForAll } = jobProtocol();

/** What the threads of a pool run. */
export interface Program {
  /** The compiled kernels, of which every worker makes an instance. */
  readonly module: WebAssembly.Module;
  /** The memory that all threads share. */
  readonly memory: WebAssembly.Memory;
  /** The calling thread's kernels. */
  readonly kernels: Readonly<Record<string, Kernel>>;
}

/** How a pool works. */
export interface PoolOptions {
  /** The number of threads: the calling one, and `threads − 1` workers, which start with the first shared job. */
  readonly threads: number;
  /** The milliseconds without a finished chunk after which a thread counts as lost. */
  readonly patience: number;
}

/** The threads of one shared memory. */
export class Pool {
  /** The number of threads, the calling one included. */
  readonly threads: number;
  readonly #patience: number;
  readonly #program: Program;
  readonly #board: Blackboard;
  readonly #names: readonly string[];
  readonly #kernels: readonly Kernel[];
  #workers: Worker[] = [];
  #job = 0;
  #lost: Error | undefined;

  /** Starts no thread yet. */
  constructor(program: Program, { threads, patience }: PoolOptions) {
    this.threads = threads;
    this.#patience = patience;
    this.#program = program;
    this.#board = blackboard(program.memory);
    this.#names = Object.keys(program.kernels);
    this.#kernels = Object.values(program.kernels);
  }

  /** The workers that have been started. */
  get workers(): readonly Worker[] {
    return this.#workers;
  }

  /**
   * Calls a kernel for every chunk, on all threads, and returns when all chunks are done. A chunk is expected to take
   * `chunkMs`. The pool waits a hundred times longer, on top of its patience, before it takes a busy thread for a lost
   * one.
   *
   * @throws {Error} If a kernel failed or a worker has ended. The pool must not be used again.
   */
  run(name: string, args: number[], chunks: number, chunkMs = 0): void {
    if (this.#lost) throw this.#lost;
    this.#start();
    this.#job = this.#job % LAST_JOB + 1;
    announce(this.#board, this.#job, this.#names.indexOf(name), args, chunks);
    takeShare(this.#board, this.#kernels, this.#job, 0);
    const patience = this.#patience + 100 * chunkMs;
    const outcome = waitForAll(this.#board, patience);
    if (outcome === "failed") throw new Error(`The kernel ${name} of the cpu device failed in a worker`);
    if (outcome === "lost") {
      const seconds = patience / 1000;
      throw new Error(`The kernel ${name} of the cpu device was lost: no worker got anything done in ${seconds} s`);
    }
  }

  /** Ends the workers. */
  async close(): Promise<void> {
    const workers = this.#workers;
    this.#workers = [];
    dismiss(this.#board);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  #start(): void {
    if (this.#workers.length > 0) return;
    const { module, memory } = this.#program;
    for (let thread = 1; thread < this.threads; thread++) {
      // as text in the URL: to read or fetch a file would need a permission
      const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(WORKER)}`), {
        workerData: { module, memory, thread },
      });
      worker.unref(); // does not keep the program alive
      worker.on("error", () => {}); // the calling thread sees the error in the memory, without waiting for events
      worker.on("exit", () => {
        if (this.#workers.includes(worker)) this.#lost = new Error("A worker of the cpu device has ended unexpectedly");
      });
      this.#workers.push(worker);
    }
  }
}

/** Job numbers have 20 bits; after the last comes 1 again. */
const LAST_JOB = 0xfffff;

const WORKER = `
import { workerData } from "node:worker_threads";
const { module, memory, thread } = workerData;
const { exports } = new WebAssembly.Instance(module, { env: { memory }, host: Math });
(${jobProtocol})().serve((${blackboard})(memory), Object.values(exports).filter((f) => typeof f === "function"), thread);
`;
