/** Kernels whose places to read or write are known only at run time. */

import type { Kernels, Part, View } from "../kernels.ts";
import { contiguous, type Layout, sizeOf } from "../view.ts";
import type { Gpu } from "./gpu.ts";
import { type Arguments, program, type Thread } from "./program.ts";
import type { GpuStorage } from "./storage.ts";
import { placeProgram, SMALL, viewArguments } from "./templates.ts";
import { along, everyRow, storageOf, walk } from "./views.ts";

/** Row numbers above this are not exact in float32, the only type of numbers on the device. */
const EXACT = 2 ** 24;

const ROWS = {
  a: "Array",
  aOffset: "Integer",
  aRow: "Integer",
  aColumn: "Integer",
  width: "Integer",
} as const;

/** `out[i, c] = a[indices[i], c]`. (The row, below 2²⁴, takes two divisions, as in templates.ts.) */
const GATHER = program(
  function (
    this: Thread,
    a: readonly number[],
    aOffset: number,
    aRow: number,
    aColumn: number,
    width: number,
    indices: readonly number[],
  ) {
    const near = Math.floor((this.thread.x + 0.5) / width);
    const row = near + Math.floor((this.thread.x - (near | 0) * width + 0.5) / width);
    return a[aOffset + (indices[row]! | 0) * aRow + (this.thread.x - (row | 0) * width) * aColumn]!;
  },
  { ...ROWS, indices: "Array" },
);

/** `out[r, c] = Σ a[order[k], c]` over `starts[r] ≤ k < starts[r + 1]`. */
const SCATTER_ADD = program(
  function (
    this: Thread,
    a: readonly number[],
    aOffset: number,
    aRow: number,
    aColumn: number,
    width: number,
    order: readonly number[],
    starts: readonly number[],
  ) {
    const near = Math.floor((this.thread.x + 0.5) / width);
    const row = near + Math.floor((this.thread.x - (near | 0) * width + 0.5) / width);
    const start = starts[row]!;
    const count = starts[row + 1]! - start;
    let total = 0;
    for (let k = 0; k < count; k++) {
      const from = order[(start | 0) + (k | 0)]!;
      total += a[aOffset + (from | 0) * aRow + (this.thread.x - (row | 0) * width) * aColumn]!;
    }
    return total;
  },
  { ...ROWS, order: "Array", starts: "Array" },
);

type IndexingKernels = Pick<Kernels, "gather" | "scatterAdd" | "assemble" | "argmax">;

/** The kernels of this file. */
export function indexingKernels(gpu: Gpu): IndexingKernels {
  return {
    gather(a, indices) {
      const width = sizeOf(a.shape.slice(1));
      const length = indices.length * width;
      if (length === 0) return gpu.write([]);
      checkExact(Math.max(a.shape[0]!, indices.length));
      return gpu.launch(GATHER, [length], { ...rows(gpu, a), width, indices: gpu.write(indices) });
    },

    scatterAdd(a, indices, shape) {
      const [height, width] = [shape[0]!, sizeOf(shape.slice(1))];
      if (height * width === 0) return gpu.write([]);
      if (indices.length === 0) return gpu.full(height * width, 0);
      checkExact(Math.max(height, indices.length));
      const { order, starts } = sortedByIndex(indices, height);
      const args = { ...rows(gpu, a), width, order: gpu.write(order), starts: gpu.write(starts) };
      return gpu.launch(SCATTER_ADD, [height * width], args);
    },

    assemble: (length, parts) => assemble(gpu, length, parts),

    argmax(x) {
      const C = x.shape.at(-1)!;
      const max = along(contiguous(gpu.fold("max", "x", { x }), x.shape.slice(0, -1)), C);
      const column = everyRow(gpu.counting(C), x.shape);
      // the maximum of a row with a NaN is NaN; the first place of the maximum has the largest negated column
      const first = gpu.fold("max", "isNotANumber(x) + (x === max ? 1 : 0) > 0 ? -column : lowest", { x, max, column });
      return Int32Array.from(gpu.read(first), (column) => -column);
    },
  };
}

/** Writes parts, one after another, into an array of `length` zeros. */
export function assemble(gpu: Gpu, length: number, parts: readonly Part[]): GpuStorage {
  let out: GpuStorage | undefined;
  for (const part of parts.filter(({ view }) => sizeOf(view.shape) > 0).flatMap(nested)) {
    out = place(gpu, length, part, out);
  }
  return out ?? gpu.full(length, 0);
}

/** The arguments of an array as a matrix: its first axis are the rows, and all others the columns. */
function rows(gpu: Gpu, a: View): Omit<Arguments<typeof ROWS>, "width"> {
  const { shape, strides } = walk([a], 1);
  if (shape.length > 1) return rows(gpu, gpu.contiguous(a));
  return { a: storageOf(a), aOffset: a.offset, aRow: a.strides[0]!, aColumn: strides[0]![0] ?? 0 };
}

/** The places of each index, sorted by index: those of index r are `order[starts[r]]` to `order[starts[r + 1] − 1]`. */
function sortedByIndex(indices: Int32Array, count: number): { order: Int32Array; starts: Int32Array } {
  const starts = new Int32Array(count + 1);
  for (const index of indices) starts[index + 1]!++;
  for (let r = 0; r < count; r++) starts[r + 1]! += starts[r]!;
  const next = starts.slice();
  const order = new Int32Array(indices.length);
  indices.forEach((index, place) => order[next[index]!++] = place);
  return { order, starts };
}

/** A copy of `before` with a part written over it. */
function place(gpu: Gpu, length: number, { view, layout }: Part, before: GpuStorage | undefined): GpuStorage {
  const rank = layout.shape.length;
  const [large, overlays] = [length > SMALL, before !== undefined];
  const program = gpu.cached(`place ${rank} ${large} ${overlays}`, () => placeProgram(rank, large, overlays));
  const places = layout.shape.flatMap((size, axis) => [[`size${axis}`, size], [`place${axis}`, layout.strides[axis]!]]);
  return gpu.launch(program, [length], {
    ...viewArguments("x", view, view.strides),
    ...Object.fromEntries(places),
    placeOffset: layout.offset,
    ...(before === undefined ? {} : { before }),
  });
}

/**
 * The same part with its axes sorted so that a step along one is at least as long as all of the next: then the
 * coordinates of a place follow by division. A part whose axes interlock is cut into pieces with fewer axes.
 */
function nested({ view, layout }: Part): Part[] {
  const axes = [...layout.shape.keys()].filter((axis) => layout.shape[axis] !== 1)
    .sort((i, j) => layout.strides[j]! - layout.strides[i]!);
  const sorted = { view: { ...view, ...chosen(view, axes) }, layout: chosen(layout, axes) };
  const { shape, strides } = sorted.layout;
  if (shape.every((size, axis) => axis === 0 || size * strides[axis]! <= strides[axis - 1]!)) return [sorted];
  return Array.from({ length: shape[0]! }, (_, i) => {
    return nested({ view: { ...view, ...slab(sorted.view, i) }, layout: slab(sorted.layout, i) });
  }).flat();
}

/** The layout at position i of the first axis. */
function slab({ shape, strides, offset }: Layout, i: number): Layout {
  return { shape: shape.slice(1), strides: strides.slice(1), offset: offset + i * strides[0]! };
}

/** Some of a layout's axes, in this order; the others have size 1. */
function chosen({ shape, strides, offset }: Layout, axes: readonly number[]): Layout {
  return { shape: axes.map((axis) => shape[axis]!), strides: axes.map((axis) => strides[axis]!), offset };
}

function checkExact(rows: number): void {
  if (rows <= EXACT) return;
  throw new RangeError(`Cannot number ${rows} rows on the gpu device, as its numbers are exact to ${EXACT} only`);
}
