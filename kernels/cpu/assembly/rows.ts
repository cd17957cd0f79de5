// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/** Rows of any length, four numbers at a time: loads, stores and sums that take care of the last one to three. */

import { F32 } from "./f32.ts";
import { F64 } from "./f64.ts";

/** Numbers that are summed in float32 before the total, a float64: so the error of a long sum stays small. */
const BLOCK: i32 = 256;

/** All bits of the first `count` of four numbers. */
export function firstLanes(count: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
}

/** Four numbers of a row, or the last `count` followed by `fill`. A whole vector can always be read. */
export function loadPart(p: usize, count: i32, fill: f32): v128 {
  const x = v128.load(p);
  return count >= 4 ? x : v128.bitselect(x, f32x4.splat(fill), firstLanes(count));
}

/** Stores four numbers, or the first `count`. */
export function storePart(p: usize, x: v128, count: i32): void {
  if (count >= 4) {
    v128.store(p, x);
    return;
  }
  v128.store32_lane(p, x, 0);
  if (count > 1) v128.store32_lane(p, x, 1, 4);
  if (count > 2) v128.store32_lane(p, x, 2, 8);
}

/** The maximum of a row; NaN if any number is NaN. */
export function rowMax(x: usize, n: i32): f32 {
  let greatest = f32x4.splat(-Infinity);
  let isNaN = f32x4.splat(0); // separate: a maximum with NaN takes several instructions on most processors
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const part = v128.load(x + (<usize> i << 2));
    greatest = f32x4.pmax(greatest, part);
    isNaN = v128.or(isNaN, f32x4.ne(part, part));
  }
  if (i < n) {
    const part = loadPart(x + (<usize> i << 2), n - i, -Infinity);
    greatest = f32x4.pmax(greatest, part);
    isNaN = v128.or(isNaN, f32x4.ne(part, part));
  }
  return v128.any_true(isNaN) ? NaN : F32.max(greatest);
}

/** `Σ x`, in float64: where a mean is subtracted, the rounding of a float32 sum could be all that is left. */
export function rowSum(x: usize, n: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let i = 0; i < n; i += 4) {
    const part = loadPart(x + (<usize> i << 2), n - i, 0);
    low = f64x2.add(low, F64.low(part));
    high = f64x2.add(high, F64.high(part));
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** `Σ a ⊙ b`. */
export function rowDot(a: usize, b: usize, n: i32): f64 {
  let total: f64 = 0;
  for (let start = 0; start < n; start += BLOCK) {
    const end = min(n, start + BLOCK);
    let sum = f32x4.splat(0);
    for (let i = start; i < end; i += 4) {
      const at = <usize> i << 2;
      sum = F32.madd(loadPart(a + at, end - i, 0), loadPart(b + at, end - i, 0), sum);
    }
    total += <f64> F32.sum(sum);
  }
  return total;
}

/** `Σ (x − mean)²`. */
export function rowSquares(x: usize, n: i32, mean: f32): f64 {
  let total: f64 = 0;
  const shift = f32x4.splat(mean);
  for (let start = 0; start < n; start += BLOCK) {
    const end = min(n, start + BLOCK);
    let sum = f32x4.splat(0);
    for (let i = start; i < end; i += 4) {
      const d = f32x4.sub(loadPart(x + (<usize> i << 2), end - i, mean), shift);
      sum = F32.madd(d, d, sum);
    }
    total += <f64> F32.sum(sum);
  }
  return total;
}

/** Computes `out = e^(x − shift)`, and returns its sum. `out` may be `x`. */
export function rowExp(x: usize, n: i32, shift: f32, out: usize): f64 {
  let total: f64 = 0;
  const offset = f32x4.splat(shift);
  let i = 0;
  while (i + 4 <= n) {
    const end = min(n - 3, i + BLOCK);
    let sum = f32x4.splat(0);
    for (; i < end; i += 4) {
      const at = <usize> i << 2;
      const e = F32.exp(f32x4.sub(v128.load(x + at), offset));
      sum = f32x4.add(sum, e);
      v128.store(out + at, e);
    }
    total += <f64> F32.sum(sum);
  }
  if (i < n) {
    const at = <usize> i << 2;
    const e = F32.exp(f32x4.sub(loadPart(x + at, n - i, -Infinity), offset));
    total += <f64> F32.sum(e);
    storePart(out + at, e, n - i);
  }
  return total;
}

/** `out = x · factor`. `out` may be `x`. */
export function rowScale(x: usize, n: i32, factor: f32, out: usize): void {
  const f = f32x4.splat(factor);
  let i = 0;
  for (; i + 4 <= n; i += 4) v128.store(out + (<usize> i << 2), f32x4.mul(v128.load(x + (<usize> i << 2)), f));
  if (i < n) storePart(out + (<usize> i << 2), f32x4.mul(v128.load(x + (<usize> i << 2)), f), n - i);
}
