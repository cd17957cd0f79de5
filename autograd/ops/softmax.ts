/** Softmax and its logarithm, composed of the operations before: the chain rule does the rest. */

import type { Tensor } from "../tensor.ts";
import { div, log, sub } from "./arithmetic.ts";
import { sum } from "./broadcast.ts";
import { exp } from "./functions.ts";
import { max } from "./reduction.ts";

/**
 * Softmax along an axis: `out = e^a / Σ e^a`, positive numbers that sum to 1.
 *
 * Adding a constant to all of `a` changes nothing, so the maximum is taken off first: then no power of e overflows. It
 * is taken off as a constant, as its gradient is 0.
 */
export function softmax(a: Tensor, axis: number): Tensor {
  const powers = exp(centred(a, axis));
  return div(powers, sum(powers, axis, { keepDims: true }));
}

/** The logarithm of softmax, `out = a − ln Σ e^a`, precise also where softmax is too small for a float. */
export function logSoftmax(a: Tensor, axis: number): Tensor {
  const shifted = centred(a, axis);
  return sub(shifted, log(sum(exp(shifted), axis, { keepDims: true })));
}

function centred(a: Tensor, axis: number): Tensor {
  return sub(a, max(a.detach(), axis, { keepDims: true }));
}
