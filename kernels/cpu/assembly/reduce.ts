// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/** Sums and maxima of rows, or of columns, and running sums. */

import { F64 } from "./f64.ts";
import { rowMax, rowSum } from "./rows.ts";

/** `out[r] = Σ x[r]` for rows of `n` numbers; chunk c has the rows from `c · step`. */
export function sumRows(x: usize, n: i32, out: usize, rows: i32, step: i32, chunk: i32): void {
  const end = min(rows, (chunk + 1) * step);
  for (let r = chunk * step; r < end; r++) {
    f32.store(out + (<usize> r << 2), <f32> rowSum(x + (<usize> r * n << 2), n));
  }
}

/** `out[r] = max x[r]` for rows of `n` numbers; chunk c has the rows from `c · step`. */
export function maxRows(x: usize, n: i32, out: usize, rows: i32, step: i32, chunk: i32): void {
  const end = min(rows, (chunk + 1) * step);
  for (let r = chunk * step; r < end; r++) {
    f32.store(out + (<usize> r << 2), rowMax(x + (<usize> r * n << 2), n));
  }
}

/** Rows that are summed in float32 before the total, a float64: so the error of a long sum stays small. */
const BLOCK: i32 = 64;

/** `out[j] = Σ x[r][j]` over `rows` rows that are `stride` bytes apart; chunk c has the columns from `c · step`. */
export function sumColumns(x: usize, stride: i32, rows: i32, out: usize, columns: i32, step: i32, chunk: i32): void {
  const end = min(columns, (chunk + 1) * step);
  for (let j = chunk * step; j < end; j += 4) {
    const column = x + (<usize> j << 2);
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let start = 0; start < rows; start += BLOCK) {
      const last = min(rows, start + BLOCK);
      let sum = f32x4.splat(0);
      for (let r = start; r < last; r++) sum = f32x4.add(sum, v128.load(column + <usize> r * stride));
      low = f64x2.add(low, F64.low(sum));
      high = f64x2.add(high, F64.high(sum));
    }
    v128.store(out + (<usize> j << 2), F64.join(low, high)); // chunks are multiples of 4, with room after the last
  }
}

/**
 * Running sums of rows of `n` numbers, from the end if `reverse`; chunk c has the rows from `c · step`. The sum is a
 * float64, so that its error does not grow with the row.
 */
export function cumsum(x: usize, n: i32, reverse: i32, out: usize, rows: i32, step: i32, chunk: i32): void {
  const end = min(rows, (chunk + 1) * step);
  const stride = reverse ? -4 : 4;
  for (let r = chunk * step; r < end; r++) {
    let at = <usize> (r * n + (reverse ? n - 1 : 0)) << 2;
    let sum: f64 = 0;
    for (let i = 0; i < n; i++) {
      sum += <f64> f32.load(x + at);
      f32.store(out + at, <f32> sum);
      at += stride;
    }
  }
}
