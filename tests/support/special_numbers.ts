/** The parts of trials of special values: lists, tables and rows of numbers, and tolerances. */

import type { Storage, View } from "../../kernels/kernels.ts";
import { contiguous, type Shape, sizeOf } from "../../kernels/view.ts";
import { EXTREMES, LARGE, type Numbers, type Precision, type Trial } from "./special_values.ts";

/** The trials of some kernels; a kernel without a rule does not compile. */
export type Rules<Kernel extends string> = Readonly<Record<Kernel, () => Trial[]>>;

/** Functions that tend to 0 or 1: near 1, float32 has seven digits of them, and fewer of their distance to 1. */
export const BOUNDED: Precision = { relative: 1e-5, absolute: 2e-7 };

/** All pairs, as two lists. */
export function pairs(left: readonly number[], right: readonly number[]): [number[], number[]] {
  return [left.flatMap((x) => right.map(() => x)), left.flatMap(() => right)];
}

/** `[n]` */
export function list(data: readonly number[]): Numbers {
  return { shape: [data.length], data };
}

/** `[rows, columns]` */
export function table(rows: readonly (readonly number[])[]): Numbers {
  return { shape: [rows.length, rows[0]!.length], data: rows.flat() };
}

/** Rows of six numbers that contain one or two of these, or are all equal, or tie. */
export function rowsWith(special: readonly number[]): number[][] {
  return [
    ...special.map((x) => [0.5, x, -1.25, 2, 0.25, 1]),
    ...special.map((x) => [0.5, 1.5, -1.25, 2, 0.25, x]),
    ...special.flatMap((x) => special.map((y) => [x, 0.5, -1.25, y, 0.25, 1])),
    ...special.map((x) => [x, x, x, x, x, x]),
    [2, 1, 2, 2, -1, 0],
  ];
}

/** A few special values, for kernels that take several at once. */
export const FEW = [...EXTREMES.filter((x) => x !== 1e-40 && x !== -1e-40), 1e-20, 100, -100];
/** Rows with special values, whose squares do not overflow. */
export const ROWS = rowsWith(FEW);
/** Rows with special values, the largest among them. */
export const LARGE_ROWS = rowsWith([...FEW, ...LARGE]);

/** Numbers that look random, for gradients and weights. */
export function ordinary(shape: Shape): Numbers {
  return { shape, data: Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * 1.7 + 1) + 0.1) };
}

/** A kernel's result with the shape of its operand. */
export function like(view: View, storage: Storage): View {
  return contiguous(storage, view.shape);
}
