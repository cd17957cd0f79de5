/** Functions of one number, applied to every element; activation functions are in activations.ts. */

import type { UnaryBackwardOp } from "../../kernels/kernels.ts";
import { contiguous } from "../../kernels/view.ts";
import { method, type Methods } from "../methods.ts";
import { record } from "../record.ts";
import { isRecording } from "../recording.ts";
import { Tensor } from "../tensor.ts";
import { div, map, mul, neg } from "./arithmetic.ts";

/** Functions of one number as methods of `Tensor`. */
export interface FunctionMethods {
  /**
   * The exponential `e^this`.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.equal(Tensor.from(0).exp().item(), 1);
   * ```
   */
  exp(): Tensor;
  /**
   * The square root `√this`; NaN below 0.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([4, 9]).sqrt().toArray(), [2, 3]);
   * ```
   */
  sqrt(): Tensor;
  /**
   * The absolute value `|this|`; the derivative at the kink, 0, is taken as 0.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([-2, 3]).abs().toArray(), [2, 3]);
   * ```
   */
  abs(): Tensor;
  /**
   * The sign: −1, 0 or 1; no gradient flows through it.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([-2, 0, 3]).sign().toArray(), [-1, 0, 1]);
   * ```
   */
  sign(): Tensor;
  /**
   * The sine `sin this`, in radians.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.ok(Math.abs(Tensor.from(Math.PI / 2).sin().item() - 1) < 1e-6);
   * ```
   */
  sin(): Tensor;
  /**
   * The cosine `cos this`, in radians.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.equal(Tensor.from(0).cos().item(), 1);
   * ```
   */
  cos(): Tensor;
}

/** Exponential: `out = e^a`. */
export function exp(a: Tensor): Tensor {
  return elementwise("exp", a, (grad, out) => mul(grad, out)); // ∂L/∂a = ∂L/∂out ⊙ e^a
}

/** Square root: `out = √a`. */
export function sqrt(a: Tensor): Tensor {
  return elementwise("sqrt", a, (grad, out) => div(grad, mul(out, 2))); // ∂L/∂a = ∂L/∂out / (2 √a)
}

/** Absolute value: `out = |a|`; at the kink, 0, its derivative is taken as 0. */
export function abs(a: Tensor): Tensor {
  return elementwise("abs", a, (grad) => mul(grad, sign(a))); // ∂L/∂a = ∂L/∂out ⊙ sign a
}

/** The sign: −1, 0 or 1. It has no gradient, as its derivative is 0 wherever it exists. */
export function sign(a: Tensor): Tensor {
  return new Tensor(a.kernels, map("sign", a));
}

/** Sine: `out = sin a`, in radians. */
export function sin(a: Tensor): Tensor {
  return elementwise("sin", a, (grad) => mul(grad, cos(a))); // ∂L/∂a = ∂L/∂out ⊙ cos a
}

/** Cosine: `out = cos a`, in radians. */
export function cos(a: Tensor): Tensor {
  return elementwise("cos", a, (grad) => neg(mul(grad, sin(a)))); // ∂L/∂a = −∂L/∂out ⊙ sin a
}

/**
 * A function whose gradient also has a kernel, which computes `derivative` in one pass; where the gradient must itself
 * be differentiable, the formula is recorded instead.
 */
export function elementwise(
  op: UnaryBackwardOp,
  a: Tensor,
  derivative: (grad: Tensor, out: Tensor) => Tensor,
): Tensor {
  return record(op, [a], map(op, a), (grad, out) => {
    if (isRecording()) return [derivative(grad, out)];
    return [new Tensor(a.kernels, contiguous(a.kernels.unaryBackward(op, a.view, out.view, grad.view), a.shape))];
  });
}

/** The functions behind the methods. */
export const functionMethods: Methods<FunctionMethods> = {
  exp: method(exp, {}),
  sqrt: method(sqrt, {}),
  abs: method(abs, {}),
  sign: method(sign, {}),
  sin: method(sin, {}),
  cos: method(cos, {}),
};
