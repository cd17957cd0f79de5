/** Broadcasting and sums. Broadcasting copies nothing; its gradient is a sum, and the gradient of a sum broadcasts. */

import { anything, flag, optionsOf } from "../../checks/mod.ts";
import type { View } from "../../kernels/kernels.ts";
import { contiguous } from "../../kernels/view.ts";
import { method, type Methods } from "../methods.ts";
import { record } from "../record.ts";
import {
  broadcastShapes,
  checkShape,
  normaliseAxes,
  reducedShape,
  sameShape,
  type Shape,
  showShape,
} from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { reshape } from "./layout.ts";

/** Broadcasting and sums as methods of `Tensor`. */
export interface BroadcastMethods {
  /**
   * The tensor repeated along missing axes and along those of size 1, up to `shape`: a view, which copies nothing.
   *
   * @throws {TypeError} If the shape does not broadcast to `shape`.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([[1], [2]]).expand([2, 3]).toArray(), [[1, 1, 1], [2, 2, 2]]);
   * ```
   */
  expand(shape: Shape): Tensor;
  /**
   * The sum `Σ this` over the axes. Default: all of them. Negative axes count from the last.
   *
   * @throws {RangeError} If there is no such axis, or one is named twice.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * const x = Tensor.from([[1, 2], [3, 4]]);
   * assert.equal(x.sum().item(), 10);
   * assert.deepEqual(x.sum(0).toArray(), [4, 6]);
   * assert.deepEqual(x.sum(-1, { keepDims: true }).toArray(), [[3], [7]]);
   * ```
   */
  sum(axis?: Axes, options?: ReduceOptions): Tensor;
}

/**
 * Repeats an array along missing axes and along those of size 1, up to `shape`: a view, with stride 0.
 *
 * Its dual is `sumTo`: an element that was used n times gets the sum of n gradients.
 *
 * @throws {TypeError} If the tensor's shape does not broadcast to `shape`.
 */
export function expand(a: Tensor, shape: Shape): Tensor {
  checkShape("expand a tensor", shape);
  if (sameShape(a.shape, shape)) return a;
  const missing = shape.length - a.rank;
  const fits = (size: number, axis: number) => size === 1 || size === shape[axis + missing];
  if (missing < 0 || !a.shape.every(fits)) {
    throw new TypeError(
      `Cannot expand a tensor of shape ${showShape(a.shape)} to ${showShape(shape)}, ` +
        "as only missing axes and axes of size 1 can be repeated",
    );
  }
  const strides = shape.map((size, axis) => {
    const own = axis - missing;
    return own < 0 || (a.shape[own] === 1 && size !== 1) ? 0 : a.view.strides[own]!;
  });
  return record("expand", [a], { ...a.view, shape: [...shape], strides }, (grad) => [
    sumTo(grad, a.shape), // ∂L/∂a = Σ ∂L/∂out over the repetitions
  ]);
}

/** The axes to reduce: one, or a list. */
export type Axes = number | readonly number[];

/** The options of every reduction. */
export interface ReduceOptions {
  /** Keep the reduced axes with size 1, so that the result broadcasts against the operand. Default: false. */
  keepDims?: boolean;
}

/** The rules for the arguments of every reduction; the axes are checked where the shape is known. */
export const reduceParameters = { axis: anything, options: optionsOf<ReduceOptions>({ keepDims: flag }) };

/** Sum: `out = Σ a` over the axes: `expand` in reverse. */
export function sum(a: Tensor, axis?: Axes, { keepDims = false }: ReduceOptions = {}): Tensor {
  const axes = normaliseAxes("sum over", axis, a.shape);
  const kept = reducedShape(a.shape, axes, true);
  const view = contiguous(
    a.kernels.reduce("sum", axesLast(a, axes), axes.length),
    reducedShape(a.shape, axes, keepDims),
  );
  return record("sum", [a], view, (grad) => [
    expand(reshape(grad, kept), a.shape), // ∂L/∂a = ∂L/∂out, for every summand
  ]);
}

/** The sum over the axes that broadcasting `shape` to the array's shape would repeat. */
export function sumTo(a: Tensor, shape: Shape): Tensor {
  if (sameShape(a.shape, shape)) return a;
  const missing = a.rank - shape.length;
  const repeated = a.shape.flatMap((size, axis) => {
    return axis < missing || (shape[axis - missing] === 1 && size !== 1) ? [axis] : [];
  });
  return reshape(sum(a, repeated), shape);
}

/** The same elements with the given axes last, as reduction kernels expect them. */
export function axesLast({ view }: Tensor, axes: readonly number[]): View {
  const order = [...view.shape.keys()].filter((axis) => !axes.includes(axis)).concat(axes);
  return {
    ...view,
    shape: order.map((axis) => view.shape[axis]!),
    strides: order.map((axis) => view.strides[axis]!),
  };
}

/** The tensors repeated to the shape that they broadcast to. */
export function broadcast<Tensors extends readonly Tensor[]>(action: string, ...tensors: Tensors): Tensors {
  const shape = tensors.map((t) => t.shape).reduce((a, b) => broadcastShapes(action, a, b));
  return tensors.map((t) => expand(t, shape)) as readonly Tensor[] as Tensors; // as many as were given
}

/** The functions behind the methods. */
export const broadcastMethods: Methods<BroadcastMethods> = {
  expand: method(expand, { shape: anything }), // the operations check shapes and axes
  sum: method(sum, reduceParameters),
};
