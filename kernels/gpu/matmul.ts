/** Matrix products, four rows per thread. */

import type { View } from "../kernels.ts";
import { contiguous, sizeOf } from "../view.ts";
import type { Gpu } from "./gpu.ts";
import { program, type Thread } from "./program.ts";
import type { GpuStorage } from "./storage.ts";
import { storageOf, walk } from "./views.ts";

/** The largest third axis of a grid on any adapter. */
const LAYERS = 65535;

/**
 * Four rows of a column: each number of `b` that is loaded serves four products.
 *
 * Threads are `[N, tiles · inner, outer]`, where tile `t` has the rows `4t … 4t + 3`; the batch is `outer × inner`.
 * Threads past the last row repeat the last row; nobody reads their results.
 */
const TILE = program(
  function (
    this: Thread,
    a: readonly number[],
    aOffset: number,
    aOuter: number,
    aInner: number,
    aRow: number,
    aColumn: number,
    b: readonly number[],
    bOffset: number,
    bOuter: number,
    bInner: number,
    bRow: number,
    bColumn: number,
    M: number,
    K: number,
    tiles: number,
  ) {
    const inner = Math.floor((this.thread.y + 0.5) / tiles);
    const row = 4 * (this.thread.y - inner * tiles);
    const row1 = Math.min(row + 1, M - 1);
    const row2 = Math.min(row + 2, M - 1);
    const row3 = Math.min(row + 3, M - 1);
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    // k is a variable, and positions are not: templates.ts says why
    for (let k = 0; k < K; k++) {
      const y = b[bOffset + this.thread.z * bOuter + (inner | 0) * bInner + (k | 0) * bRow + this.thread.x * bColumn]!;
      sum0 += a[aOffset + this.thread.z * aOuter + (inner | 0) * aInner + (row | 0) * aRow + (k | 0) * aColumn]! * y;
      sum1 += a[aOffset + this.thread.z * aOuter + (inner | 0) * aInner + (row1 | 0) * aRow + (k | 0) * aColumn]! * y;
      sum2 += a[aOffset + this.thread.z * aOuter + (inner | 0) * aInner + (row2 | 0) * aRow + (k | 0) * aColumn]! * y;
      sum3 += a[aOffset + this.thread.z * aOuter + (inner | 0) * aInner + (row3 | 0) * aRow + (k | 0) * aColumn]! * y;
    }
    return [sum0, sum1, sum2, sum3];
  },
  {
    a: "Array",
    aOffset: "Integer",
    aOuter: "Integer",
    aInner: "Integer",
    aRow: "Integer",
    aColumn: "Integer",
    b: "Array",
    bOffset: "Integer",
    bOuter: "Integer",
    bInner: "Integer",
    bRow: "Integer",
    bColumn: "Integer",
    M: "Integer",
    K: "Integer",
    tiles: "Integer",
  },
  { tile: true },
);

/** A batch of matrices in memory: how far apart neighbours stand along each of the two batch axes, row and column. */
interface Matrices {
  readonly storage: GpuStorage;
  readonly offset: number;
  readonly outer: number;
  readonly inner: number;
  readonly row: number;
  readonly column: number;
}

/**
 * Matrix products as a view of the tiles that the kernel writes: `[…, M, K] · […, K, N] → [batch, M', N]`, as
 * `[batch, tiles, 4, N]`, of which the first M rows of each matrix count. Sizes are not 0.
 */
export function tiledProducts(gpu: Gpu, a: View, b: View): View {
  const rank = a.shape.length;
  const [M, K, N] = [a.shape[rank - 2]!, a.shape[rank - 1]!, b.shape[rank - 1]!];
  const tiles = Math.ceil(M / 4);
  const { shape, strides } = walk([a, b], 0, rank - 2);
  if (shape.length > 2) return tiledProducts(gpu, evenlySpaced(gpu, a), evenlySpaced(gpu, b));
  const batch = sizeOf(shape);
  // a long batch axis is split into two, which may reach a little past its end
  const inner = shape[1] ?? Math.ceil(batch / LAYERS);
  const outer = Math.ceil(batch / inner);
  const [ofA, ofB] = [a, b].map((view, i) => {
    const [step = 0, innerStep] = strides[i]!;
    const [outerStep, innermost] = innerStep === undefined ? [step * inner, step] : [step, innerStep];
    const [row, column] = view.strides.slice(-2) as [number, number];
    return { storage: storageOf(view), offset: view.offset, outer: outerStep, inner: innermost, row, column };
  }) as [Matrices, Matrices];
  const length = batch * tiles * N * 4;
  const args = {
    ...{
      a: ofA.storage,
      aOffset: ofA.offset,
      aOuter: ofA.outer,
      aInner: ofA.inner,
      aRow: ofA.row,
      aColumn: ofA.column,
    },
    ...{
      b: ofB.storage,
      bOffset: ofB.offset,
      bOuter: ofB.outer,
      bInner: ofB.inner,
      bRow: ofB.row,
      bColumn: ofB.column,
    },
    ...{ M, K, tiles },
  };
  const out = gpu.launch(TILE, [N, tiles * inner, outer], args, length);
  const view = contiguous(out, [batch, tiles, N, 4]);
  const [batchStep, tileStep, columnStep] = view.strides as [number, number, number];
  return { ...view, shape: [batch, tiles, 4, N], strides: [batchStep, tileStep, 1, columnStep] };
}

/** The same matrices, evenly spaced in memory. */
function evenlySpaced(gpu: Gpu, a: View): View {
  return walk([a], 0, a.shape.length - 2).shape.length <= 1 ? a : gpu.contiguous(a);
}

/** `[…, M, K] · […, K, N] → […, M, N]`. */
export function matmul(gpu: Gpu, a: View, b: View): GpuStorage {
  const shape = [...a.shape.slice(0, -1), b.shape.at(-1)!];
  if (sizeOf(shape) === 0) return gpu.write([]);
  if (a.shape.at(-1) === 0) return gpu.full(sizeOf(shape), 0);
  return inRows(gpu, tiledProducts(gpu, a, b), a.shape.at(-2)!);
}

/** The first `M` rows of each matrix of a tiled product, row-major. */
export function inRows(gpu: Gpu, tiled: View, M: number): GpuStorage {
  const [batch, tiles, , N] = tiled.shape as [number, number, number, number];
  if (batch === 1) return gpu.map("x", { x: tiled }, {}, M * N); // the surplus rows come last
  const rows = gpu.map("x", { x: tiled }); // [batch, tiles · 4, N]
  if (M === 4 * tiles) return rows;
  return gpu.map("x", { x: { ...contiguous(rows, [batch, 4 * tiles, N]), shape: [batch, M, N] } });
}
