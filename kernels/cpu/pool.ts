/**
 * Threads that share the work of one kernel call, and the calling thread among them.
 *
 * Between jobs the workers sleep in `Atomics.wait`, and keep no program alive. A worker that is late takes fewer chunks,
 * and without any, as where there is no Worker, the calling thread takes them all.
 */

import { Worker } from "node:worker_threads";
import { type Blackboard, blackboard, jobProtocol, type Kernel } from "./job.ts";

const { announce, reset, takeShare, waitForAll } = jobProtocol();

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
   * Calls a kernel for every chunk, and returns when all are done.
   *
   * @throws {Error} If a worker failed, or has gone; the workers that are left are ended, and the next job starts anew.
   */
  run(name: string, args: number[], chunks: number): void {
    if (this.#lost) this.#end(this.#lost);
    const kernel = this.#names.indexOf(name);
    if (chunks <= 1 || this.threads === 1) {
      for (let chunk = 0; chunk < chunks; chunk++) this.#kernels[kernel]!(...args, chunk, 0);
      return;
    }
    this.#start();
    this.#job = (this.#job + 1) & 0xfffff;
    announce(this.#board, this.#job, kernel, args, chunks);
    try {
      takeShare(this.#board, this.#kernels, this.#job, 0);
    } catch (error) {
      this.#end(new Error(`The kernel ${name} of the cpu device failed`, { cause: error }));
    }
    const outcome = waitForAll(this.#board, this.#patience);
    if (outcome === "failed") this.#end(new Error(`The kernel ${name} of the cpu device failed in a worker`));
    if (outcome === "lost") {
      this.#end(
        new Error(`The kernel ${name} of the cpu device was lost: no worker got on for ${this.#patience / 1000} s`),
      );
    }
  }

  /** Ends the workers. */
  async close(): Promise<void> {
    const workers = this.#workers;
    this.#workers = [];
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  #start(): void {
    if (this.#workers.length > 0) return;
    reset(this.#board);
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

  #end(error: Error): never {
    this.#lost = undefined;
    this.close();
    throw error;
  }
}

const WORKER = `
import { workerData } from "node:worker_threads";
const { module, memory, thread } = workerData;
const { exports } = new WebAssembly.Instance(module, { env: { memory }, host: Math });
(${jobProtocol})().serve((${blackboard})(memory), Object.values(exports).filter((f) => typeof f === "function"), thread);
`;
