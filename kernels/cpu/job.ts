/** A compiled kernel. It takes addresses, sizes and strides, then the number of the chunk, then that of the thread. */
export type Kernel = (...args: number[]) => void;

/** The two views of the memory through which threads agree on a job. */
export interface Blackboard {
  /** The job's number, its kernel, and what has been done. */
  readonly words: Int32Array;
  /** The kernel's arguments. */
  readonly args: Float64Array;
}

/** The size of the blackboard, at the beginning of the shared memory. */
export const BLACKBOARD_BYTES = 1024;

/** The most chunks of a job: 12 bits count them. */
export const MAX_CHUNKS = 4000;

/** The blackboard of a memory. */
export function blackboard(memory: WebAssembly.Memory): Blackboard {
  return { words: new Int32Array(memory.buffer, 0, 128), args: new Float64Array(memory.buffer, 512, 64) };
}

/**
 * How threads share a job: one kernel, its arguments, and a number of chunks. Each thread takes the next chunk that
 * nobody has taken, until none is left.
 *
 * This function is also sent to the workers as text, so it uses nothing from outside itself.
 */
export function jobProtocol() {
  const TICKET = 0; // the job's number, 20 bits, and the next chunk to take, 12 bits
  const JOB = 1; // the number of the latest job, or −1 if there will be no more; workers sleep on it
  const CHUNKS = 2;
  const DONE = 3; // the number of finished chunks; the calling thread sleeps on it
  const FAILED = 4; // 1 after an error in a worker
  const KERNEL = 5;
  const ARGUMENTS = 6; // how many
  const CLOSED = 0xfff;
  const PAUSES = 3000; // about 0.1 ms: longer than the pause between two kernels of a step, and than waking a thread

  /** Announces a job, and wakes the workers. The job before is finished. */
  function announce({ words, args }: Blackboard, job: number, kernel: number, values: number[], chunks: number) {
    Atomics.store(words, TICKET, job << 12 | CLOSED); // from here on, no late worker takes a chunk of the last job
    words[KERNEL] = kernel;
    words[ARGUMENTS] = values.length;
    words[CHUNKS] = chunks;
    args.set(values);
    Atomics.store(words, DONE, 0);
    Atomics.store(words, TICKET, job << 12);
    Atomics.store(words, JOB, job);
    Atomics.notify(words, JOB);
  }

  /** Computes chunks of a job until none is left. */
  function takeShare({ words, args }: Blackboard, kernels: readonly Kernel[], job: number, thread: number) {
    // If the next job is being announced meanwhile, these are a mixture of two jobs. But then the ticket has changed
    // already, and no chunk is taken with them.
    const chunks = words[CHUNKS]!;
    const kernel = kernels[words[KERNEL]!]!;
    const count = words[ARGUMENTS]!;
    const values = [...args.subarray(0, count), 0, thread]; // with the number of the chunk before the thread's
    for (;;) {
      const ticket = Atomics.load(words, TICKET);
      const chunk = ticket & CLOSED;
      if (ticket >>> 12 !== job || chunk >= chunks) return;
      if (Atomics.compareExchange(words, TICKET, ticket, ticket + 1) !== ticket) continue; // another was faster
      values[count] = chunk;
      kernel(...values);
      if (Atomics.add(words, DONE, 1) + 1 === chunks) Atomics.notify(words, DONE);
    }
  }

  /** Whether a word changes within a moment that is too short to sleep. */
  function changes(words: Int32Array, at: number, from: number): boolean {
    for (let i = 0; i < PAUSES; i++) {
      if (Atomics.load(words, at) !== from) return true;
      Atomics.pause?.(); // some runtimes do not have it yet
    }
    return false;
  }

  /** Waits until all chunks are done, a worker fails, or no chunk is finished within `patience` ms. */
  function waitForAll({ words }: Blackboard, patience: number): "done" | "failed" | "lost" {
    for (;;) {
      const done = Atomics.load(words, DONE);
      if (Atomics.load(words, FAILED) !== 0) return "failed";
      if (done >= words[CHUNKS]!) return "done";
      if (changes(words, DONE, done)) continue;
      if (Atomics.wait(words, DONE, done, patience) === "timed-out") return "lost";
    }
  }

  /** What a worker does until it is dismissed: it sleeps, and takes a share of every job. */
  function serve(board: Blackboard, kernels: readonly Kernel[], thread: number) {
    const { words } = board;
    try {
      for (let last = 0;;) { // jobs count from 1
        const job = Atomics.load(words, JOB);
        if (job === -1) return;
        if (job !== last) takeShare(board, kernels, job, thread);
        last = job;
        if (!changes(words, JOB, job)) Atomics.wait(words, JOB, job);
      }
    } catch (error) {
      Atomics.store(words, FAILED, 1);
      Atomics.add(words, DONE, 1); // wakes the calling thread
      Atomics.notify(words, DONE);
      throw error;
    }
  }

  /** Tells the workers to end. */
  function dismiss({ words }: Blackboard) {
    Atomics.store(words, JOB, -1);
    Atomics.notify(words, JOB);
  }

  return { announce, takeShare, waitForAll, serve, dismiss };
}
