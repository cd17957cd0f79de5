/** How the kernels of the `reference` device see their operands: as plain row-major arrays of float64. */

import type { Storage, View } from "../kernels.ts";
import { elementOffsets, sizeOf } from "../view.ts";

/** Row-major numbers, what a storage of this device is. */
export type Numbers = Float64Array<ArrayBuffer>;

/** The numbers behind a storage of this device; `Tensor` never passes it one of another. */
export function numbers(storage: Storage): Numbers {
  return storage as Numbers; // what `write` and all the kernels return
}

/** The elements of a view, row-major, in a new array. */
export function elements(view: View): Numbers {
  const x = numbers(view.storage);
  return Float64Array.from(elementOffsets(view), (offset) => x[offset]!);
}

/** The rows of a view: its elements cut along the last axis. */
export function rows(view: View): Numbers[] {
  return cut(elements(view), sizeOf(view.shape.slice(0, -1)), view.shape.at(-1)!);
}

/** The matrices of a view, each as a list of rows: its elements cut along the last two axes. */
export function matrices(view: View): Numbers[][] {
  const [M, N] = [view.shape.at(-2)!, view.shape.at(-1)!];
  return cut(elements(view), sizeOf(view.shape.slice(0, -2)), M * N).map((matrix) => cut(matrix, M, N));
}

/** The first `count` pieces of `length` numbers each; they share memory with `x`. */
function cut(x: Numbers, count: number, length: number): Numbers[] {
  return Array.from({ length: count }, (_, i) => x.subarray(i * length, (i + 1) * length));
}

/** Rows one after another, as one array. */
export function joined(parts: readonly ArrayLike<number>[]): Numbers {
  return Float64Array.from(parts.flatMap((part) => Array.from(part)));
}

/** `Σ f(i)` for `0 ≤ i < n`. */
export function sum(n: number, f: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < n; i++) total += f(i);
  return total;
}
