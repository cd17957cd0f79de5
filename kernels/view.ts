/**
 * How a list of numbers is read as an array of several axes: the strides.
 *
 * Element `[i, j, …]` of a layout is at `offset + i · strides[0] + j · strides[1] + …`. A transpose swaps two
 * strides, a slice moves the offset, and a broadcast axis has stride 0: none of them copies a number.
 */

import { checkArguments, required, that } from "../checks/mod.ts";
import type { Storage, View } from "./kernels.ts";

/** The sizes of the axes, outermost first; `[]` for a single number. */
export type Shape = readonly number[];

/** Where the elements of an array are in a list of numbers. */
export interface Layout {
  /** The sizes of the axes. */
  readonly shape: Shape;
  /** The distance, in elements, between neighbours along each axis. */
  readonly strides: readonly number[];
  /** The index of the element `[0, 0, …]`. */
  readonly offset: number;
}

/** The number of elements: the product of the sizes, 1 for a single number. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((size, n) => size * n, 1);
}

/** The strides of a row-major array without gaps: the last axis has stride 1. */
export function rowMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1, stride = 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** The layout of a row-major array without gaps that begins at the first number. */
export function rowMajor(shape: Shape): Layout {
  return { shape, strides: rowMajorStrides(shape), offset: 0 };
}

/**
 * All the numbers of a storage as a row-major array of a shape, as a kernel returns them.
 *
 * @example
 * ```ts
 * import { contiguous, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const { kernels } = Tensor.zeros([]);
 * assert.deepEqual(contiguous(kernels.full(6, 1), [2, 3]).strides, [3, 1]);
 * ```
 */
export function contiguous(storage: Storage, shape: Shape): View {
  // Every result of every operation passes through here, so the rules are consulted only after one is broken.
  if (arguments.length !== 2 || !isStorage(storage) || !Array.isArray(shape)) {
    checkArguments("lay out numbers", arguments, parameters);
  }
  return { storage, ...rowMajor(shape) };
}

/** Whether the elements follow one another without gaps. (The stride of an axis of size 1 does not matter.) */
export function isRowMajor({ shape, strides }: Layout): boolean {
  const wanted = rowMajorStrides(shape);
  return sizeOf(shape) === 0 || shape.every((size, axis) => size === 1 || strides[axis] === wanted[axis]);
}

/** The index of each element, in row-major order of the layout: `[[a, b], [c, d]]` transposed reads 0, 2, 1, 3. */
export function elementOffsets({ shape, strides, offset }: Layout): Int32Array {
  let offsets = Int32Array.of(offset);
  shape.forEach((size, axis) => { // each axis replaces an offset by `size` of them
    const stride = strides[axis]!;
    const next = new Int32Array(offsets.length * size);
    let i = 0;
    for (const start of offsets) {
      for (let n = 0; n < size; n++) next[i++] = start + n * stride;
    }
    offsets = next;
  });
  return offsets;
}

/** Several arrays of one shape that a kernel steps through together. */
export interface Walk {
  /** The shape of all of them. */
  readonly shape: Shape;
  /** For each array, the distance between neighbours along each axis. */
  readonly strides: readonly (readonly number[])[];
}

/**
 * The same walk with as few axes as possible: it leaves out axes of size 1, and joins two neighbours if every array
 * steps through both with one stride. An array `[B, T, C]` without gaps has one axis; beside a broadcast `[C]`, it has
 * two.
 *
 * @example
 * ```ts
 * import { collapse } from "nabla/kernels/view.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(collapse({ shape: [2, 3, 4], strides: [[12, 4, 1]] }), { shape: [24], strides: [[1]] });
 * assert.deepEqual(collapse({ shape: [2, 3, 4], strides: [[12, 4, 1], [0, 0, 1]] }).shape, [6, 4]);
 * ```
 */
export function collapse({ shape, strides }: Walk): Walk {
  const sizes: number[] = [];
  const steps: number[][] = strides.map(() => []);
  for (let axis = 0; axis < shape.length; axis++) {
    const size = shape[axis]!;
    if (size === 1) continue;
    const last = sizes.length - 1;
    const joins = last >= 0 && strides.every((stride, i) => steps[i]![last] === stride[axis]! * size);
    if (joins) sizes[last]! *= size;
    else sizes.push(size);
    for (let i = 0; i < strides.length; i++) steps[i]![joins ? last : last + 1] = strides[i]![axis]!;
  }
  return { shape: sizes, strides: steps };
}

/** Whether a value is a view of numbers. */
export function isView(value: unknown): boolean {
  return typeof value === "object" && value !== null && "storage" in value && "strides" in value;
}

function isStorage(value: unknown): boolean {
  return typeof value === "object" && value !== null && "length" in value && !Array.isArray(value);
}

const parameters = {
  storage: required(that("what a kernel returned", isStorage)),
  shape: required(that("a list of sizes", Array.isArray)),
};
