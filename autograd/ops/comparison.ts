/** Comparisons, maximum, minimum and clamping, element by element. */

import { anything, number } from "../../checks/mod.ts";
import { method, type Methods } from "../methods.ts";
import type { Operand } from "../operands.ts";
import { record } from "../record.ts";
import { withRecording } from "../recording.ts";
import { Tensor } from "../tensor.ts";
import { add, equal, mul, operands, zip } from "./arithmetic.ts";
import { where } from "./selection.ts";
import { markTruth } from "./truth.ts";

/** Comparisons as methods of `Tensor`; shapes broadcast, and an operand may be a number. */
export interface ComparisonMethods {
  /**
   * 1 where `this > b`, else 0; no gradient flows through it.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([1, 2, 3]).greater(2).toArray(), [0, 0, 1]);
   * ```
   */
  greater(b: Operand): Tensor;
  /**
   * 1 where `this < b`, else 0; no gradient flows through it.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([1, 2, 3]).less(2).toArray(), [1, 0, 0]);
   * ```
   */
  less(b: Operand): Tensor;
  /**
   * 1 where `this = b`, else 0; no gradient flows through it. NaN equals nothing.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([1, 2, NaN]).equal(Tensor.from([1, 0, NaN])).toArray(), [1, 0, 0]);
   * ```
   */
  equal(b: Operand): Tensor;
  /**
   * The greater of `this` and `b`, element by element; NaN where either is NaN. Elements that tie share the gradient
   * equally. `max` reduces one tensor.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([1, 5]).maximum(Tensor.from([3, 4])).toArray(), [3, 5]);
   * ```
   */
  maximum(b: Operand): Tensor;
  /**
   * The lesser of `this` and `b`, element by element; NaN where either is NaN. Elements that tie share the gradient
   * equally. `min` reduces one tensor.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([1, 5]).minimum(Tensor.from([3, 4])).toArray(), [1, 4]);
   * ```
   */
  minimum(b: Operand): Tensor;
  /**
   * Clamps every element to the bounds: `min(max(this, low), high)`; NaN stays NaN. An `undefined` bound is open.
   * The gradient is 1 within the bounds and on them, and 0 outside.
   *
   * @throws {TypeError} If no bound is given.
   * @throws {RangeError} If a bound is NaN, or `low` is greater than `high`.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * const x = Tensor.from([-2, 0.5, 3]);
   * assert.deepEqual(x.clamp(-1, 1).toArray(), [-1, 0.5, 1]);
   * assert.deepEqual(x.clamp(undefined, 1).toArray(), [-2, 0.5, 1]);
   * ```
   */
  clamp(low?: number, high?: number): Tensor;
}

/** 1 where `a > b`, else 0. It has no gradient, as its derivative is 0 wherever it exists. */
export function greater(left: Tensor, right: Operand): Tensor {
  const [a, b] = operands("compare", left, right);
  return new Tensor(a.kernels, markTruth(zip("greater", a, b)));
}

/** 1 where `a < b`, else 0, without a gradient. */
export function less(left: Tensor, right: Operand): Tensor {
  const [a, b] = operands("compare", left, right);
  return greater(b, a);
}

/** Maximum, element by element: `out = max(a, b)`; elements that tie get half of the gradient each. */
export function maximum(left: Tensor, right: Operand): Tensor {
  const [a, b] = operands("take the maximum of", left, right);
  return record("maximum", [a, b], zip("maximum", a, b), (grad) => [
    () => mul(grad, share(greater(a, b), equal(a, b))), // ∂L/∂a = ∂L/∂out where a > b, half of it where a = b
    () => mul(grad, share(greater(b, a), equal(a, b))), // ∂L/∂b = ∂L/∂out where b > a, half of it where a = b
  ]);
}

/** Minimum, element by element: `out = min(a, b)`; elements that tie get half of the gradient each. */
export function minimum(left: Tensor, right: Operand): Tensor {
  const [a, b] = operands("take the minimum of", left, right);
  return record("minimum", [a, b], zip("minimum", a, b), (grad) => [
    () => mul(grad, share(greater(b, a), equal(a, b))), // ∂L/∂a = ∂L/∂out where a < b, half of it where a = b
    () => mul(grad, share(greater(a, b), equal(a, b))), // ∂L/∂b = ∂L/∂out where b < a, half of it where a = b
  ]);
}

/** 1 where an operand wins, ½ where it ties. */
function share(wins: Tensor, ties: Tensor): Tensor {
  return add(wins, mul(ties, 0.5));
}

/** `out = min(max(a, low), high)`; a bound that is undefined is open. */
export function clamp(a: Tensor, low?: number, high?: number): Tensor {
  if (low === undefined && high === undefined) {
    throw new TypeError("Cannot clamp a tensor without bounds: pass clamp(low, high), or undefined for one of them");
  }
  const [from, to] = [low ?? -Infinity, high ?? Infinity];
  if (!(from <= to)) {
    throw new RangeError(`Cannot clamp a tensor, as the lower bound must be at most the upper one: ${from} and ${to}`);
  }
  const { view } = withRecording(false, () => minimum(maximum(a, from), to));
  return record("clamp", [a], view, (grad) => [
    where(equal(a, new Tensor(a.kernels, view)), grad, 0), // ∂L/∂a = low ≤ a ≤ high ? ∂L/∂out : 0
  ]);
}

/** The functions behind the methods. */
export const comparisonMethods: Methods<ComparisonMethods> = {
  greater: method(greater, { b: anything }), // the operation checks its operand
  less: method(less, { b: anything }),
  equal: method(equal, { b: anything }),
  maximum: method(maximum, { b: anything }),
  minimum: method(minimum, { b: anything }),
  clamp: method(clamp, { low: number, high: number }),
};
