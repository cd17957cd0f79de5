/** When two results count as the same, and why they may differ at all. */

import assert from "node:assert/strict";
import { Tensor } from "../../mod.ts";
import "./float64.ts";
import { showShape } from "../../autograd/shape.ts";

/**
 * Two float64 computations of one quantity by different formulas: each of about 100 operations rounds by 1e-16, and
 * sums of terms of both signs lose a few digits more.
 */
export const ROUNDING = 1e-11;

/** Whether `actual` is within `tolerance` of `expected`, relative to the larger of `scale` and their size. */
export function close(actual: number, expected: number, tolerance: number, scale = 1): boolean {
  if (Object.is(actual, expected) || actual === expected) return true; // NaN, infinities
  return Math.abs(actual - expected) <= tolerance * Math.max(scale, Math.abs(actual), Math.abs(expected));
}

/** The distance between two numbers in float64 steps: 0 if they are the same, 1 if they are neighbours. */
export function ulps(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  if (Number.isNaN(a) || Number.isNaN(b)) return Infinity;
  return Math.abs(Number(place(a) - place(b)));
}

/** The rank of a number among all float64 numbers: their bits count up from 0 in either direction. */
function place(x: number): bigint {
  const bits = new BigInt64Array(Float64Array.of(Math.abs(x)).buffer)[0]!;
  return x < 0 ? -bits : bits;
}

/** Asserts that two lists of numbers have the same length and close elements. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance = ROUNDING,
  what = "element",
): void {
  assert.equal(actual.length, expected.length, `${what}s: ${actual.length} where ${expected.length} are expected`);
  for (let i = 0; i < actual.length; i++) {
    const [got, wanted] = [actual[i]!, expected[i]!];
    assert.ok(close(got, wanted, tolerance), `${what} ${i}: ${got} where ${wanted} is expected`);
  }
}

/** Asserts that two tensors have one shape, and close elements; a tolerance of 0 means identical ones. */
export function assertTensorsClose(actual: Tensor | null, expected: Tensor | null, tolerance = ROUNDING): void {
  assert.ok(actual instanceof Tensor && expected instanceof Tensor, `${actual} where ${expected} is expected`);
  assert.equal(showShape(actual.shape), showShape(expected.shape));
  assertClose(actual.data, expected.data, tolerance);
}
