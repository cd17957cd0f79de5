/** Functions of one number, over every element. */

import type { UnaryBackwardOp, View } from "../../kernels/kernels.ts";
import { recordFused } from "../fused.ts";
import { constant, dense, isRecording, record } from "../record.ts";
import type { Tensor } from "../tensor.ts";
import { add, div, greater, map, mul, neg, sub } from "./arithmetic.ts";

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

/** −1, 0 or 1, as the sign: a constant, as it is flat wherever it has a slope. */
export function sign(a: Tensor): Tensor {
  return constant(a, map("sign", a));
}

/** Sine: `out = sin a`, in radians. */
export function sin(a: Tensor): Tensor {
  return elementwise("sin", a, (grad) => mul(grad, cos(a))); // ∂L/∂a = ∂L/∂out ⊙ cos a
}

/** Cosine: `out = cos a`, in radians. */
export function cos(a: Tensor): Tensor {
  return elementwise("cos", a, (grad) => neg(mul(grad, sin(a)))); // ∂L/∂a = −∂L/∂out ⊙ sin a
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
 * (arXiv 1606.08415); or, as GPT-2 has it, `Φ(a) ≈ (1 + tanh(√(2/π) (a + 0.044715 a³))) / 2`.
 */
export function gelu(a: Tensor, options: { approximate?: "tanh" } = {}): Tensor {
  const { approximate } = options;
  if (approximate !== undefined && approximate !== "tanh") { // notebooks do not check types
    throw new RangeError(`Cannot compute gelu, as "tanh" is the only approximation: ${String(approximate)}`);
  }
  const op = approximate === "tanh" ? "geluTanh" : "gelu";
  return fusedElementwise(op, a, (a) => composedGelu(a, options));
}

/** `gelu` in primitive operations. */
export function composedGelu(a: Tensor, { approximate }: { approximate?: "tanh" } = {}): Tensor {
  const inner = approximate === "tanh"
    ? tanh(mul(add(a, mul(mul(a, mul(a, a)), 0.044715)), Math.sqrt(2 / Math.PI)))
    : erf(mul(a, Math.SQRT1_2));
  return mul(mul(a, 0.5), add(inner, 1));
}

/**
 * A function that has a kernel of its own for its gradient too, which computes in one pass what `derivative` says; the
 * formula itself is what is recorded where the gradient must be differentiable in turn.
 */
function elementwise(op: UnaryBackwardOp, a: Tensor, derivative: (grad: Tensor, out: Tensor) => Tensor): Tensor {
  return record(op, [a], map(op, a), (grad, out) => {
    if (isRecording()) return [derivative(grad, out)];
    return [constant(a, dense(a.kernels.unaryBackward(op, a.view, out.view, grad.view), a.shape))];
  });
}

function fusedElementwise(op: UnaryBackwardOp, a: Tensor, composed: (a: Tensor) => Tensor): Tensor {
  const backward = (grad: View, out: View) => [a.kernels.unaryBackward(op, a.view, out, grad)] as const;
  return recordFused(op, [a], { view: map(op, a), backward, composed });
}
