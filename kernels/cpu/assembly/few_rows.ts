// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/**
 * Products of few rows, as when a model writes one token at a time: each number of `b` is used so few times that
 * packing would take longer than the product. The time goes into reading `b` once, in the order in which it is stored.
 */

import { F32 } from "./f32.ts";
import { loadPart, storePart } from "./rows.ts";

/** Columns of a task. */
const COLUMNS: i32 = 32;

/**
 * `out = a · b` for matrices `a`, `[M, K]` without gaps, and `b`, one of whose strides is 4 bytes. A task is a group of
 * columns of one product, and chunk c has the tasks from `c · step`. `starts` has the byte offset of each `b`.
 */
export function matmulFewRows(
  a: usize,
  b: usize,
  starts: usize,
  strideK: i32,
  strideN: i32,
  out: usize,
  M: i32,
  K: i32,
  N: i32,
  tasks: i32,
  step: i32,
  chunk: i32,
): void {
  const groups = (N + COLUMNS - 1) / COLUMNS;
  const end = min(tasks, (chunk + 1) * step);
  for (let task = chunk * step; task < end; task++) {
    const n = <usize> (task / groups);
    const column = (task % groups) * COLUMNS;
    const columns = min(COLUMNS, N - column);
    const source = b + load<i32>(starts + (n << 2)) + column * strideN;
    for (let i = 0; i < M; i++) {
      const row = <usize> (n * M + i);
      const x = a + (row * K << 2);
      const y = out + (row * N + column << 2);
      if (strideK == 4) rowTimesColumns(x, source, strideN, K, columns, y);
      else rowTimesRows(x, source, strideK, K, columns, y);
    }
  }
}

/** `out[j] = Σ x[k] · b[j][k]`, where columns of `b` are contiguous: four products of rows at a time. */
export function rowTimesColumns(x: usize, b: usize, stride: i32, K: i32, columns: i32, out: usize): void {
  for (let j = 0; j < columns; j += 4) {
    const b0 = b + j * stride; // the last column again, where there are fewer than four
    const b1 = b + min(j + 1, columns - 1) * stride;
    const b2 = b + min(j + 2, columns - 1) * stride;
    const b3 = b + min(j + 3, columns - 1) * stride;
    let sum0 = f32x4.splat(0);
    let sum1 = f32x4.splat(0);
    let sum2 = f32x4.splat(0);
    let sum3 = f32x4.splat(0);
    let k = 0;
    for (; k + 4 <= K; k += 4) {
      const at = <usize> k << 2;
      const factor = v128.load(x + at);
      sum0 = F32.madd(factor, v128.load(b0 + at), sum0);
      sum1 = F32.madd(factor, v128.load(b1 + at), sum1);
      sum2 = F32.madd(factor, v128.load(b2 + at), sum2);
      sum3 = F32.madd(factor, v128.load(b3 + at), sum3);
    }
    if (k < K) {
      const at = <usize> k << 2;
      const factor = loadPart(x + at, K - k, 0);
      sum0 = F32.madd(factor, loadPart(b0 + at, K - k, 0), sum0);
      sum1 = F32.madd(factor, loadPart(b1 + at, K - k, 0), sum1);
      sum2 = F32.madd(factor, loadPart(b2 + at, K - k, 0), sum2);
      sum3 = F32.madd(factor, loadPart(b3 + at, K - k, 0), sum3);
    }
    const sums = f32x4(F32.sum(sum0), F32.sum(sum1), F32.sum(sum2), F32.sum(sum3));
    storePart(out + (<usize> j << 2), sums, columns - j);
  }
}

/**
 * `out[j] = Σ x[k] · b[k][j]`, where rows of `b` are contiguous: sixteen columns at a time, or four where there are
 * fewer.
 */
export function rowTimesRows(x: usize, b: usize, stride: i32, K: i32, columns: i32, out: usize): void {
  let j = 0;
  for (; j + 16 <= columns; j += 16) {
    let source = b + (<usize> j << 2);
    let sum0 = f32x4.splat(0);
    let sum1 = f32x4.splat(0);
    let sum2 = f32x4.splat(0);
    let sum3 = f32x4.splat(0);
    for (let k = 0; k < K; k++) {
      const factor = v128.load32_splat(x + (<usize> k << 2));
      sum0 = F32.madd(factor, v128.load(source), sum0);
      sum1 = F32.madd(factor, v128.load(source, 16), sum1);
      sum2 = F32.madd(factor, v128.load(source, 32), sum2);
      sum3 = F32.madd(factor, v128.load(source, 48), sum3);
      source += stride;
    }
    const y = out + (<usize> j << 2);
    v128.store(y, sum0);
    v128.store(y, sum1, 16);
    v128.store(y, sum2, 32);
    v128.store(y, sum3, 48);
  }
  for (; j < columns; j += 4) {
    let source = b + (<usize> j << 2);
    let sum = f32x4.splat(0);
    for (let k = 0; k < K; k++) {
      sum = F32.madd(v128.load32_splat(x + (<usize> k << 2)), v128.load(source), sum);
      source += stride;
    }
    storePart(out + (<usize> j << 2), sum, columns - j);
  }
}
