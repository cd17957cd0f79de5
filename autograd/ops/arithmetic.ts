/** Arithmetic, element by element, on shapes that broadcast. */

import type { BinaryOp, UnaryOp, View } from "../../kernels/kernels.ts";
import { constant, dense, lift, type Operand, record, sameDevice } from "../record.ts";
import type { Tensor } from "../tensor.ts";
import { broadcast } from "./broadcast.ts";
import { markTruth } from "./truth.ts";

/** Sum: `out = a + b`. */
export function add(left: Tensor, right: Operand): Tensor {
  const [a, b] = operands("add", left, right);
  return record("add", [a, b], zip("add", a, b), (grad) => [
    grad, // ∂L/∂a = ∂L/∂out
    grad, // ∂L/∂b = ∂L/∂out
  ]);
}

/** Difference: `out = a − b`. */
export function sub(left: Tensor, right: Operand): Tensor {
  const [a, b] = operands("subtract", left, right);
  return record("sub", [a, b], zip("sub", a, b), (grad) => [
    grad, // ∂L/∂a = ∂L/∂out
    () => neg(grad), // ∂L/∂b = −∂L/∂out
  ]);
}

/** Product, element by element: `out = a ⊙ b`. */
export function mul(left: Tensor, right: Operand): Tensor {
  const [a, b] = operands("multiply", left, right);
  return record("mul", [a, b], zip("mul", a, b), (grad) => [
    () => mul(grad, b), // ∂L/∂a = ∂L/∂out ⊙ b
    () => mul(grad, a), // ∂L/∂b = ∂L/∂out ⊙ a
  ]);
}

/** Quotient, element by element: `out = a / b`. */
export function div(left: Tensor, right: Operand): Tensor {
  const [a, b] = operands("divide", left, right);
  return record("div", [a, b], zip("div", a, b), (grad, out) => [
    () => div(grad, b), // ∂L/∂a = ∂L/∂out / b
    () => neg(div(mul(grad, out), b)), // ∂L/∂b = −∂L/∂out ⊙ a / b² = −∂L/∂out ⊙ out / b
  ]);
}

/**
 * Power, element by element: `out = a ^ b`.
 *
 * Where `a` and `b` are 0, so is the derivative by `a`; where `out` is 0, so is the derivative by `b`: the limits, where
 * the formulas read 0 · ∞. They are taken by reading another base there, so that the derivatives' own derivatives are
 * finite too.
 */
export function pow(left: Tensor, right: Operand): Tensor {
  const [a, b] = operands("raise", left, right);
  return record("pow", [a, b], zip("pow", a, b), (grad, out) => [
    // ∂L/∂a = ∂L/∂out ⊙ b ⊙ a^(b − 1)
    () => mul(grad, mul(b, pow(oneWhere(mul(equal(a, 0), equal(b, 0)), a), sub(b, 1)))),
    // ∂L/∂b = ∂L/∂out ⊙ a^b ⊙ ln a
    () => mul(grad, mul(out, log(oneWhere(equal(out, 0), a)))),
  ]);
}

/** Opposite: `out = −a`. */
export function neg(a: Tensor): Tensor {
  return record("neg", [a], map("neg", a), (grad) => [
    neg(grad), // ∂L/∂a = −∂L/∂out
  ]);
}

/** Natural logarithm: `out = ln a`. */
export function log(a: Tensor): Tensor {
  return record("log", [a], map("log", a), (grad) => [
    div(grad, a), // ∂L/∂a = ∂L/∂out / a
  ]);
}

/** 1 where `a > b`, else 0: a constant, as it is flat wherever it has a slope. */
export function greater(left: Tensor, right: Operand): Tensor {
  return compare("greater", left, right);
}

/** 1 where `a < b`, else 0: a constant, likewise. */
export function less(left: Tensor, right: Operand): Tensor {
  const [a, b] = operands("compare", left, right);
  return greater(b, a);
}

/** 1 where `a = b`, else 0: a constant, likewise. */
export function equal(left: Tensor, right: Operand): Tensor {
  return compare("equal", left, right);
}

/** `out = condition ? a : b`, element by element; the condition is a constant of zeros and others. */
export function where(condition: Tensor, left: Tensor, right: Operand): Tensor {
  const [c, a, b] = broadcast("choose between", condition, left, lift("choose between", right, left));
  const kernels = sameDevice("choose between", [c, a, b]);
  return record("where", [a, b], dense(kernels.select(c.view, a.view, b.view), a.shape), (grad) => [
    () => where(c, grad, 0), // ∂L/∂a = condition ? ∂L/∂out : 0
    () => where(c, grad.like(0), grad), // ∂L/∂b = condition ? 0 : ∂L/∂out
  ]);
}

/** `out = condition ? 1 : a`. */
function oneWhere(condition: Tensor, a: Tensor): Tensor {
  return where(condition, a.like(1), a);
}

function compare(op: "greater" | "equal", left: Tensor, right: Operand): Tensor {
  const [a, b] = operands("compare", left, right);
  return constant(a, markTruth(zip(op, a, b)));
}

/**
 * Two operands as tensors of one shape. A repeated one gets the sum of its gradients from `expand`, which repeats it:
 * so the operations above need not think of broadcasting.
 */
function operands(action: string, a: Tensor, b: Operand): readonly [Tensor, Tensor] {
  const other = lift(action, b, a);
  sameDevice(action, [a, other]);
  return broadcast(action, a, other);
}

/** A kernel of two numbers over two tensors of one shape. */
function zip(op: BinaryOp, a: Tensor, b: Tensor): View {
  return dense(a.kernels.binary(op, a.view, b.view), a.shape);
}

/** A kernel of one number over a tensor. */
export function map(op: UnaryOp, a: Tensor): View {
  return dense(a.kernels.unary(op, a.view), a.shape);
}
