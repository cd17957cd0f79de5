/** Activation functions: without one between them, two linear layers are one. */

import { oneOf, optionsOf } from "../../checks/mod.ts";
import type { UnaryBackwardOp, View } from "../../kernels/kernels.ts";
import { recordFused } from "../fused.ts";
import { method, type Methods } from "../methods.ts";
import type { Tensor } from "../tensor.ts";
import { add, map, mul, neg, sub } from "./arithmetic.ts";
import { greater } from "./comparison.ts";
import { elementwise, exp } from "./functions.ts";

/** Which formula `gelu` computes. */
export interface GeluOptions {
  /** GPT-2's approximation by tanh. Default: the exact function. */
  approximate?: "tanh";
}

/** Activations as methods of `Tensor`. */
export interface ActivationMethods {
  /**
   * The hyperbolic tangent `tanh this`, from −1 to 1.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.equal(Tensor.from(0).tanh().item(), 0);
   * ```
   */
  tanh(): Tensor;
  /**
   * The logistic function `σ(this) = 1 / (1 + e^−this)`, from 0 to 1.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.equal(Tensor.from(0).sigmoid().item(), 0.5);
   * ```
   */
  sigmoid(): Tensor;
  /**
   * The rectified linear unit `max(this, 0)`; the derivative at the kink, 0, is taken as 0.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([-1, 2]).relu().toArray(), [0, 2]);
   * ```
   */
  relu(): Tensor;
  /**
   * The error function `2/√π ∫₀ e^(−t²) dt` up to `this`.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.equal(Tensor.from(0).erf().item(), 0);
   * ```
   */
  erf(): Tensor;
  /**
   * The sigmoid linear unit, or swish: `this ⊙ σ(this)` (arXiv 1606.08415, 1702.03118).
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.equal(Tensor.from(0).silu().item(), 0);
   * ```
   */
  silu(): Tensor;
  /**
   * The Gaussian error linear unit `this ⊙ Φ(this)`, with the normal distribution function Φ (arXiv 1606.08415).
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.ok(Math.abs(Tensor.from(1).gelu().item() - 0.8413) < 1e-4);
   * ```
   */
  gelu(options?: GeluOptions): Tensor;
}

/** Hyperbolic tangent: `out = tanh a`. */
export function tanh(a: Tensor): Tensor {
  return elementwise("tanh", a, (grad, out) => sub(grad, mul(grad, mul(out, out)))); // ∂L/∂a = ∂L/∂out ⊙ (1 − tanh² a)
}

/** Logistic function: `out = σ(a) = 1 / (1 + e^−a)`. */
export function sigmoid(a: Tensor): Tensor {
  return elementwise("sigmoid", a, (grad, out) => mul(grad, sub(out, mul(out, out)))); // ∂L/∂a = ∂L/∂out ⊙ σ(a) (1 − σ(a))
}

/** Rectified linear unit: `out = max(a, 0)`; at the kink, 0, its derivative is taken as 0. */
export function relu(a: Tensor): Tensor {
  return elementwise("relu", a, (grad) => mul(grad, greater(a, 0))); // ∂L/∂a = a > 0 ? ∂L/∂out : 0
}

/** Error function: `out = erf a = 2/√π ∫₀ᵃ e^(−t²) dt`. */
export function erf(a: Tensor): Tensor {
  return elementwise("erf", a, (grad) => mul(mul(grad, exp(neg(mul(a, a)))), 2 / Math.sqrt(Math.PI))); // ∂L/∂a = ∂L/∂out ⊙ 2/√π e^(−a²)
}

/** Sigmoid linear unit, or swish: `out = a ⊙ σ(a)` (arXiv 1606.08415, 1702.03118). */
export function silu(a: Tensor): Tensor {
  return fusedElementwise("silu", a, composedSilu);
}

/** `silu` in primitive operations. */
export function composedSilu(a: Tensor): Tensor {
  return mul(a, sigmoid(a));
}

/**
 * Gaussian error linear unit: `out = a ⊙ Φ(a)`, where `Φ(a) = (1 + erf(a/√2)) / 2` is the normal distribution function
 * (arXiv 1606.08415); or, as in GPT-2, `Φ(a) ≈ (1 + tanh(√(2/π) (a + 0.044715 a³))) / 2`.
 */
export function gelu(a: Tensor, options: GeluOptions = {}): Tensor {
  const op = options.approximate === "tanh" ? "geluTanh" : "gelu";
  return fusedElementwise(op, a, (a) => composedGelu(a, options));
}

/** `gelu` in primitive operations. */
export function composedGelu(a: Tensor, { approximate }: GeluOptions = {}): Tensor {
  const inner = approximate === "tanh"
    ? tanh(mul(add(a, mul(mul(a, mul(a, a)), 0.044715)), Math.sqrt(2 / Math.PI)))
    : erf(mul(a, Math.SQRT1_2));
  return mul(mul(a, 0.5), add(inner, 1));
}

function fusedElementwise(op: UnaryBackwardOp, a: Tensor, composed: (a: Tensor) => Tensor): Tensor {
  const backward = (grad: View, out: View) => [a.kernels.unaryBackward(op, a.view, out, grad)] as const;
  return recordFused(op, [a], { view: map(op, a), backward, composed });
}

/** The functions behind the methods. */
export const activationMethods: Methods<ActivationMethods> = {
  tanh: method(tanh, {}),
  sigmoid: method(sigmoid, {}),
  relu: method(relu, {}),
  erf: method(erf, {}),
  silu: method(silu, {}),
  gelu: method(gelu, { options: optionsOf<GeluOptions>({ approximate: oneOf("tanh") }) }),
};
