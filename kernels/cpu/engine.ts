/** The compiled kernels, the memory they work in, and the threads they run on. */

import { type Kernel, MAX_CHUNKS } from "./job.ts";
import { KernelMemory, sharedMemory } from "./memory.ts";
import { Pool, type PoolOptions } from "./pool.ts";
import { PARAMETERS } from "./wasm/parameters.ts";
import relaxedSimd from "./wasm/relaxed_simd.ts";
import plainSimd from "./wasm/simd.ts";

/** The name of a kernel, which is that of a function in `assembly/`. */
export type KernelName = keyof typeof PARAMETERS;

/** What a kernel is called with: addresses, sizes, strides and factors, by the names that they have in `assembly/`. */
export type Arguments<Name extends KernelName> = { readonly [Parameter in (typeof PARAMETERS)[Name][number]]: number };

/** How an engine works. */
export interface EngineOptions extends Partial<PoolOptions> {
  /** Whether to use relaxed SIMD, whose multiply-add is one instruction; by default, where the runtime has it. */
  readonly relaxed?: boolean;
}

/** A chunk that is shorter is not worth sharing, as waking a thread takes some 20,000 ns. */
const SHORTEST_CHUNK_NS = 20_000;
/** A longer chunk is worth no more, and keeps the others waiting in the end; an item may take longer all the same. */
const LONGEST_CHUNK_NS = 20_000_000;
/** Enough chunks for a thread that is late to have little to do, and not so many that counting them is work. */
const GOOD_CHUNKS = 32;

/** How a job is cut. */
export interface Plan {
  /** How many items a chunk has; the last may have fewer. */
  readonly step: number;
  readonly chunks: number;
  /** About how many milliseconds a chunk takes on one thread. */
  readonly chunkMs: number;
}

/** The kernels, in one memory that all threads see. A call has its operands there, and makes its results there. */
export class Engine {
  readonly relaxed: boolean;
  readonly #module: WebAssembly.Module;
  #poolOptions: PoolOptions;
  #kernels!: Readonly<Record<string, Kernel>>; // these three are set by #set
  #memory!: KernelMemory;
  #pool!: Pool;

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
      // every function that the module exports is a kernel: assembly/index.ts has no other
      Object.entries(exports).filter((entry): entry is [string, Kernel] => typeof entry[1] === "function"),
    );
    const { constantsEnd } = exports;
    if (!(constantsEnd instanceof WebAssembly.Global)) {
      throw new Error("The cpu kernels do not say where memory is free");
    }
    this.#memory = new KernelMemory(memory, constantsEnd.value);
    this.#pool = new Pool({ module: this.#module, memory, kernels: this.#kernels }, this.#poolOptions);
  }

  /** From now on so many threads share the work. */
  setThreads(threads: number): void {
    this.#poolOptions = { ...this.#poolOptions, threads };
    this.#reset();
  }

  /** Gives up the threads, and with them the memory, for new ones. */
  #reset(): void {
    this.#pool.close();
    this.#set();
  }

  /** The threads. */
  get pool(): Pool {
    return this.#pool;
  }

  /** The memory; after an error there is another, and arrays on the old one are copied like those on the heap. */
  get memory(): KernelMemory {
    return this.#memory;
  }

  /**
   * How `items` of about `ns` nanoseconds each are cut into chunks of `step` items, a multiple of `multiple`. It does
   * not depend on the number of threads, so that a sum over chunks has the same bits with any.
   */
  plan(items: number, ns: number, multiple = 1): Plan {
    const cost = items * ns;
    const chunkCost = Math.min(Math.max(SHORTEST_CHUNK_NS, cost / GOOD_CHUNKS), LONGEST_CHUNK_NS);
    const chunks = Math.min(Math.max(1, Math.floor(cost / chunkCost)), MAX_CHUNKS);
    const step = Math.max(1, Math.ceil(items / chunks / multiple)) * multiple;
    return { step, chunks: Math.ceil(items / step), chunkMs: step * ns / 1e6 };
  }

  /**
   * Runs a kernel for every chunk of a plan: here, if there is one chunk or one thread, or else on all threads.
   *
   * @throws {Error} If a kernel failed, or a worker has gone. What was in the memory is lost, and so is this call; the
   * next one has a new memory and new threads.
   */
  run<Name extends KernelName>(kernel: Name, args: Arguments<Name>, { step, chunks, chunkMs }: Plan): void {
    const names: readonly string[] = PARAMETERS[kernel];
    const given: Readonly<Record<string, number>> = args;
    const values = names.map((name) => given[name]!); // `Arguments` has all of them
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

/** As many threads as there are processors; one where memory cannot be shared. */
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
