/** Views of this device's numbers: walking them, and bringing them into the kernels' memory. */

import type { Storage, View } from "../kernels.ts";
import { elementOffsets, isRowMajor, type Layout, rowMajorStrides, type Shape, sizeOf } from "../view.ts";
import type { Engine } from "./engine.ts";
import type { Floats } from "./memory.ts";

/** The numbers behind a storage of this device; `Tensor` never passes it one of another. */
export function numbers(storage: Storage): Floats {
  return storage as Floats; // what `write` and all kernels of this device return
}

/** Several arrays of one shape, walked together: their strides are `strides[array][axis]`. */
export interface Walk {
  readonly shape: number[];
  readonly strides: number[][];
}

/**
 * The same walk with as few axes as can be: axes of size 1 are left out, and two neighbours become one where every
 * array steps through both in one stride. `[B, T, C]` without gaps is one axis; with a broadcast `[C]`, it is two.
 */
export function collapse(shape: Shape, stridesOf: readonly (readonly number[])[]): Walk {
  const walk: Walk = { shape: [], strides: stridesOf.map(() => []) };
  for (let axis = 0; axis < shape.length; axis++) {
    const size = shape[axis]!;
    if (size === 1) continue;
    const last = walk.shape.length - 1;
    const joins = last >= 0 && stridesOf.every((strides, i) => walk.strides[i]![last] === strides[axis]! * size);
    if (joins) walk.shape[last]! *= size;
    else walk.shape.push(size);
    stridesOf.forEach((strides, i) => walk.strides[i]![joins ? last : last + 1] = strides[axis]!);
  }
  return walk;
}

/** Copies the elements of one layout to the places of another, of the same shape. */
export function copyElements(from: Float32Array, a: Layout, to: Float32Array, b: Layout): void {
  if (sizeOf(a.shape) === 0) return;
  const { shape, strides: [aStrides, bStrides] } = collapse(a.shape, [a.strides, b.strides]) as Pair;
  while (shape.length < 2) { // at least two axes, for the loop below
    shape.unshift(1);
    aStrides.unshift(0);
    bStrides.unshift(0);
  }
  const outer = shape.length - 2;
  const walk = (axis: number, i: number, j: number) => {
    if (axis === outer) {
      return copyMatrix(from, i, aStrides.slice(axis), to, j, bStrides.slice(axis), shape.slice(axis));
    }
    for (let n = 0; n < shape[axis]!; n++) walk(axis + 1, i + n * aStrides[axis]!, j + n * bStrides[axis]!);
  };
  walk(0, a.offset, b.offset);
}

/** A walk over two arrays. */
type Pair = { shape: number[]; strides: [number[], number[]] };

/** From how many numbers on a run is worth a call of `set`. */
const LONG_RUN = 48;
/** Columns that are copied together, so that a transposed read uses a cache line while it is there. */
const BLOCK = 32;

function copyMatrix(
  from: Float32Array,
  i: number,
  a: number[],
  to: Float32Array,
  j: number,
  b: number[],
  shape: number[],
) {
  const [rows, columns] = [shape[0]!, shape[1]!];
  const [aRow, aColumn, bRow, bColumn] = [a[0]!, a[1]!, b[0]!, b[1]!];
  if (aColumn === 1 && bColumn === 1 && columns >= LONG_RUN) {
    for (let r = 0; r < rows; r++) to.set(from.subarray(i + r * aRow, i + r * aRow + columns), j + r * bRow);
    return;
  }
  for (let start = 0; start < columns; start += BLOCK) {
    const end = Math.min(columns, start + BLOCK);
    for (let r = 0; r < rows; r++) {
      for (let c = start; c < end; c++) to[j + r * bRow + c * bColumn] = from[i + r * aRow + c * aColumn]!;
    }
  }
}

/** The elements of a view, row-major, without gaps, in a new array. */
export function compact(engine: Engine, view: View): Floats {
  const { memory } = engine;
  memory.begin();
  const size = sizeOf(view.shape);
  const out = memory.allocateResult(size);
  copyTo(engine, place(engine, view), out);
  return memory.take(out, size);
}

/** The same elements elsewhere in the memory, row-major, without gaps; where they are, if they are so already. */
export function compactIn(engine: Engine, placed: Placed): Placed {
  const { address, shape, strides } = placed;
  if (isRowMajor({ shape, strides, offset: 0 })) return { address, shape, strides };
  const to = engine.memory.allocate(sizeOf(shape));
  copyTo(engine, placed, to);
  return { address: to, shape, strides: rowMajorStrides(shape) };
}

/** Has the elements of a view in the memory, row-major, without gaps, and returns their address. */
export function put(engine: Engine, view: View): number {
  return compactIn(engine, place(engine, view)).address;
}

/** A view's elements in the memory: the first stands at `address`, the strides are as in the view. */
export interface Placed {
  readonly address: number;
  readonly shape: Shape;
  readonly strides: readonly number[];
}

/** Has a view in the memory as it lies, transposed or broadcast: where it is, or by a copy of the range that it covers. */
export function place({ memory }: Engine, { storage, shape, strides, offset }: View): Placed {
  const from = numbers(storage);
  const base = memory.addressOf(from);
  if (base !== undefined) return { address: base + 4 * offset, shape, strides };
  const span = sizeOf(shape) === 0 ? 0 : shape.reduce((span, n, axis) => span + (n - 1) * strides[axis]!, 1);
  const address = memory.allocate(span);
  memory.floats.set(from.subarray(offset, offset + span), address / 4);
  return { address, shape, strides };
}

/** About what copying a number takes, in ns. */
const COPY_NS = 0.6;

/** Copies elements to `out`, row-major, without gaps. */
function copyTo(engine: Engine, { address, shape, strides }: Placed, out: number): void {
  if (sizeOf(shape) === 0) return;
  const walk = collapse(shape, [strides]);
  const [columns, stride] = [walk.shape.pop() ?? 1, walk.strides[0]!.pop() ?? 1];
  const starts = elementOffsets({ shape: walk.shape, strides: walk.strides[0]!, offset: 0 });
  copyRows(engine, address, starts, stride, out, columns);
}

/** Copies rows of `columns` numbers that are `stride` apart, and begin at `starts` from `address`, to `out`. */
export function copyRows(
  engine: Engine,
  address: number,
  starts: Int32Array,
  stride: number,
  out: number,
  columns: number,
): void {
  const table = engine.memory.putIntegers(starts);
  const plan = engine.plan(starts.length, columns * COPY_NS);
  engine.run("copyRows", [address, table, 4 * stride, out, columns, starts.length], plan);
}
