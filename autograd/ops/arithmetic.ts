/** Arithmetic, element by element, on shapes that broadcast. */

import { anything } from "../../checks/mod.ts";
import type { BinaryOp, UnaryOp, View } from "../../kernels/kernels.ts";
import { contiguous } from "../../kernels/view.ts";
import { method, type Methods } from "../methods.ts";
import { lift, type Operand, sameDevice } from "../operands.ts";
import { record } from "../record.ts";
import { Tensor } from "../tensor.ts";
import { broadcast } from "./broadcast.ts";
import { where } from "./selection.ts";
import { markTruth } from "./truth.ts";

/** Arithmetic as methods of `Tensor`; shapes broadcast, and an operand may be a number. */
export interface ArithmeticMethods {
  /**
   * The sum `this + b`, element by element.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([1, 2]).add(Tensor.from([[10], [20]])).toArray(), [[11, 12], [21, 22]]);
   * ```
   */
  add(b: Operand): Tensor;
  /**
   * The difference `this − b`, element by element.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([1, 2]).sub(1).toArray(), [0, 1]);
   * ```
   */
  sub(b: Operand): Tensor;
  /**
   * The product `this ⊙ b`, element by element; `matmul` is the product of matrices.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([1, 2]).mul(Tensor.from([3, 4])).toArray(), [3, 8]);
   * ```
   */
  mul(b: Operand): Tensor;
  /**
   * The quotient `this / b`, element by element.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([1, 2]).div(4).toArray(), [0.25, 0.5]);
   * ```
   */
  div(b: Operand): Tensor;
  /**
   * The power `this ^ b`, element by element; NaN for a negative base and an exponent that is not an integer.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([1, 2, 3]).pow(2).toArray(), [1, 4, 9]);
   * ```
   */
  pow(b: Operand): Tensor;
  /**
   * The negation `−this`.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([1, -2]).neg().toArray(), [-1, 2]);
   * ```
   */
  neg(): Tensor;
  /**
   * The natural logarithm `ln this`; NaN below 0, −∞ at 0.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.equal(Tensor.from(1).log().item(), 0);
   * ```
   */
  log(): Tensor;
}

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
 * At 0⁰ both derivatives are taken as 0, and so is the derivative with respect to `b` where `out` is 0: the limits,
 * where the formulas give 0 · ∞. Another base is used there, so that second derivatives are finite too.
 */
export function pow(left: Tensor, right: Operand): Tensor {
  const [a, b] = operands("raise", left, right);
  return record("pow", [a, b], zip("pow", a, b), (grad, out) => [
    // ∂L/∂a = ∂L/∂out ⊙ b ⊙ a^(b − 1)
    () => mul(grad, mul(b, pow(oneWhere(zeroToZero(a, b), a), sub(b, 1)))),
    // ∂L/∂b = ∂L/∂out ⊙ a^b ⊙ ln a
    () => mul(grad, mul(out, log(oneWhere(add(equal(out, 0), zeroToZero(a, b)), a)))),
  ]);
}

/** 1 where a power is 0⁰, else 0. */
function zeroToZero(a: Tensor, b: Tensor): Tensor {
  return mul(equal(a, 0), equal(b, 0));
}

/** `out = condition ? 1 : a`. */
function oneWhere(condition: Tensor, a: Tensor): Tensor {
  return where(condition, a.like(1), a);
}

/** Negation: `out = −a`. */
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

/** 1 where `a = b`, else 0, without a gradient. */
export function equal(left: Tensor, right: Operand): Tensor {
  const [a, b] = operands("compare", left, right);
  return new Tensor(a.kernels, markTruth(zip("equal", a, b)));
}

/**
 * Two operands as tensors of one shape. `expand` sums the gradients of what it repeats, so the operations need not
 * handle broadcasting.
 */
export function operands(action: string, a: Tensor, b: Operand): readonly [Tensor, Tensor] {
  const other = lift(action, b, a);
  sameDevice(action, [a, other]);
  return broadcast(action, a, other);
}

/** Applies a kernel of two numbers to two tensors of one shape. */
export function zip(op: BinaryOp, a: Tensor, b: Tensor): View {
  return contiguous(a.kernels.binary(op, a.view, b.view), a.shape);
}

/** Applies a kernel of one number to a tensor. */
export function map(op: UnaryOp, a: Tensor): View {
  return contiguous(a.kernels.unary(op, a.view), a.shape);
}

/** The functions behind the methods. */
export const arithmeticMethods: Methods<ArithmeticMethods> = {
  add: method(add, { b: anything }), // the operation checks its operand
  sub: method(sub, { b: anything }),
  mul: method(mul, { b: anything }),
  div: method(div, { b: anything }),
  pow: method(pow, { b: anything }),
  neg: method(neg, {}),
  log: method(log, {}),
};
