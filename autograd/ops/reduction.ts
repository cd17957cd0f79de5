/** Folding axes into one number: the mean, the maximum and its place; the sum is beside its dual, in broadcast.ts. */

import { nest, type NestedNumbers } from "../nested.ts";
import { dense, record } from "../record.ts";
import { normaliseAxes, normaliseAxis, reducedShape, type Shape, showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { div, equal, mul, neg } from "./arithmetic.ts";
import { type Axes, axesLast, expand, type ReduceOptions, sum, sumTo } from "./broadcast.ts";
import { reshape } from "./layout.ts";

/** Mean: `out = Σ a / n` over the axes; NaN over none. */
export function mean(a: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
  const count = normaliseAxes("take the mean over", axis, a.shape).reduce((n, i) => n * a.shape[i]!, 1);
  return div(sum(a, axis, options), count);
}

/** Maximum over the axes. Elements that tie share the gradient equally. */
export function max(a: Tensor, axis?: Axes, { keepDims = false }: ReduceOptions = {}): Tensor {
  const axes = normaliseAxes("take the maximum over", axis, a.shape);
  checkNotEmpty("take the maximum of", a, axes);
  const kept = reducedShape(a.shape, axes, true);
  const folded = a.kernels.reduce("max", axesLast(a, axes), axes.length);
  const out = record("max", [a], dense(folded, kept), (grad, out) => {
    const ties = equal(a, out); // 1 where an element is the maximum
    return [mul(expand(div(grad, sumTo(ties, kept)), a.shape), ties)]; // ∂L/∂a = ∂L/∂out / number of ties, for each
  });
  return reshape(out, reducedShape(a.shape, axes, keepDims));
}

/** Minimum over the axes, `−max(−a)`. */
export function min(a: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
  return neg(max(neg(a), axis, options));
}

/** Where the first maximum along an axis stands: plain numbers, nested as the remaining axes. */
export function argmax(a: Tensor, axis: number): NestedNumbers {
  const along = normaliseAxis("take the argmax over", axis, a.shape);
  checkNotEmpty("take the argmax of", a, [along]);
  return nest(a.kernels.argmax(axesLast(a, [along])), reducedShape(a.shape, [along], false));
}

function checkNotEmpty(action: string, { shape }: { shape: Shape }, axes: readonly number[]): void {
  if (axes.every((axis) => shape[axis] !== 0)) return;
  throw new RangeError(
    `Cannot ${action} no elements: axes ${showShape(axes)} of a tensor of shape ${showShape(shape)} hold none`,
  );
}
