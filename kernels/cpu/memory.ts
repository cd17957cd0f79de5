/**
 * The kernels' memory. Results stay in it, because one kernel's result is the next one's operand: copying results out
 * and in again would take a tenth of a training step, all on the calling thread.
 *
 * A result is an array on this memory. Its place is free again when the program can no longer reach the array, which
 * only the garbage collector knows (garbage.ts), and a collection is expensive. So results are placed one after another
 * until there are enough; then one collection turns the places of all unreachable results into gaps, which are filled
 * next. The temporaries of a call have a region of their own, which the next call overwrites.
 */

import { collectGarbage, endJob } from "../garbage.ts";

/** Numbers of this device: on this memory, or, if there are few, on the JavaScript heap. */
export type Floats = Float32Array;

/** A range of addresses, the end not included. */
interface Range {
  readonly start: number;
  readonly end: number;
}

const PAGE_BYTES = 65536;
/** The most pages that WebAssembly can address. */
const MAX_PAGES = 65536;
/** Results of fewer numbers stay on the heap: they are copied as quickly as they would be placed. */
const FEW = 1024;
/** A smaller gap has no room for any result. */
const LEAST_BYTES = 4 * FEW;
/** The bytes of results between two collections, at least; more if the last collection left more. */
const COLLECT_BYTES = 2 ** 29;
/** The memory grows at least by this share of its size: seldom, and not by much more than needed. */
const GROWTH = 1 / 8;
/** Arrays begin at multiples of a cache line, so that no two threads write to the same one. */
const LINE_BYTES = 64;
/** After an array there is room for one more vector, so that kernels may read and write whole vectors at its end. */
const VECTOR_BYTES = 16;

/** A new memory of one page that threads can share. */
export function sharedMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES, shared: true });
}

/** Memory for the kernels of one `cpu` device. */
export class KernelMemory {
  readonly #wasm: WebAssembly.Memory;
  #floats: Floats;
  /** The memory's current buffer, and those from before it grew, whose arrays are still on the memory. */
  readonly #buffers: WeakSet<ArrayBufferLike>;

  /** The regions of this call's temporaries. The last one is filled up to `#top`. */
  #temporaries: Range[];
  #top: number;

  /** The ranges that are free for results. The first one is filled next. */
  #gaps: Range[] = [];
  #results: { readonly array: WeakRef<Floats>; readonly range: Range }[] = [];
  /** Room for the results of this call, by address, and the arrays that it reads. */
  readonly #rooms = new Map<number, Range>();
  #operands: Floats[] = [];
  /** The bytes of results since the last collection, and those that it left. */
  #made = 0;
  #kept = 0;
  readonly #first: number;

  /** Does not use the first `reserved` bytes. */
  constructor(wasm: WebAssembly.Memory, reserved: number) {
    this.#wasm = wasm;
    this.#floats = new Float32Array(wasm.buffer);
    this.#buffers = new WeakSet([wasm.buffer]);
    this.#first = Math.ceil(reserved / LINE_BYTES) * LINE_BYTES;
    this.#temporaries = [{ start: this.#first, end: this.bytes }];
    this.#top = this.#first;
  }

  /** The size in bytes. */
  get bytes(): number {
    return this.#wasm.buffer.byteLength;
  }

  /** The whole memory as float32, valid until the next allocation. */
  get floats(): Floats {
    return this.#floats;
  }

  /** Begins a kernel call: frees the temporaries of the last one. */
  begin(): void {
    this.#temporaries = this.#temporaries.slice(-1);
    this.#top = this.#temporaries[0]!.start;
    this.#rooms.clear();
    this.#operands = [];
    if (this.#made > Math.max(COLLECT_BYTES, this.#kept)) this.collect();
  }

  /**
   * The address of room for `length` numbers of 4 bytes, valid until the next call begins.
   *
   * @throws {RangeError} If the memory is full.
   */
  allocate(length: number): number {
    const bytes = roomFor(length);
    const { start, end } = this.#temporaries.at(-1)!;
    if (this.#top + bytes > end) { // a larger region, which later calls use too
      const region = this.#takeGap(Math.max(bytes, 2 * (end - start))) ?? this.#takeGap(bytes) ?? this.#lastGap(bytes);
      this.#temporaries.push(region);
      this.#top = region.start;
    }
    const address = this.#top;
    this.#top += bytes;
    return address;
  }

  /** Writes integers to the memory, valid until the next call begins, and returns their address. */
  putIntegers(values: ArrayLike<number>): number {
    const address = this.allocate(values.length);
    new Int32Array(this.#wasm.buffer, address, values.length).set(values);
    return address;
  }

  /** The address of room for `length` numbers of 4 bytes, which `take` then makes a result. */
  allocateResult(length: number): number {
    const range = length < FEW ? undefined : this.#takeGap(roomFor(length));
    if (range === undefined) return this.allocate(length);
    this.#rooms.set(range.start, range);
    return range.start;
  }

  /** An array of `length` numbers with arbitrary contents, for a result that no kernel computes. */
  makeArray(length: number): Floats {
    this.begin();
    const range = length < FEW ? undefined : this.#takeGap(roomFor(length));
    return range === undefined ? new Float32Array(length) : this.#keep(range, length);
  }

  /** Makes a result of the `length` numbers at an address: in place, if that is room for a result, else as a copy. */
  take(address: number, length: number): Floats {
    const range = this.#rooms.get(address);
    if (range === undefined) return this.#floats.slice(address / 4, address / 4 + length);
    this.#rooms.delete(address);
    return this.#keep(range, length);
  }

  /** The address of an array that this call reads; undefined if it is on the heap or on another memory. */
  addressOf(array: Floats): number | undefined {
    if (!this.#buffers.has(array.buffer)) return undefined;
    this.#operands.push(array); // it must live until the call ends, even if the program drops it
    return array.byteOffset;
  }

  /** Frees the places of all results that the program can no longer reach. */
  collect(): void {
    endJob();
    collectGarbage();
    this.#results = this.#results.filter(({ array }) => array.deref() !== undefined);
    this.#made = 0;
    this.#kept = 0;
    this.#gaps = [];
    let end = this.#first;
    const used = [...this.#temporaries, ...this.#rooms.values(), ...this.#results.map(({ range }) => range)];
    used.sort((a, b) => a.start - b.start);
    for (const range of [...used, { start: this.bytes, end: this.bytes }]) {
      if (range.start - end >= LEAST_BYTES) this.#gaps.push({ start: end, end: range.start });
      end = range.end;
      this.#kept += range.end - range.start;
    }
  }

  /** The result in a range. */
  #keep(range: Range, length: number): Floats {
    const array = new Float32Array(this.#wasm.buffer, range.start, length);
    this.#results.push({ array: new WeakRef(array), range });
    this.#made += range.end - range.start;
    return array;
  }

  /** Takes `bytes` from the first gap that is large enough, or from new memory; undefined if the memory cannot grow. */
  #takeGap(bytes: number): Range | undefined {
    let at = this.#gaps.findIndex(({ start, end }) => end - start >= bytes);
    if (at < 0) {
      const last = this.#gaps.at(-1);
      const open = last?.end === this.bytes ? last : undefined; // new memory follows it directly
      const missing = bytes - (open ? open.end - open.start : 0);
      const grown = this.#grow(Math.max(missing, GROWTH * this.bytes)) ?? this.#grow(missing);
      if (grown === undefined) return undefined;
      if (open) this.#gaps.pop();
      at = this.#gaps.push({ start: (open ?? grown).start, end: grown.end }) - 1;
    }
    const { start, end } = this.#gaps[at]!;
    this.#gaps.splice(at, 1, ...(end - start - bytes >= LEAST_BYTES ? [{ start: start + bytes, end }] : []));
    return { start, end: start + bytes };
  }

  /** Collects unreachable results, and takes `bytes` from what becomes free. */
  #lastGap(bytes: number): Range {
    this.collect();
    const gap = this.#takeGap(bytes);
    if (gap !== undefined) return gap;
    throw new RangeError(`Cannot compute on the cpu device, as its 4 GiB have no room for ${bytes} more bytes`);
  }

  /** Adds at least `bytes` at the end of the memory; undefined if it cannot grow. */
  #grow(bytes: number): Range | undefined {
    const pages = Math.ceil(bytes / PAGE_BYTES);
    const start = this.bytes;
    if (start / PAGE_BYTES + pages > MAX_PAGES) return undefined;
    try {
      this.#wasm.grow(pages);
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
    this.#floats = new Float32Array(this.#wasm.buffer);
    this.#buffers.add(this.#wasm.buffer);
    return { start, end: this.bytes };
  }
}

function roomFor(length: number): number {
  return Math.ceil((4 * length + VECTOR_BYTES) / LINE_BYTES) * LINE_BYTES;
}
