/** Softmax and its logarithm: one kernel each, and the composition that defines them. */

import { anything } from "../../checks/mod.ts";
import { contiguous } from "../../kernels/view.ts";
import { recordFused } from "../fused.ts";
import { method, type Methods } from "../methods.ts";
import { normaliseAxis } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { div, log, sub } from "./arithmetic.ts";
import { sum } from "./broadcast.ts";
import { exp } from "./functions.ts";
import { transpose } from "./layout.ts";
import { max } from "./reduction.ts";

/** Softmax and its logarithm as methods of `Tensor`. */
export interface SoftmaxMethods {
  /**
   * Softmax `e^this / Σ e^this` along an axis: positive numbers that sum to 1. Default: the last axis.
   *
   * @throws {RangeError} If there is no such axis.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([7, 7]).softmax().toArray(), [0.5, 0.5]);
   * ```
   */
  softmax(axis?: number): Tensor;
  /**
   * The logarithm of softmax, `this − ln Σ e^this`, along an axis. Default: the last axis. It is precise even
   * where softmax itself is too small for a float.
   *
   * @throws {RangeError} If there is no such axis.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([0, -1000]).logSoftmax().toArray(), [0, -1000]);
   * ```
   */
  logSoftmax(axis?: number): Tensor;
}

/** Softmax along an axis: `out = e^a / Σ e^a`, positive numbers that sum to 1. */
export function softmax(a: Tensor, axis = -1): Tensor {
  return alongLast("take the softmax over", a, axis, (a) =>
    recordFused("softmax", [a], {
      view: contiguous(a.kernels.softmax(a.view), a.shape),
      backward: (grad, out) => [a.kernels.softmaxBackward(out, grad)], // ∂L/∂a = out ⊙ (∂L/∂out − Σ ∂L/∂out ⊙ out)
      composed: (a) => composedSoftmax(a, -1),
    }));
}

/** The logarithm of softmax, `out = a − ln Σ e^a`, precise even where softmax is too small for a float. */
export function logSoftmax(a: Tensor, axis = -1): Tensor {
  return alongLast("take the softmax over", a, axis, (a) =>
    recordFused("logSoftmax", [a], {
      view: contiguous(a.kernels.logSoftmax(a.view), a.shape),
      backward: (grad, out) => [a.kernels.logSoftmaxBackward(out, grad)], // ∂L/∂a = ∂L/∂out − e^out Σ ∂L/∂out
      composed: (a) => composedLogSoftmax(a, -1),
    }));
}

/**
 * `softmax` in primitive operations.
 *
 * Adding a constant to all of `a` changes nothing, so the maximum is subtracted first, and no power of e overflows. It
 * is subtracted as a constant, as its gradient is 0.
 */
export function composedSoftmax(a: Tensor, axis: number): Tensor {
  const powers = exp(centred(a, axis));
  return div(powers, sum(powers, axis, { keepDims: true }));
}

/** `logSoftmax` in primitive operations. */
export function composedLogSoftmax(a: Tensor, axis: number): Tensor {
  const shifted = centred(a, axis);
  return sub(shifted, log(sum(exp(shifted), axis, { keepDims: true })));
}

function centred(a: Tensor, axis: number): Tensor {
  return sub(a, max(a.detach(), axis, { keepDims: true }));
}

/** Applies a row-wise kernel along any axis; a tensor without elements is its own result. */
function alongLast(action: string, a: Tensor, axis: number, f: (a: Tensor) => Tensor): Tensor {
  const along = normaliseAxis(action, axis, a.shape);
  if (a.size === 0) return a;
  return along === a.rank - 1 ? f(a) : transpose(f(transpose(a, along, -1)), along, -1);
}

/** The functions behind the methods; the axis is checked where the shape is known. */
export const softmaxMethods: Methods<SoftmaxMethods> = {
  softmax: method(softmax, { axis: anything }),
  logSoftmax: method(logSoftmax, { axis: anything }),
};
