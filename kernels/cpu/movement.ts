/** Kernels that only move numbers: plain JavaScript, on the heap where they are. */

import type { Part, View } from "../kernels.ts";
import { rowMajorStrides, type Shape, sizeOf } from "../view.ts";
import type { Floats } from "./engine.ts";
import { compact, copyElements, numbers } from "./layout.ts";

/** Rows by number: `out[i] = a[indices[i]]` along the first axis. */
export function gather(a: View, indices: Int32Array): Floats {
  const row = sizeOf(a.shape.slice(1));
  const out = new Float32Array(indices.length * row);
  const from = numbers(a.storage);
  const shape = a.shape.slice(1);
  const strides = a.strides.slice(1);
  const inRow = { shape, strides: rowMajorStrides(shape) };
  indices.forEach((index, i) => {
    copyElements(from, { shape, strides, offset: a.offset + index * a.strides[0]! }, out, {
      ...inRow,
      offset: i * row,
    });
  });
  return out;
}

/** The dual of `gather`: an array of `shape` where `out[indices[i]] += a[i]`, and 0 elsewhere. */
export function scatterAdd(a: View, indices: Int32Array, shape: Shape): Floats {
  const row = sizeOf(shape.slice(1));
  const x = compact(a);
  const out = new Float32Array(sizeOf(shape));
  indices.forEach((index, i) => {
    const [from, to] = [i * row, index * row];
    for (let j = 0; j < row; j++) out[to + j]! += x[from + j]!;
  });
  return out;
}

/** `length` zeros into which every part is written. */
export function assemble(length: number, parts: readonly Part[]): Floats {
  const out = new Float32Array(length);
  for (const { view, layout } of parts) copyElements(numbers(view.storage), view, out, layout);
  return out;
}
