/** Repeating and adding up: broadcasting costs nothing, and its gradient is a sum; the gradient of a sum is broadcast. */

import type { View } from "../../kernels/kernels.ts";
import { dense, record } from "../record.ts";
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

/**
 * Repeats an array along the axes that `shape` has and it has not, and along those of size 1: a view, with stride 0.
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

/** The axes to fold, all of them if none are named. */
export type Axes = number | readonly number[];

/** What every reduction may be told. */
export interface ReduceOptions {
  /** Leave the folded axes in place with size 1, so that the result broadcasts against what it was folded from. */
  keepDims?: boolean;
}

/** Sum: `out = Σ a` over the axes: `expand` in reverse. */
export function sum(a: Tensor, axis?: Axes, { keepDims = false }: ReduceOptions = {}): Tensor {
  const axes = normaliseAxes("sum over", axis, a.shape);
  const kept = reducedShape(a.shape, axes, true);
  const view = dense(a.kernels.reduce("sum", axesLast(a, axes), axes.length), reducedShape(a.shape, axes, keepDims));
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

/** The same elements with the given axes last, as a reducing kernel wants them. */
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
