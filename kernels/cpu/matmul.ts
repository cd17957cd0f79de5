/** Matrix products on the compiled kernels; `assembly/matmul.ts` says how they are computed. */

import type { Kernels, View } from "../kernels.ts";
import { elementOffsets, type Layout, sizeOf } from "../view.ts";
import type { Arguments, Engine } from "./engine.ts";
import type { Floats } from "./memory.ts";
import { place, type Placed, put } from "./layout.ts";
import { hasShape } from "./operands.ts";

/** The most and the fewest rows of one task, multiples of the tile's 4, and how many tasks there should be at least. */
const MOST_ROWS = 48;
const FEWEST_ROWS = 8;
const GOOD_TASKS = 32;
/** The steps along K for which a task packs its rows at a time: a panel of b then takes 8 KB, and the rows 48 KB. */
const DEPTH = 256;
/** The room of a thread, in numbers: a tile of 4 × 8, and the packed rows. */
const LOCAL_LENGTH = 4 * 8 + MOST_ROWS * DEPTH;
/** About the time for a multiplication and an addition on one thread, in ns. */
const MULTIPLY_NS = 0.05;
/** About the time to pack a number, in ns. */
const PACK_NS = 0.5;

/** Up to this many rows, the right-hand matrix is read without packing. */
const FEW_ROWS = 4;
/** The columns of a task without packing, as in `assembly/few_rows.ts`. */
const TASK_COLUMNS = 32;
/** About the time for a multiplication without packing, which fetches each number from memory, in ns. */
const READ_NS = 0.2;

/** Makes the kernel of this file for an engine. It takes matrices in any transposition. */
export function matmulKernels(engine: Engine): Pick<Kernels, "matmul"> {
  return {
    matmul(a, b) {
      const sizes = sizesOf(a, b);
      const { matrices, M, K, N } = sizes;
      if (matrices * M * N * K === 0) return new Float32Array(matrices * M * N);
      const few = M <= FEW_ROWS && (b.strides.at(-2) === 1 || b.strides.at(-1) === 1);
      return few ? matmulFewRows(engine, a, b, sizes) : matmulRows(engine, a, b, sizes);
    },
  };
}

/** How many products there are, and their sizes: `[M, K] · [K, N]`. */
interface Sizes {
  readonly matrices: number;
  readonly M: number;
  readonly K: number;
  readonly N: number;
}

function sizesOf(a: View, b: View): Sizes {
  const outer = a.shape.slice(0, -2);
  const [M, K, N] = [a.shape.at(-2)!, a.shape.at(-1)!, b.shape.at(-1)!];
  hasShape("matmul", "the right-hand matrices", b, [...outer, K, N]);
  return { matrices: sizeOf(outer), M, K, N };
}

function matmulRows(engine: Engine, a: View, b: View, { matrices, M, K, N }: Sizes): Floats {
  const { memory } = engine;
  memory.begin();
  const [x, y] = [place(engine, a), place(engine, b)];
  const packed = packMatrices(engine, y);
  const [aStarts, bIndices] = [memory.putIntegers(matrixOffsets(x)), memory.putIntegers(packed.indices)];
  const out = memory.allocateResult(matrices * M * N);
  const local = memory.allocate(engine.pool.threads * LOCAL_LENGTH);
  const evenRows = 4 * Math.ceil(matrices * M / (4 * GOOD_TASKS));
  const height = Math.min(MOST_ROWS, Math.max(FEWEST_ROWS, evenRows));
  const tasks = matrices * Math.ceil(M / height);
  const args: Arguments<"matmulRows"> = {
    a: x.address,
    aStarts,
    strideM: 4 * x.strides.at(-2)!,
    strideK: 4 * x.strides.at(-1)!,
    packed: packed.address,
    bIndices,
    out,
    M,
    K,
    N,
    local,
    localBytes: 4 * LOCAL_LENGTH,
    height,
    depth: DEPTH,
    tasks,
  };
  engine.run("matmulRows", args, engine.plan(tasks, Math.min(M, height) * N * K * MULTIPLY_NS));
  return memory.take(out, matrices * M * N);
}

/** Products of few rows, for which packing `b` would take too long. Its rows or its columns have no gaps. */
function matmulFewRows(engine: Engine, a: View, b: View, { matrices, M, K, N }: Sizes): Floats {
  const { memory } = engine;
  memory.begin();
  const [x, y] = [put(engine, a), place(engine, b)];
  const starts = memory.putIntegers(matrixOffsets(y));
  const out = memory.allocateResult(matrices * M * N);
  const tasks = matrices * Math.ceil(N / TASK_COLUMNS);
  const [strideK, strideN] = [4 * y.strides.at(-2)!, 4 * y.strides.at(-1)!];
  const args = { a: x, b: y.address, starts, strideK, strideN, out, M, K, N, tasks };
  engine.run("matmulFewRows", args, engine.plan(tasks, M * K * Math.min(N, TASK_COLUMNS) * READ_NS));
  return memory.take(out, matrices * M * N);
}

/** The right-hand matrices of products, packed for `assembly/matmul.ts`. */
interface PackedMatrices {
  /** Where they begin. */
  readonly address: number;
  /** For each matrix, the number of its packed form. A broadcast matrix is packed once. */
  readonly indices: readonly number[];
}

/** Packs matrices `[…, K, N]` into panels of 8 columns. */
function packMatrices(engine: Engine, matrices: Placed): PackedMatrices {
  const [K, N] = [matrices.shape.at(-2)!, matrices.shape.at(-1)!];
  const offsets = [...matrixOffsets(matrices)];
  const distinct = [...new Set(offsets)];
  const places = new Map(distinct.map((offset, i) => [offset, i]));
  const starts = engine.memory.putIntegers(distinct);
  const panels = distinct.length * Math.ceil(N / 8);
  const address = engine.memory.allocate(panels * 8 * K);
  const [strideK, strideN] = [4 * matrices.strides.at(-2)!, 4 * matrices.strides.at(-1)!];
  const args = { b: matrices.address, starts, strideK, strideN, K, N, matrices: distinct.length, out: address };
  engine.run("packColumns", args, engine.plan(panels, 8 * K * PACK_NS));
  return { address, indices: offsets.map((offset) => places.get(offset)!) };
}

/** The offset of each matrix of an array, in bytes from the first. */
export function matrixOffsets({ shape, strides }: Pick<Layout, "shape" | "strides">): Int32Array {
  const offsets = elementOffsets({ shape: shape.slice(0, -2), strides: strides.slice(0, -2), offset: 0 });
  return offsets.map((offset) => offset * 4);
}
