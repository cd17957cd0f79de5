/** Cutting parts out of arrays, and joining arrays: `concat` is `slice` in reverse. */

import { anything, checkArguments, isList, required, show, that } from "../../checks/mod.ts";
import { contiguous, type Layout, rowMajor } from "../../kernels/view.ts";
import { method, type Methods } from "../methods.ts";
import { sameDevice } from "../operands.ts";
import { record } from "../record.ts";
import { checkIndex, normaliseAxis, sameShape, type Shape, showShape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { reshape } from "./layout.ts";

/**
 * What `slice` takes of an axis: all of it (`null`), the elements from `start` up to but not including `end`, every
 * `step`-th, or a single one (a number), which removes the axis. Negative numbers count from the end.
 */
export type Range = null | number | readonly [start: number, end?: number | null, step?: number];

/** Slicing and joining as methods of `Tensor`. */
export interface SlicingMethods {
  /**
   * A part of the tensor: one range per axis, and all of the remaining axes. A view.
   *
   * @throws {TypeError | RangeError} If there are more ranges than axes, or a range is invalid.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * const x = Tensor.from([[1, 2, 3], [4, 5, 6]]);
   * assert.deepEqual(x.slice(1).toArray(), [4, 5, 6]); // a number drops the axis
   * assert.deepEqual(x.slice(null, [1]).toArray(), [[2, 3], [5, 6]]); // all rows, columns from 1 on
   * ```
   */
  slice(...ranges: Range[]): Tensor;
  /**
   * Concatenates this tensor and others along an axis. Default: the first. `Tensor.concat` takes a list.
   *
   * @throws {TypeError} If the other axes differ.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([1, 2]).concat(Tensor.from([3])).toArray(), [1, 2, 3]);
   * ```
   */
  concat(others: Tensor | readonly Tensor[], axis?: number): Tensor;
  /**
   * Stacks this tensor and others along a new axis. Default: the first. `Tensor.stack` takes a list.
   *
   * @throws {TypeError} If the shapes differ.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([1, 2]).stack(Tensor.from([3, 4])).toArray(), [[1, 2], [3, 4]]);
   * ```
   */
  stack(others: Tensor | readonly Tensor[], axis?: number): Tensor;
}

/** A part of an array: one range per axis, and all of the remaining axes. A view. */
export function slice(a: Tensor, ...ranges: readonly Range[]): Tensor {
  return record("slice", [a], { ...a.view, ...cut(a.view, ranges) }, (grad) => [
    place(grad, ranges, a.shape), // ∂L/∂a = ∂L/∂out where it was read, 0 elsewhere
  ]);
}

/** Zeros of `shape` with `a` written where `slice` would read: `slice` in reverse. */
function place(a: Tensor, ranges: readonly Range[], shape: Shape): Tensor {
  const part = { view: a.view, layout: cut(rowMajor(shape), ranges) };
  return record("place", [a], contiguous(a.kernels.assemble(sizeOf(shape), [part]), shape), (grad) => [
    slice(grad, ...ranges), // ∂L/∂a = ∂L/∂out where it was written
  ]);
}

/** The layout of a part of an array. */
function cut({ shape, strides, offset }: Layout, ranges: readonly Range[]): Layout {
  const action = () => `slice a tensor of shape ${showShape(shape)}`;
  if (ranges.length > shape.length) {
    throw new TypeError(`Cannot ${action()}, as it takes at most one range per axis: ${ranges.length} ranges`);
  }
  const part = { shape: [] as number[], strides: [] as number[], offset };
  shape.forEach((size, axis) => {
    const range = ranges[axis] ?? null;
    const stride = strides[axis]!;
    if (typeof range === "number") {
      checkIndex(() => `${action()} at axis ${axis}`, "an index", range, size);
      part.offset += (range < 0 ? range + size : range) * stride;
      return; // the axis is removed
    }
    if (range !== null && !isRange(range)) {
      throw new TypeError(`Cannot ${action()}, as a range must be integers, the step at least 1: ${show(range)}`);
    }
    const [from, to, step = 1] = range ?? [0];
    const [start, end] = [clip(from, size), clip(to ?? size, size)];
    part.offset += start * stride;
    part.shape.push(Math.max(0, Math.ceil((end - start) / step)));
    part.strides.push(stride * step);
  });
  return part;
}

/** Whether a value is a start, an end and a step; an end may be ±∞, which is clipped like any that lies outside. */
function isRange(range: unknown): boolean {
  if (!isList(range) || range.length < 1 || range.length > 3) return false;
  const [from, to, step = 1] = Array.from(range);
  const isEnd = (end: unknown) => Number.isInteger(end) || end === Infinity || end === -Infinity;
  return isEnd(from) && (to === undefined || to === null || isEnd(to)) && Number.isInteger(step) && Number(step) >= 1;
}

/** An end of a range as in `Array.prototype.slice`: counted from the end if negative, and clamped to the axis. */
function clip(index: number, size: number): number {
  return index < 0 ? Math.max(0, index + size) : Math.min(index, size);
}

const parameters = { tensors: required(that("a list of tensors", Array.isArray)), axis: anything };

/** Concatenates arrays along an axis; their other axes must be equal. */
export function concat(tensors: readonly Tensor[], axis = 0): Tensor {
  checkArguments("concatenate", arguments, parameters);
  const [first] = tensors;
  if (first === undefined) throw new TypeError("Cannot concatenate no tensors, as at least one is needed");
  const kernels = sameDevice("concatenate", tensors);
  const along = normaliseAxis("concatenate along", axis, first.shape);
  for (const { shape } of tensors) {
    if (shape.length === first.rank && shape.every((size, i) => i === along || size === first.shape[i])) continue;
    throw new TypeError(
      `Cannot concatenate tensors of shapes ${showShape(first.shape)} and ${showShape(shape)} along axis ${along}, ` +
        "as all the other axes must be equal",
    );
  }
  const starts: number[] = []; // where each part begins along the axis
  let total = 0;
  for (const part of tensors) {
    starts.push(total);
    total += part.shape[along]!;
  }
  const shape = first.shape.map((size, i) => i === along ? total : size);
  const { strides } = rowMajor(shape);
  const parts = tensors.map(({ view }, i) => {
    return { view, layout: { shape: view.shape, strides, offset: starts[i]! * strides[along]! } };
  });
  const out = kernels.assemble(sizeOf(shape), parts);
  const before = shape.slice(0, along).map(() => null);
  return record("concat", tensors, contiguous(out, shape), (grad) => {
    return tensors.map((_, i) => () => slice(grad, ...before, [starts[i]!, starts[i]! + tensors[i]!.shape[along]!])); // ∂L/∂part: its part of ∂L/∂out
  });
}

/** Stacks arrays of one shape along a new axis. */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  checkArguments("stack", arguments, parameters);
  const [first] = tensors;
  if (first === undefined) throw new TypeError("Cannot stack no tensors, as at least one is needed");
  sameDevice("stack", tensors);
  const shape = [...first.shape];
  shape.splice(normaliseAxis("stack along", axis, [...first.shape, 1]), 0, 1);
  const differs = tensors.find((tensor) => !sameShape(tensor.shape, first.shape));
  if (differs !== undefined) {
    throw new TypeError(
      `Cannot stack tensors of shapes ${showShape(first.shape)} and ${showShape(differs.shape)}, as they must be equal`,
    );
  }
  return concat(tensors.map((tensor) => reshape(tensor, shape)), axis);
}

/** The functions behind the methods. */
export const slicingMethods: Methods<SlicingMethods> = {
  slice: method((a, ...ranges: Range[]) => slice(a, ...ranges)), // as many ranges as there are axes
  concat: method((a, others: Tensor | readonly Tensor[], axis?: number) => concat([a, others].flat(), axis), {
    others: anything,
    axis: anything,
  }),
  stack: method((a, others: Tensor | readonly Tensor[], axis?: number) => stack([a, others].flat(), axis), {
    others: anything,
    axis: anything,
  }),
};
