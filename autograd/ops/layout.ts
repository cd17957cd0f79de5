/** Other shapes of the same numbers: views, which copy only where they must. */

import { anything, show } from "../../checks/mod.ts";
import { contiguous, isRowMajor, rowMajor } from "../../kernels/view.ts";
import { method, type Methods } from "../methods.ts";
import { record } from "../record.ts";
import { normaliseAxes, normaliseAxis, resolveShape, type Shape, showShape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/** Layouts as methods of `Tensor`. */
export interface LayoutMethods {
  /**
   * The same elements, in row-major order, in another shape; one size may be −1 and is then inferred.
   *
   * @throws {TypeError} If the number of elements differs.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.arange(6).reshape([2, -1]).toArray(), [[0, 1, 2], [3, 4, 5]]);
   * ```
   */
  reshape(shape: Shape): Tensor;
  /**
   * The axes in another order: axis `i` of the result is axis `order[i]`. A view.
   *
   * @throws {TypeError} If the order does not name each axis once.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.zeros([2, 3, 5]).permute([2, 0, 1]).shape, [5, 2, 3]);
   * ```
   */
  permute(order: readonly number[]): Tensor;
  /**
   * Two axes swapped. Default: the last two, which transposes a matrix. A view.
   *
   * @throws {RangeError} If there is no such axis.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([[1, 2, 3]]).transpose().toArray(), [[1], [2], [3]]);
   * ```
   */
  transpose(i?: number, j?: number): Tensor;
  /**
   * Removes axes of size 1. Default: all of them.
   *
   * @throws {TypeError} If a given axis has another size.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * const x = Tensor.zeros([1, 3, 1]);
   * assert.deepEqual([x.squeeze().shape, x.squeeze(-1).shape], [[3], [1, 3]]);
   * ```
   */
  squeeze(axis?: number | readonly number[]): Tensor;
  /**
   * Inserts an axis of size 1 at a position; −1 is after the last axis.
   *
   * @throws {RangeError} If there is no such position.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * const x = Tensor.zeros([2, 3]);
   * assert.deepEqual([x.unsqueeze(0).shape, x.unsqueeze(-1).shape], [[1, 2, 3], [2, 3, 1]]);
   * ```
   */
  unsqueeze(axis: number): Tensor;
  /**
   * Merges the axes `from` to `to` (included) into one. Default: all of them.
   *
   * @throws {RangeError} If there is no such axis, or `from` comes after `to`.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * const x = Tensor.zeros([2, 3, 5]);
   * assert.deepEqual([x.flatten().shape, x.flatten(1).shape, x.flatten(0, 1).shape], [[30], [2, 15], [6, 5]]);
   * ```
   */
  flatten(from?: number, to?: number): Tensor;
}

/**
 * The same elements in row-major order as an array of another shape; one size may be −1 and is then inferred.
 *
 * A view where the elements lie without gaps, a copy elsewhere.
 */
export function reshape(a: Tensor, to: Shape): Tensor {
  const shape = resolveShape(a.shape, to);
  const view = isRowMajor(a.view)
    ? { ...a.view, ...rowMajor(shape), offset: a.view.offset }
    : contiguous(a.kernels.copy(a.view), shape);
  return record("reshape", [a], view, (grad) => [
    reshape(grad, a.shape), // ∂L/∂a: every element back to its place
  ]);
}

/** The axes in another order: axis `i` of the result is axis `order[i]` of `a`. A view. */
export function permute(a: Tensor, order: readonly number[]): Tensor {
  const action = "permute the axes";
  if (!Array.isArray(order)) {
    throw new TypeError(`Cannot ${action}, as the order must be a list of axes: ${show(order)}`);
  }
  const axes = order.map((axis) => normaliseAxis(action, axis, a.shape));
  if (axes.length !== a.rank || new Set(axes).size !== a.rank) {
    throw new TypeError(
      `Cannot permute the axes of a tensor of shape ${showShape(a.shape)}, ` +
        `as the order must name each of its ${a.rank} axes once: ${showShape(order)}`,
    );
  }
  const view = {
    ...a.view,
    shape: axes.map((axis) => a.shape[axis]!),
    strides: axes.map((axis) => a.view.strides[axis]!),
  };
  const inverse = axes.map((_, axis) => axes.indexOf(axis));
  return record("permute", [a], view, (grad) => [
    permute(grad, inverse), // ∂L/∂a: every axis back to its place
  ]);
}

/** Two axes swapped. Default: the last two. A view. */
export function transpose(a: Tensor, i = -2, j = -1): Tensor {
  const [p, q] = [normaliseAxis("transpose", i, a.shape), normaliseAxis("transpose", j, a.shape)];
  return permute(a, a.shape.map((_, axis) => axis === p ? q : axis === q ? p : axis));
}

/** Removes axes of size 1. Default: all of them. The gradient is that of `reshape`. */
export function squeeze(a: Tensor, axis?: number | readonly number[]): Tensor {
  const axes = axis === undefined
    ? [...a.shape.keys()].filter((i) => a.shape[i] === 1)
    : normaliseAxes("squeeze", axis, a.shape);
  const wide = axes.find((i) => a.shape[i] !== 1);
  if (wide !== undefined) {
    throw new TypeError(
      `Cannot squeeze axis ${wide} of a tensor of shape ${showShape(a.shape)}, as its size must be 1: ${a.shape[wide]}`,
    );
  }
  return reshape(a, a.shape.filter((_, i) => !axes.includes(i)));
}

/** Inserts an axis of size 1 at a position. */
export function unsqueeze(a: Tensor, axis: number): Tensor {
  const place = normaliseAxis("insert", axis, [...a.shape, 1]); // one position more than there are axes
  return reshape(a, a.shape.toSpliced(place, 0, 1));
}

/** Merges the axes from one to another; a single number becomes a list of one. */
export function flatten(a: Tensor, from = 0, to = -1): Tensor {
  const shape = a.rank === 0 ? [1] : a.shape;
  const [first, last] = [normaliseAxis("flatten from", from, shape), normaliseAxis("flatten to", to, shape)];
  if (first > last) {
    throw new RangeError(
      `Cannot flatten a tensor of shape ${showShape(a.shape)}, as the first axis must not come after the last: ` +
        `${first} and ${last}`,
    );
  }
  const merged = sizeOf(shape.slice(first, last + 1));
  return reshape(a, [...shape.slice(0, first), merged, ...shape.slice(last + 1)]);
}

/** The functions behind the methods; the operations check shapes and axes. */
export const layoutMethods: Methods<LayoutMethods> = {
  reshape: method(reshape, { shape: anything }),
  permute: method(permute, { order: anything }),
  transpose: method(transpose, { i: anything, j: anything }),
  squeeze: method(squeeze, { axis: anything }),
  unsqueeze: method(unsqueeze, { axis: anything }),
  flatten: method(flatten, { from: anything, to: anything }),
};
