/** Reductions: mean, variance, maximum and its index; the sum is beside its dual, in broadcast.ts. */

import { anything, flag, optionsOf, real } from "../../checks/mod.ts";
import { contiguous } from "../../kernels/view.ts";
import { method, type Methods } from "../methods.ts";
import { nest, type NestedNumbers } from "../nested.ts";
import { record } from "../record.ts";
import { normaliseAxes, normaliseAxis, reducedShape, type Shape, showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { div, equal, mul, neg, sub } from "./arithmetic.ts";
import { type Axes, axesLast, expand, type ReduceOptions, reduceParameters, sum, sumTo } from "./broadcast.ts";
import { sqrt } from "./functions.ts";
import { reshape } from "./layout.ts";
import { where } from "./selection.ts";

/** The options of `var` and `std`. */
export interface VarianceOptions extends ReduceOptions {
  /** Subtracted from the count n: 1 to estimate from a sample, 0 to describe a whole population. Default: 1. */
  correction?: number;
}

/** Reductions as methods of `Tensor`; they take axes as `sum` does. */
export interface ReductionMethods {
  /**
   * The mean `Σ this / n` over the axes. Default: all of them. NaN over no elements.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.equal(Tensor.from([1, 2, 6]).mean().item(), 3);
   * ```
   */
  mean(axis?: Axes, options?: ReduceOptions): Tensor;
  /**
   * The variance `Σ (this − mean)² / (n − 1)` over the axes, as in PyTorch. Default: all axes. NaN over one element.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.equal(Tensor.from([1, 2, 3]).var().item(), 1);
   * assert.equal(Tensor.from([1, 3]).var(0, { correction: 0 }).item(), 1);
   * ```
   */
  var(axis?: Axes, options?: VarianceOptions): Tensor;
  /**
   * The standard deviation, `√var`, over the axes; the derivative at 0 is taken as 0.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.equal(Tensor.from([1, 3, 5]).std().item(), 2);
   * ```
   */
  std(axis?: Axes, options?: VarianceOptions): Tensor;
  /**
   * The maximum over the axes; NaN if an element is. Elements that tie share the gradient equally. Default: all axes.
   *
   * @throws {RangeError} If there are no elements.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([[1, 5], [7, 2]]).max(1).toArray(), [5, 7]);
   * ```
   */
  max(axis?: Axes, options?: ReduceOptions): Tensor;
  /**
   * The minimum over the axes; NaN if an element is. Elements that tie share the gradient equally. Default: all axes.
   *
   * @throws {RangeError} If there are no elements.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([[1, 5], [7, 2]]).min(1).toArray(), [1, 2]);
   * ```
   */
  min(axis?: Axes, options?: ReduceOptions): Tensor;
  /**
   * The index of the first maximum, or of the first NaN, along an axis, as plain numbers. Default: the last axis.
   *
   * @throws {RangeError} If there are no elements, or there is no such axis.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([[1, 5], [7, 2]]).argmax(), [1, 0]);
   * ```
   */
  argmax(axis?: number): NestedNumbers;
}

/** Mean: `out = Σ a / n` over the axes; NaN over none. */
export function mean(a: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
  const count = normaliseAxes("take the mean over", axis, a.shape).reduce((n, i) => n * a.shape[i]!, 1);
  return div(sum(a, axis, options), count);
}

/** Variance: `out = Σ (a − mean a)² / (n − correction)` over the axes; NaN if that divides 0 by 0. */
export function variance(a: Tensor, axis?: Axes, options: VarianceOptions = {}): Tensor {
  const { correction = 1, keepDims = false } = options;
  const count = normaliseAxes("take the variance over", axis, a.shape).reduce((n, i) => n * a.shape[i]!, 1);
  const centred = sub(a, mean(a, axis, { keepDims: true }));
  return div(sum(mul(centred, centred), axis, { keepDims }), Math.max(0, count - correction));
}

/** Standard deviation: `out = √var a` over the axes; at 0, where the slope is infinite, its derivative is taken as 0. */
export function deviation(a: Tensor, axis?: Axes, options?: VarianceOptions): Tensor {
  const square = variance(a, normaliseAxes("take the deviation over", axis, a.shape), options);
  const flat = equal(square, 0);
  return where(flat, square, sqrt(where(flat, square.like(1), square)));
}

/** Maximum over the axes. Elements that tie share the gradient equally. */
export function max(a: Tensor, axis?: Axes, { keepDims = false }: ReduceOptions = {}): Tensor {
  const axes = axesOfSome("maximum", a, axis);
  const kept = reducedShape(a.shape, axes, true);
  const folded = a.kernels.reduce("max", axesLast(a, axes), axes.length);
  const out = record("max", [a], contiguous(folded, kept), (grad, out) => {
    const ties = equal(a, out); // 1 where an element is the maximum
    return [mul(expand(div(grad, sumTo(ties, kept)), a.shape), ties)]; // ∂L/∂a = ∂L/∂out / number of ties, for each
  });
  return reshape(out, reducedShape(a.shape, axes, keepDims));
}

/** Minimum over the axes, `−max(−a)`. */
export function min(a: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
  return neg(max(neg(a), axesOfSome("minimum", a, axis), options));
}

/** The index of the first maximum, or of the first NaN, along an axis: plain numbers, nested as the other axes. */
export function argmax(a: Tensor, axis = -1): NestedNumbers {
  const along = normaliseAxis("take the argmax over", axis, a.shape);
  checkNotEmpty("take the argmax of", a, [along]);
  return nest(a.kernels.argmax(axesLast(a, [along])), reducedShape(a.shape, [along], false));
}

/** The axes from 0 of an extreme, which hold elements. */
function axesOfSome(extreme: string, a: Tensor, axis: Axes | undefined): number[] {
  const axes = normaliseAxes(`take the ${extreme} over`, axis, a.shape);
  checkNotEmpty(`take the ${extreme} of`, a, axes);
  return axes;
}

function checkNotEmpty(action: string, { shape }: { shape: Shape }, axes: readonly number[]): void {
  if (axes.every((axis) => shape[axis] !== 0)) return;
  throw new RangeError(
    `Cannot ${action} no elements: axes ${showShape(axes)} of a tensor of shape ${showShape(shape)} hold none`,
  );
}

const varianceParameters = {
  axis: anything,
  options: optionsOf<VarianceOptions>({ keepDims: flag, correction: real({ min: 0 }) }),
};

/** The functions behind the methods. */
export const reductionMethods: Methods<ReductionMethods> = {
  mean: method(mean, reduceParameters),
  var: method(variance, varianceParameters),
  std: method(deviation, varianceParameters),
  max: method(max, reduceParameters),
  min: method(min, reduceParameters),
  argmax: method(argmax, { axis: anything }),
};
