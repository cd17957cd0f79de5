/** Copying views, and bringing them into the kernels' memory. */

import type { Storage, View } from "../kernels.ts";
import { collapse, elementOffsets, isRowMajor, type Layout, rowMajorStrides, type Shape, sizeOf } from "../view.ts";
import type { Arguments, Engine } from "./engine.ts";
import type { Floats } from "./memory.ts";
import { liesWithin } from "./operands.ts";

/** The numbers of a storage of this device. `Tensor` never passes a storage of another device. */
export function numbers(storage: Storage): Floats {
  return storage as Floats; // what all kernels of this device return
}

/** Copies the elements of one layout to the places of another, of the same shape. */
export function copyElements(from: Float32Array, a: Layout, to: Float32Array, b: Layout): void {
  if (sizeOf(a.shape) === 0) return;
  const walked = collapse({ shape: a.shape, strides: [a.strides, b.strides] });
  const atLeastTwo = (axes: readonly number[], fill: number) => [fill, fill, ...axes].slice(-Math.max(2, axes.length));
  const shape = atLeastTwo(walked.shape, 1); // for the loop below
  const [aStrides, bStrides] = [atLeastTwo(walked.strides[0]!, 0), atLeastTwo(walked.strides[1]!, 0)];
  const outer = shape.length - 2;
  const step = (axis: number, i: number, j: number) => {
    if (axis === outer) {
      const matrixOf = (strides: number[], start: number) => {
        return { start, row: strides[outer]!, column: strides[outer + 1]! };
      };
      return copyMatrix(from, matrixOf(aStrides, i), to, matrixOf(bStrides, j), shape[outer]!, shape[outer + 1]!);
    }
    for (let n = 0; n < shape[axis]!; n++) step(axis + 1, i + n * aStrides[axis]!, j + n * bStrides[axis]!);
  };
  step(0, a.offset, b.offset);
}

/** The least length of a run for which a call of `set` pays. */
const LONG_RUN = 48;
/** Columns that are copied together, so that a transposed read uses a whole cache line before it is evicted. */
const BLOCK = 32;

/** Where a matrix begins, and the distances between its rows and between its columns. */
interface MatrixLayout {
  readonly start: number;
  readonly row: number;
  readonly column: number;
}

function copyMatrix(
  from: Float32Array,
  a: MatrixLayout,
  to: Float32Array,
  b: MatrixLayout,
  rows: number,
  columns: number,
): void {
  if (a.column === 1 && b.column === 1 && columns >= LONG_RUN) {
    for (let r = 0; r < rows; r++) {
      const start = a.start + r * a.row;
      to.set(from.subarray(start, start + columns), b.start + r * b.row);
    }
    return;
  }
  for (let start = 0; start < columns; start += BLOCK) {
    const end = Math.min(columns, start + BLOCK);
    for (let r = 0; r < rows; r++) {
      const [i, j] = [a.start + r * a.row, b.start + r * b.row];
      for (let c = start; c < end; c++) to[j + c * b.column] = from[i + c * a.column]!;
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

/** The same elements, row-major without gaps: where they are, if they are so already, else copied within the memory. */
export function compactIn(engine: Engine, placed: Placed): Placed {
  const { address, shape, strides } = placed;
  if (isRowMajor({ shape, strides, offset: 0 })) return { address, shape, strides };
  const to = engine.memory.allocate(sizeOf(shape));
  copyTo(engine, placed, to);
  return { address: to, shape, strides: rowMajorStrides(shape) };
}

/** Brings the elements of a view into the memory, row-major without gaps, and returns their address. */
export function put(engine: Engine, view: View): number {
  return compactIn(engine, place(engine, view)).address;
}

/** A view's elements in the memory. */
export interface Placed {
  /** The address of the first element. */
  readonly address: number;
  /** The view's shape. */
  readonly shape: Shape;
  /** The view's strides, in numbers. */
  readonly strides: readonly number[];
}

/**
 * Brings a view into the memory with its own strides, transposed or broadcast: where it is, if it is in the memory,
 * else by a copy of the range that it covers.
 *
 * @throws {RangeError} If the view reaches beyond its storage.
 */
export function place({ memory }: Engine, view: View): Placed {
  liesWithin(view);
  const { storage, shape, strides, offset } = view;
  const from = numbers(storage);
  const base = memory.addressOf(from);
  if (base !== undefined) return { address: base + 4 * offset, shape, strides };
  const span = sizeOf(shape) === 0 ? 0 : shape.reduce((span, n, axis) => span + (n - 1) * strides[axis]!, 1);
  const address = memory.allocate(span);
  memory.floats.set(from.subarray(offset, offset + span), address / 4);
  return { address, shape, strides };
}

/** About the time to copy a number, in ns. */
const COPY_NS = 0.6;

/** Copies elements to `out`, row-major, without gaps. */
function copyTo(engine: Engine, { address, shape, strides }: Placed, out: number): void {
  if (sizeOf(shape) === 0) return;
  const walked = collapse({ shape, strides: [strides] });
  const [n, stride] = [walked.shape.at(-1) ?? 1, walked.strides[0]!.at(-1) ?? 1];
  const starts = elementOffsets({
    shape: walked.shape.slice(0, -1),
    strides: walked.strides[0]!.slice(0, -1),
    offset: 0,
  });
  copyRows(engine, { x: address, starts, stride: 4 * stride, out, n });
}

/** Copies rows to `out`. A row has `n` numbers, `stride` bytes apart, and begins `starts[row]` numbers after `x`. */
export function copyRows(
  engine: Engine,
  { starts, ...args }: Omit<Arguments<"copyRows">, "starts" | "rows"> & { readonly starts: Int32Array },
): void {
  const table = engine.memory.putIntegers(starts);
  const plan = engine.plan(starts.length, args.n * COPY_NS);
  engine.run("copyRows", { ...args, starts: table, rows: starts.length }, plan);
}
