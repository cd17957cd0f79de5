// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/**
 * Matrix products, `out = a · b`, from a tile of 4 × 8 results that stay in registers.
 *
 * For one step along K, the tile takes a column of 4 numbers of `a` and a row of 8 of `b`, and adds their 32 products:
 * it multiplies the vector of `a` by both of `b`, rotates it by one place, and so on until every number has met every
 * other. That is 8 multiply-adds for 3 reads. Reads are expensive, because the engine checks each address, which costs
 * as much as a multiplication and an addition: a larger tile that reads single numbers of `a`, one for each row, is
 * slower.
 *
 * So that these reads are consecutive in memory, both matrices are packed into panels (Goto and van de Geijn, 2008):
 * `b` into panels of 8 columns, `[N / 8][K][8]`, once; `a` into panels of 4 rows, `[M / 4][K][4]`, a block at a time
 * that stays in the second-level cache. A panel at the edge of the matrix is filled up with zeros.
 */

import { F32 } from "./f32.ts";
import { COLUMNS, packRows, ROWS } from "./pack.ts";

/** The bytes of a tile: a thread's room for one at the edge of the matrix. */
export const TILE_BYTES: i32 = ROWS * COLUMNS * 4;

/**
 * Computes rows of the products. A task is up to `height` rows of one product; chunk c has the tasks from `c · step`.
 *
 * A task packs its rows of `a` for `depth` steps along K at a time, so that a panel of `b` stays in the first-level
 * cache while all the packed panels of `a` pass by. `local` has room for a tile and the packed rows on each thread.
 *
 * `aStarts` has, for each product, the byte offset of its `a`, and `bIndices` the number of its packed `b`.
 */
export function matmulRows(
  a: usize,
  aStarts: usize,
  strideM: i32,
  strideK: i32,
  packed: usize,
  bIndices: usize,
  out: usize,
  M: i32,
  K: i32,
  N: i32,
  local: usize,
  localBytes: i32,
  height: i32,
  depth: i32,
  tasks: i32,
  step: i32,
  chunk: i32,
  thread: i32,
): void {
  const groups = (M + height - 1) / height;
  const panelBytes = <usize> K * (COLUMNS * 4);
  const bBytes = <usize> ((N + COLUMNS - 1) / COLUMNS) * panelBytes;
  const edge = local + thread * localBytes;
  const block = edge + TILE_BYTES;
  const end = min(tasks, (chunk + 1) * step);
  for (let task = chunk * step; task < end; task++) {
    const n = <usize> (task / groups);
    const row = (task % groups) * height;
    const rows = min(height, M - row);
    const source = a + load<i32>(aStarts + (n << 2)) + row * strideM;
    const b = packed + <usize> load<i32>(bIndices + (n << 2)) * bBytes;
    const result = out + ((n * M + row) * N << 2);
    for (let k = 0; k < K; k += depth) {
      const steps = min(depth, K - k);
      packRows(source + k * strideK, strideM, strideK, rows, steps, block);
      multiplyBlock(block, rows, steps, b + k * (COLUMNS * 4), panelBytes, N, result, N << 2, edge, k > 0);
    }
  }
}

/**
 * Multiplies a packed block of `a` by `depth` rows of panels of `b`, which are `panelBytes` apart, and stores, or adds,
 * the `rows × N` results; rows of `out` are `stride` bytes apart. A tile at the edge is computed at `edge` first.
 */
export function multiplyBlock(
  block: usize,
  rows: i32,
  depth: i32,
  b: usize,
  panelBytes: usize,
  N: i32,
  out: usize,
  stride: i32,
  edge: usize,
  add: bool,
): void {
  for (let j = 0; j < N; j += COLUMNS) {
    let panel = block;
    for (let i = 0; i < rows; i += ROWS) {
      const place = out + i * stride + (j << 2);
      if (i + ROWS <= rows && j + COLUMNS <= N) {
        tile(panel, b, depth, place, 16, stride, add);
      } else {
        tile(panel, b, depth, edge, 16, COLUMNS * 4, false);
        copyEdge(edge, place, min(ROWS, rows - i), min(COLUMNS, N - j), stride, add);
      }
      panel += depth * (ROWS * 4);
    }
    b += panelBytes;
  }
}

/** Stores, or adds, the part of a tile that lies within the matrix. */
function copyEdge(edge: usize, out: usize, rows: i32, columns: i32, stride: i32, add: bool): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const place = out + (<usize> j << 2);
      const x = f32.load(edge + (<usize> j << 2));
      f32.store(place, add ? f32.load(place) + x : x);
    }
    edge += COLUMNS * 4;
    out += stride;
  }
}

/**
 * One tile: `out[4][8] = a panel · b panel`, or `+=`; rows of `out` are `stride` bytes apart, and the right four
 * columns begin `right` bytes after the left four: 16 if they follow them.
 */
export function tile(a: usize, b: usize, depth: i32, out: usize, right: usize, stride: i32, add: bool): void {
  // lane l of left_r and right_r is for row (l + r) mod 4 and column l, of the left four and of the right four
  let left0 = f32x4.splat(0);
  let left1 = f32x4.splat(0);
  let left2 = f32x4.splat(0);
  let left3 = f32x4.splat(0);
  let right0 = f32x4.splat(0);
  let right1 = f32x4.splat(0);
  let right2 = f32x4.splat(0);
  let right3 = f32x4.splat(0);
  const end = b + (<usize> depth << 5);
  while (b < end) { // not unrolled: for a long run of instructions, V8 needs more registers than there are
    const l = v128.load(b);
    const r = v128.load(b, 16);
    let x = v128.load(a);
    left0 = F32.madd(x, l, left0);
    right0 = F32.madd(x, r, right0);
    x = i32x4.shuffle(x, x, 1, 2, 3, 0);
    left1 = F32.madd(x, l, left1);
    right1 = F32.madd(x, r, right1);
    x = i32x4.shuffle(x, x, 1, 2, 3, 0);
    left2 = F32.madd(x, l, left2);
    right2 = F32.madd(x, r, right2);
    x = i32x4.shuffle(x, x, 1, 2, 3, 0);
    left3 = F32.madd(x, l, left3);
    right3 = F32.madd(x, r, right3);
    a += 16;
    b += 32;
  }
  Turned.store(out, left0, left1, left2, left3, stride, add);
  Turned.store(out + right, right0, right1, right2, right3, stride, add);
}

/** Rows of results in rotated vectors: lane l of `t_r` is for row (l + r) mod 4. */
abstract class Turned {
  /** Stores the rows, or adds them. */
  @inline
  static store(out: usize, t0: v128, t1: v128, t2: v128, t3: v128, stride: i32, add: bool): void {
    const low02 = i32x4.shuffle(t0, t2, 0, 1, 6, 7); // rows 0, 1, 0, 1
    const low20 = i32x4.shuffle(t2, t0, 0, 1, 6, 7); // rows 2, 3, 2, 3
    const low31 = i32x4.shuffle(t3, t1, 0, 1, 6, 7); // rows 3, 0, 3, 0
    const low13 = i32x4.shuffle(t1, t3, 0, 1, 6, 7); // rows 1, 2, 1, 2
    storeRow(out, i32x4.shuffle(low02, low31, 0, 5, 2, 7), add);
    storeRow(out + stride, i32x4.shuffle(low13, low02, 0, 5, 2, 7), add);
    storeRow(out + 2 * stride, i32x4.shuffle(low20, low13, 0, 5, 2, 7), add);
    storeRow(out + 3 * stride, i32x4.shuffle(low31, low20, 0, 5, 2, 7), add);
  }
}

function storeRow(out: usize, row: v128, add: bool): void {
  v128.store(out, add ? f32x4.add(v128.load(out), row) : row);
}
