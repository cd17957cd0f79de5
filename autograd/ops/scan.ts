/** Running totals along an axis. */

import { required, whole } from "../../checks/mod.ts";
import { contiguous } from "../../kernels/view.ts";
import { method, type Methods } from "../methods.ts";
import { record } from "../record.ts";
import { normaliseAxis } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { transpose } from "./layout.ts";

/** Running totals as methods of `Tensor`. */
export interface ScanMethods {
  /**
   * The running sum `out[i] = Σⱼ this[j]` over `j ≤ i` along an axis.
   *
   * @throws {RangeError} If there is no such axis.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([1, 2, 3]).cumsum(0).toArray(), [1, 3, 6]);
   * ```
   */
  cumsum(axis: number): Tensor;
}

/** Running sum along an axis: `out[i] = Σⱼ a[j]` over `j ≤ i`. */
export function cumsum(a: Tensor, axis: number): Tensor {
  const along = normaliseAxis("sum along", axis, a.shape);
  return along === a.rank - 1 ? runningSum(a, false) : transpose(runningSum(transpose(a, along, -1), false), along, -1);
}

/** Running sum along the last axis, from its end if `reverse`. */
function runningSum(a: Tensor, reverse: boolean): Tensor {
  return record("cumsum", [a], contiguous(a.kernels.cumsum(a.view, reverse), a.shape), (grad) => [
    runningSum(grad, !reverse), // ∂L/∂a[j] = Σᵢ ∂L/∂out[i] over i ≥ j: the running sum from the other end
  ]);
}

/** The function behind the method. */
export const scanMethods: Methods<ScanMethods> = { cumsum: method(cumsum, { axis: required(whole()) }) };
