/** The compiled kernels, the memory they work in, and the threads they run on. */

import { BLACKBOARD_BYTES, type Kernel, MAX_CHUNKS } from "./job.ts";
import { Pool, type PoolOptions } from "./pool.ts";
import relaxedSimd from "./wasm/relaxed_simd.ts";
import plainSimd from "./wasm/simd.ts";

/** Numbers of this device: plain memory of the JavaScript heap, which the garbage collector frees. */
export type Floats = Float32Array<ArrayBuffer>;

/** How an engine works. */
export interface EngineOptions extends Partial<PoolOptions> {
  /** Whether to use relaxed SIMD, whose multiply-add is one instruction; by default, where the runtime has it. */
  readonly relaxed?: boolean;
}

const PAGE_BYTES = 65536;

/** Below how many nanoseconds a job, and a chunk of it, is not worth sharing: waking a thread takes some 20,000. */
const CHUNK_NS = 50_000;
/** A chunk takes no longer than this, or a thread that is lost could not be told from one that is busy. */
const LONGEST_CHUNK_NS = 20_000_000;

/**
 * Kernels work in one memory that all threads see. Each call puts its operands there, at addresses that it allocates
 * one behind the other, and takes the results out; nothing stays there from one call to the next, so that the memory
 * grows to what the largest call needs, and no further.
 */
export class Engine {
  readonly relaxed: boolean;
  readonly pool: Pool;
  readonly #memory: WebAssembly.Memory;
  #floats: Float32Array;
  #top = BLACKBOARD_BYTES;

  constructor(
    { relaxed = hasRelaxedSimd(), threads = navigator.hardwareConcurrency, patience = 10_000 }: EngineOptions,
  ) {
    this.relaxed = relaxed;
    const module = new WebAssembly.Module(Uint8Array.fromBase64(relaxed ? relaxedSimd : plainSimd));
    this.#memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
    this.#floats = new Float32Array(this.#memory.buffer);
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory }, host: HOST });
    const kernels = Object.fromEntries(
      // every function that the module exports is a kernel: tools/build_kernels.ts has no other entry
      Object.entries(exports).filter((entry): entry is [string, Kernel] => typeof entry[1] === "function"),
    );
    this.pool = new Pool({ module, memory: this.#memory, kernels }, { threads, patience });
  }

  /** How many bytes the memory has. */
  get memoryBytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** The whole memory as float32, until the next allocation. */
  get floats(): Float32Array {
    return this.#floats;
  }

  /** Frees what the last call allocated. Every kernel call begins with this. */
  begin(): void {
    this.#top = BLACKBOARD_BYTES;
  }

  /** The address of room for `length` numbers of 4 bytes; whole vectors may be read and written to their end. */
  allocate(length: number): number {
    const address = this.#top;
    this.#top += Math.ceil((length + 4) / 16) * 64; // one vector to spare, and cache lines of 64 bytes
    const missing = this.#top - this.#memory.buffer.byteLength;
    if (missing > 0) {
      this.#memory.grow(Math.ceil(missing / PAGE_BYTES));
      this.#floats = new Float32Array(this.#memory.buffer);
    }
    return address;
  }

  /** Puts whole numbers into the memory, and returns their address. */
  putIntegers(values: ArrayLike<number>): number {
    const address = this.allocate(values.length);
    new Int32Array(this.#memory.buffer, address, values.length).set(values);
    return address;
  }

  /** Numbers out of the memory, for the caller to keep. */
  take(address: number, length: number): Floats {
    return new Float32Array(this.#floats.subarray(address / 4, address / 4 + length));
  }

  /**
   * Runs a kernel over `items`, each of about `ns` nanoseconds, cut into chunks for the threads. The kernel's last
   * arguments are how many items a chunk has (a multiple of `multiple`), the chunk's number, and the thread's.
   */
  share(kernel: string, args: number[], items: number, ns: number, multiple = 1): void {
    if (items === 0) return;
    const cost = items * ns;
    const chunkCost = Math.min(Math.max(CHUNK_NS, cost / (this.pool.threads * 4)), LONGEST_CHUNK_NS);
    const chunks = Math.min(Math.max(1, Math.floor(cost / chunkCost)), MAX_CHUNKS);
    const step = Math.ceil(items / chunks / multiple) * multiple;
    this.pool.run(kernel, [...args, step], Math.ceil(items / step));
  }
}

/** What the kernels import of Math. */
const HOST = { sin: Math.sin, cos: Math.cos, pow: Math.pow };

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
