/**
 * Threads that share the work of one kernel call, and the calling thread among them.
 *
 * Between jobs the workers look for the next one for a moment, then sleep in `Atomics.wait`; they keep no program alive.
 * A worker that is late takes fewer chunks, and without any, as where there is no Worker, the calling thread takes them
 * all.
 *
 * A pool in which something went wrong is done with, and so is its memory: a thread that hangs, or that cannot be ended
 * in its sleep, may write there at any time.
 */

import { Worker } from "node:worker_threads";
import { type Blackboard, blackboard, jobProtocol, type Kernel } from "./job.ts";

const { announce, dismiss, takeShare, waitForAll } = jobProtocol();

/** What a pool's threads run. */
export interface Program {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly kernels: Readonly<Record<string, Kernel>>;
}

/** How a pool works. */
export interface PoolOptions {
  /** How many threads take part: the calling one, and `threads − 1` workers, which start with the first shared job. */
  readonly threads: number;
  /** For how many milliseconds all threads together may finish no chunk before one of them counts as lost. */
  readonly patience: number;
}

/** The threads of one shared memory. */
export class Pool {
  readonly threads: number;
  readonly #patience: number;
  readonly #program: Program;
  readonly #board: Blackboard;
  readonly #names: readonly string[];
  readonly #kernels: readonly Kernel[];
  #workers: Worker[] = [];
  #job = 0;
  #lost: Error | undefined;

  constructor(program: Program, { threads, patience }: PoolOptions) {
    this.threads = threads;
    this.#patience = patience;
    this.#program = program;
    this.#board = blackboard(program.memory);
    this.#names = Object.keys(program.kernels);
    this.#kernels = Object.values(program.kernels);
  }

  /** The workers that are there. */
  get workers(): readonly Worker[] {
    return this.#workers;
  }

  /**
   * Calls a kernel for every chunk, on all threads, and returns when all are done. A chunk is expected to take `chunkMs`; with a hundred
   * times that on top of its patience, the pool never takes a busy thread for a lost one.
   *
   * @throws {Error} If a kernel failed, or a worker has gone; the pool must not be used any more.
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
      // as text in the URL: a file of its own would need a permission to be read, or fetched again
      const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(WORKER)}`), {
        workerData: { module, memory, thread },
      });
      worker.unref(); // it keeps no program alive
      worker.on("error", () => {}); // the calling thread learns of it through the memory, without waiting for events
      worker.on("exit", () => {
        if (this.#workers.includes(worker)) this.#lost = new Error("A worker of the cpu device has ended unexpectedly");
      });
      this.#workers.push(worker);
    }
  }
}

/** Jobs are numbered with 20 bits, from 1, and then from 1 again. */
const LAST_JOB = 0xfffff;

const WORKER = `
import { workerData } from "node:worker_threads";
const { module, memory, thread } = workerData;
const { exports } = new WebAssembly.Instance(module, { env: { memory }, host: Math });
(${jobProtocol})().serve((${blackboard})(memory), Object.values(exports).filter((f) => typeof f === "function"), thread);
`;
