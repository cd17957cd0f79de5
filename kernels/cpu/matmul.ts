/** Matrix products on the compiled kernels; `assembly/matmul.ts` says how they are computed. */

import type { View } from "../kernels.ts";
import { elementOffsets, type Layout, sizeOf } from "../view.ts";
import type { Engine, Floats } from "./engine.ts";
import { place } from "./layout.ts";

/** Rows of one task; a multiple of the tile's 6. */
const TASK_ROWS = 48;
/** As in `assembly/matmul.ts`, in numbers: what a thread needs for a packed block, and a tile. */
const LOCAL_LENGTH = 96 * 256 + 6 * 8;
/** About what one multiplication with its addition takes on one thread. */
const MULTIPLY_NS = 0.05;

/** `[…, M, K] · […, K, N] → […, M, N]`, in any transposition. */
export function matmul(engine: Engine, a: View, b: View): Floats {
  const [M, K, N] = [a.shape.at(-2)!, a.shape.at(-1)!, b.shape.at(-1)!];
  const matrices = sizeOf(a.shape.slice(0, -2));
  if (matrices * M * N * K === 0) return new Float32Array(matrices * M * N);
  engine.begin();
  const [x, y] = [place(engine, a), place(engine, b)];
  const [aStarts, bStarts] = [matrixOffsets(x), matrixOffsets(y)];
  const distinct = [...new Set(bStarts)]; // a matrix that is broadcast is packed once
  const packedAt = new Map(distinct.map((start, i) => [start, i]));
  const starts = engine.putIntegers(distinct);
  const panels = Math.ceil(N / 8);
  const packed = engine.allocate(distinct.length * panels * 8 * K);
  const [bK, bN] = [y.strides.at(-2)! * 4, y.strides.at(-1)! * 4];
  engine.share(
    "packColumns",
    [y.address, starts, bK, bN, K, N, distinct.length, packed],
    distinct.length * panels,
    K * 4,
  );
  const aTable = engine.putIntegers(aStarts);
  const bTable = engine.putIntegers(bStarts.map((start) => packedAt.get(start)!));
  const out = engine.allocate(matrices * M * N);
  const local = engine.allocate(engine.pool.threads * LOCAL_LENGTH);
  const tasks = matrices * Math.ceil(M / TASK_ROWS);
  const [aM, aK] = [x.strides.at(-2)! * 4, x.strides.at(-1)! * 4];
  engine.share(
    "matmulRows",
    [x.address, aTable, aM, aK, packed, bTable, out, M, K, N, local, TASK_ROWS, tasks],
    tasks,
    Math.min(M, TASK_ROWS) * N * K * MULTIPLY_NS,
  );
  return engine.take(out, matrices * M * N);
}

/** Where each matrix of an array stands, in bytes from the first. */
function matrixOffsets({ shape, strides }: Pick<Layout, "shape" | "strides">): Int32Array {
  const offsets = elementOffsets({ shape: shape.slice(0, -2), strides: strides.slice(0, -2), offset: 0 });
  return offsets.map((offset) => offset * 4);
}
