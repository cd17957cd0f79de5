/**
 * The memory that the kernels work in, in which results also stay: what a kernel computes is the next one's operand, and
 * copying it out and in again would cost a training step a tenth of its time, on the calling thread alone.
 *
 * A result is an array on this memory, and its place is free again when the program can no longer reach the array. To
 * ask is dear, as only the garbage collector knows (garbage.ts): so places are taken one behind the other until enough
 * have been, then all that nobody can reach become gaps at once, and the gaps are filled one behind the other.
 * Temporaries of one call have a region of their own, which the next call overwrites.
 */

import { collectGarbage, endJob } from "../garbage.ts";

/** Numbers of this device: on this memory, or, if they are few, on the JavaScript heap. */
export type Floats = Float32Array;

/** A range of addresses, the end not included. */
interface Range {
  readonly start: number;
  readonly end: number;
}

const PAGE_BYTES = 65536;
/** The most that WebAssembly can address, in pages. */
const MAX_PAGES = 65536;
/** Fewer numbers than these are as quickly copied as kept, and stay on the heap. */
const FEW = 1024;
/** A smaller gap is good for no result. */
const LEAST_BYTES = 4 * FEW;
/** So many bytes of results are made before the garbage collector is called, or as many as it left the last time. */
const COLLECT_BYTES = 2 ** 29;
/** The memory grows by this part of what it has at least: seldom, and not by much more than is needed. */
const GROWTH = 1 / 8;
/** Arrays begin at a multiple, so that no two threads write to one cache line. */
const LINE_BYTES = 64;
/** Behind an array there is room for one more vector: whole vectors may be read and written to its end. */
const VECTOR_BYTES = 16;

/** A new memory that threads can share, with one page. */
export function sharedMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES, shared: true });
}

/** Memory for the kernels of one `cpu` device. */
export class KernelMemory {
  readonly #wasm: WebAssembly.Memory;
  #floats: Floats;
  /** The memory's buffer now, and those that it had before it grew: arrays on these are arrays on the memory still. */
  readonly #buffers: WeakSet<ArrayBufferLike>;

  /** The regions of this call's temporaries: the last is being filled, up to `#top`. */
  #temporaries: Range[];
  #top: number;

  /** What may be taken for results; the first range is being filled. */
  #gaps: Range[] = [];
  #results: { readonly array: WeakRef<Floats>; readonly range: Range }[] = [];
  /** The results that this call has made room for, by their addresses, and the arrays that it reads. */
  readonly #rooms = new Map<number, Range>();
  #operands: Floats[] = [];
  /** Bytes of results since the last collection, and that it left. */
  #made = 0;
  #kept = 0;
  readonly #first: number;

  /** Leaves the first `reserved` bytes alone. */
  constructor(wasm: WebAssembly.Memory, reserved: number) {
    this.#wasm = wasm;
    this.#floats = new Float32Array(wasm.buffer);
    this.#buffers = new WeakSet([wasm.buffer]);
    this.#first = Math.ceil(reserved / LINE_BYTES) * LINE_BYTES;
    this.#temporaries = [{ start: this.#first, end: this.bytes }];
    this.#top = this.#first;
  }

  /** How many bytes there are. */
  get bytes(): number {
    return this.#wasm.buffer.byteLength;
  }

  /** The whole memory as float32, until the next allocation. */
  get floats(): Floats {
    return this.#floats;
  }

  /** Frees the temporaries of the last call. Every kernel call begins with this. */
  begin(): void {
    this.#temporaries = this.#temporaries.slice(-1);
    this.#top = this.#temporaries[0]!.start;
    this.#rooms.clear();
    this.#operands = [];
    if (this.#made > Math.max(COLLECT_BYTES, this.#kept)) this.collect();
  }

  /**
   * The address of room for `length` numbers of 4 bytes, until the next call begins.
   *
   * @throws {RangeError} If there is not so much memory.
   */
  allocate(length: number): number {
    const bytes = roomFor(length);
    const { start, end } = this.#temporaries.at(-1)!;
    if (this.#top + bytes > end) { // a larger region, for the calls to come as well
      const region = this.#takeGap(Math.max(bytes, 2 * (end - start))) ?? this.#takeGap(bytes) ?? this.#lastGap(bytes);
      this.#temporaries.push(region);
      this.#top = region.start;
    }
    const address = this.#top;
    this.#top += bytes;
    return address;
  }

  /** Puts whole numbers where a kernel finds them, until the next call begins, and returns their address. */
  putIntegers(values: ArrayLike<number>): number {
    const address = this.allocate(values.length);
    new Int32Array(this.#wasm.buffer, address, values.length).set(values);
    return address;
  }

  /** The address of room for `length` numbers of 4 bytes, which `take` makes a result of. */
  allocateResult(length: number): number {
    const range = length < FEW ? undefined : this.#takeGap(roomFor(length));
    if (range === undefined) return this.allocate(length);
    this.#rooms.set(range.start, range);
    return range.start;
  }

  /** Room for `length` numbers of which a result is made without a kernel; what they are is anything. */
  makeArray(length: number): Floats {
    this.begin();
    const range = length < FEW ? undefined : this.#takeGap(roomFor(length));
    return range === undefined ? new Float32Array(length) : this.#keep(range, length);
  }

  /** The `length` numbers at an address, for the caller to keep: there, if it is room for a result, or else copied. */
  take(address: number, length: number): Floats {
    const range = this.#rooms.get(address);
    if (range === undefined) return this.#floats.slice(address / 4, address / 4 + length);
    this.#rooms.delete(address);
    return this.#keep(range, length);
  }

  /** Where an array on this memory begins, for this call to read; nothing, if it is on the heap, or on another memory. */
  addressOf(array: Floats): number | undefined {
    if (!this.#buffers.has(array.buffer)) return undefined;
    this.#operands.push(array); // it stays, although the program may be done with it
    return array.byteOffset;
  }

  /** Makes gaps of all results that the program can no longer reach. */
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

  /** A result in its place. */
  #keep(range: Range, length: number): Floats {
    const array = new Float32Array(this.#wasm.buffer, range.start, length);
    this.#results.push({ array: new WeakRef(array), range });
    this.#made += range.end - range.start;
    return array;
  }

  /** So many bytes of the first gap that has them, or of new memory; nothing, if there is no more. */
  #takeGap(bytes: number): Range | undefined {
    let at = this.#gaps.findIndex(({ start, end }) => end - start >= bytes);
    if (at < 0) {
      const last = this.#gaps.at(-1);
      const open = last?.end === this.bytes ? last : undefined; // what is new comes right behind it
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

  /** So many bytes when there are no more to be had: of what nobody can reach any more. */
  #lastGap(bytes: number): Range {
    this.collect();
    const gap = this.#takeGap(bytes);
    if (gap !== undefined) return gap;
    throw new RangeError(`Cannot compute on the cpu device, as its 4 GiB have no room for ${bytes} bytes more`);
  }

  /** At least so many bytes more, behind what was there; nothing, if the system has no more. */
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
