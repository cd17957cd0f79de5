/** The compiled kernels, their memory, and the threads that run them. */

import { type Kernel, MAX_CHUNKS } from "./job.ts";
import { KernelMemory, sharedMemory } from "./memory.ts";
import { Pool, type PoolOptions } from "./pool.ts";
import { PARAMETERS } from "./wasm/parameters.ts";
import relaxedSimd from "./wasm/relaxed_simd.ts";
import plainSimd from "./wasm/simd.ts";

/** The name of a kernel: that of its function in `assembly/`. */
export type KernelName = keyof typeof PARAMETERS;

/** The arguments of a kernel: addresses, sizes, strides and factors, by their names in `assembly/`. */
export type Arguments<Name extends KernelName> = { readonly [Parameter in (typeof PARAMETERS)[Name][number]]: number };

/** How an engine works. */
export interface EngineOptions extends Partial<PoolOptions> {
  /** Whether to use relaxed SIMD, whose multiply-add is one instruction. Default: whether the runtime has it. */
  readonly relaxed?: boolean;
}

/** A shorter chunk is not worth sharing: waking a thread takes about 20,000 ns. */
const SHORTEST_CHUNK_NS = 20_000;
/** A longer chunk saves nothing, and at the end the other threads wait for it. (A single item may take longer.) */
const LONGEST_CHUNK_NS = 20_000_000;
/** Enough chunks that a late thread gets few of them, and so few that counting them takes no time. */
const GOOD_CHUNKS = 32;

/** How a job is cut into chunks. */
export interface Plan {
  /** How many items a chunk has; the last may have fewer. */
  readonly step: number;
  /** How many chunks there are. */
  readonly chunks: number;
  /** About how many milliseconds a chunk takes on one thread. */
  readonly chunkMs: number;
}

/** The kernels, in one memory that all threads share. Operands and results are in that memory. */
export class Engine {
  /** Whether the kernels use relaxed SIMD. */
  readonly relaxed: boolean;
  readonly #module: WebAssembly.Module;
  #poolOptions: PoolOptions;
  #kernels!: Readonly<Record<string, Kernel>>; // these three are set by #set
  #memory!: KernelMemory;
  #pool!: Pool;

  /** Compiles the kernels; threads start with the first call that is worth sharing. */
  constructor(
    { relaxed = hasRelaxedSimd(), threads = defaultThreads(), patience = 10_000 }: EngineOptions,
  ) {
    this.relaxed = relaxed;
    this.#module = new WebAssembly.Module(Uint8Array.fromBase64(relaxed ? relaxedSimd : plainSimd));
    this.#poolOptions = { threads, patience };
    this.#set();
  }

  /** Makes the memory, and a pool of threads on it. */
  #set(): void {
    const memory = sharedMemory();
    const { exports } = new WebAssembly.Instance(this.#module, { env: { memory }, host: HOST });
    this.#kernels = Object.fromEntries(
      // every function that the module exports is a kernel: assembly/index.ts exports no other
      Object.entries(exports).filter((entry): entry is [string, Kernel] => typeof entry[1] === "function"),
    );
    const { constantsEnd } = exports;
    if (!(constantsEnd instanceof WebAssembly.Global)) {
      throw new Error("The cpu kernels do not say where memory is free");
    }
    this.#memory = new KernelMemory(memory, constantsEnd.value);
    this.#pool = new Pool({ module: this.#module, memory, kernels: this.#kernels }, this.#poolOptions);
  }

  /** Sets the number of threads that share the work. */
  setThreads(threads: number): void {
    this.#poolOptions = { ...this.#poolOptions, threads };
    this.#reset();
  }

  /** Replaces the threads and their memory by new ones. */
  #reset(): void {
    this.#pool.close();
    this.#set();
  }

  /** The threads. */
  get pool(): Pool {
    return this.#pool;
  }

  /** The memory. An error replaces it; arrays in the old one are then copied, like arrays on the heap. */
  get memory(): KernelMemory {
    return this.#memory;
  }

  /**
   * Cuts `items` of about `ns` nanoseconds each into chunks of `step` items, a multiple of `multiple`. The plan does
   * not depend on the number of threads, so a sum over chunks has the same bits with any number.
   */
  plan(items: number, ns: number, multiple = 1): Plan {
    const cost = items * ns;
    const chunkCost = Math.min(Math.max(SHORTEST_CHUNK_NS, cost / GOOD_CHUNKS), LONGEST_CHUNK_NS);
    const chunks = Math.min(Math.max(1, Math.floor(cost / chunkCost)), MAX_CHUNKS);
    const step = Math.max(1, Math.ceil(items / chunks / multiple)) * multiple;
    return { step, chunks: Math.ceil(items / step), chunkMs: step * ns / 1e6 };
  }

  /**
   * Runs a kernel for every chunk of a plan: on this thread if there is one chunk or one thread, else on all threads.
   *
   * @throws {Error} If a kernel failed or a worker has ended. This call is lost; the next one has a new memory and new
   * threads.
   */
  run<Name extends KernelName>(kernel: Name, args: Arguments<Name>, { step, chunks, chunkMs }: Plan): void {
    const names: readonly string[] = PARAMETERS[kernel];
    const given: Readonly<Record<string, number>> = args;
    const values: number[] = [];
    for (let i = 0; i < names.length; i++) values.push(given[names[i]!]!); // `Arguments` has all of them
    values.push(step);
    try {
      if (chunks > 1 && this.#pool.threads > 1) {
        this.#pool.run(kernel, values, chunks, chunkMs);
      } else {
        for (let chunk = 0; chunk < chunks; chunk++) this.#kernels[kernel]!(...values, chunk, 0);
      }
    } catch (error) {
      this.#reset();
      throw error;
    }
  }
}

/** What the kernels import of Math. */
const HOST = { sin: Math.sin, cos: Math.cos, pow: Math.pow };

/** The number of processors; 1 where threads cannot share memory. */
export function defaultThreads(): number {
  return "SharedArrayBuffer" in globalThis ? navigator.hardwareConcurrency : 1;
}

/** Whether the runtime compiles relaxed SIMD: `(func (drop (f32x4.relaxed_madd (v128.const …) × 3)))` is valid. */
function hasRelaxedSimd(): boolean {
  const zero = [0xfd, 0x0c, ...new Array<number>(16).fill(0)]; // v128.const 0
  const body = [0x00, ...zero, ...zero, ...zero, 0xfd, 0x85, 0x02, 0x1a, 0x0b]; // no locals … relaxed_madd, drop, end
  return WebAssembly.validate(Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // "\0asm", version 1
    ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00], // one type: () → ()
    ...[0x03, 0x02, 0x01, 0x00], // one function, of that type
    ...[0x0a, body.length + 2, 0x01, body.length, ...body],
  ));
}
