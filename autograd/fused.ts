/** Operations that one kernel computes in a single pass, and the composed twins that define them. */

import type { Storage, View } from "../kernels/kernels.ts";
import { contiguous } from "../kernels/view.ts";
import { pullback } from "./functional.ts";
import { type Backward, type Gradients, record } from "./record.ts";
import { isRecording } from "./recording.ts";
import { Tensor } from "./tensor.ts";

/** How a fused operation is computed, forward and backward, and its definition. */
export interface Fused<Parents extends readonly Tensor[]> {
  /** What the forward kernel computed. */
  readonly view: View;
  /** Runs the backward kernel: one storage for each parent, of the parent's shape. */
  readonly backward: (grad: View, out: View) => { readonly [K in keyof Parents]: Storage };
  /** The same function in primitive operations. */
  readonly composed: (...parents: Parents) => Tensor;
}

/**
 * The result of a fused operation.
 *
 * Its gradient comes from a kernel, which cannot be differentiated. Where the gradient must itself be differentiable
 * (`createGraph`, `grad(grad(f))`), the composed twin computes it.
 */
export function recordFused<Parents extends readonly Tensor[]>(
  operation: string,
  parents: readonly [...Parents],
  { view, backward, composed }: Fused<Parents>,
): Tensor {
  // Mapping over the parents keeps their number, which TypeScript does not track.
  const step: Backward<Parents> = (grad, out) => {
    if (isRecording()) {
      const { gradients } = pullback((xs) => composed(...xs as readonly Tensor[] as Parents), parents, () => grad);
      return gradients as readonly Tensor[] as Gradients<Parents>;
    }
    const storages = backward(grad.view, out.view) as readonly Storage[];
    return parents.map((parent, i) => new Tensor(parent.kernels, contiguous(storages[i]!, parent.shape))) as Gradients<
      Parents
    >;
  };
  return record(operation, parents, view, step);
}
