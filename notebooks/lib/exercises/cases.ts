/** Random cases that a learner can read: short numbers, small sizes. */
import * as fc from "fast-check";

/** Multiples of 1/4 from −10 to 10: few digits, exact in floating point, and they shrink to 0. */
export const short: fc.Arbitrary<number> = quarters(10);

/** Multiples of 1/4 from −limit to limit. */
export function quarters(limit: number): fc.Arbitrary<number> {
  return fc.integer({ min: -4 * limit, max: 4 * limit }).map((n) => n / 4);
}

/** Short numbers other than 0, for laws that a 0 would make true of any answer; they shrink to 1. */
export const nonZero: fc.Arbitrary<number> = short.map((x) => x || 1);

/** Lists of short numbers, from `minLength` to 5 long. */
export function list(minLength = 1): fc.Arbitrary<number[]> {
  return fc.array(short, { minLength, maxLength: 5 });
}

/** [rows, columns] matrices of short numbers. */
export function matrixOf(rows: number, columns: number): fc.Arbitrary<number[][]> {
  const row = fc.array(short, { minLength: columns, maxLength: columns });
  return fc.array(row, { minLength: rows, maxLength: rows });
}

/** A size of one axis: 1 to 4. */
export const size: fc.Arbitrary<number> = fc.integer({ min: 1, max: 4 });
