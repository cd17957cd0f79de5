/** How an operation enters the graph: what it computed, from what, and how its gradient flows back. */

import { callable, checkArguments, required, string, that } from "../checks/mod.ts";
import type { View } from "../kernels/kernels.ts";
import { isView } from "../kernels/view.ts";
import { sameDevice } from "./operands.ts";
import { isRecording } from "./recording.ts";
import { Tensor } from "./tensor.ts";

/** A gradient, or a function that computes it, called only for a parent that requires a gradient. */
export type Gradient = Tensor | (() => Tensor);

/** One gradient for each parent, in order. */
export type Gradients<Parents extends readonly Tensor[]> = { readonly [K in keyof Parents]: Gradient };

/** The step from `∂L/∂out` to `∂L/∂parent` for each parent; `out` is the operation's own result. */
export type Backward<Parents extends readonly Tensor[]> = (grad: Tensor, out: Tensor) => Gradients<Parents>;

/** What a result remembers about the operation that made it. */
export interface Origin {
  /** The operation's name. */
  readonly operation: string;
  /** Empty, and `backward` undefined, once a call of `backward()` has freed the graph. */
  parents: readonly Tensor[];
  /** What the parents held when the operation ran; `backward` must find the same numbers. */
  views: readonly View[];
  /** Computes the parents' gradients. */
  backward: Backward<readonly Tensor[]> | undefined;
}

/**
 * Makes the result of an operation a tensor, with a place in the graph if any parent requires a gradient.
 *
 * Use it to define your own operations: compute the result with the kernels, and state how the gradient flows back.
 *
 * @param operation The operation's name, for pictures and errors.
 * @param parents The tensors that the result was computed from.
 * @param view The result.
 * @param backward Written in operations on tensors, so that it can itself be differentiated.
 * @throws {TypeError} If the parents are on different devices.
 *
 * @example
 * ```ts
 * import { contiguous, record, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * function twice(a: Tensor): Tensor { // out = a + a
 *   const out = contiguous(a.kernels.binary("add", a.view, a.view), a.shape);
 *   return record("twice", [a], out, (grad) => [grad.mul(2)]); // ∂L/∂a = 2 ∂L/∂out
 * }
 * const x = Tensor.from([1, 2], { requiresGrad: true });
 * twice(x).sum().backward();
 * assert.deepEqual(x.grad?.toArray(), [2, 2]);
 * ```
 */
export function record<Parents extends readonly Tensor[]>(
  operation: string,
  parents: readonly [...Parents],
  view: View,
  backward: Backward<Parents>,
): Tensor {
  checkArguments("record an operation", arguments, parameters);
  const kernels = sameDevice(operation, parents);
  if (!isRecording() || !parents.some((parent) => parent.requiresGrad)) return new Tensor(kernels, view);
  const views = parents.map((parent) => parent.view);
  // The type of the list has lost its length here; `backward` is only called for these parents.
  return new Tensor(kernels, view, { operation, parents, views, backward: backward as Backward<readonly Tensor[]> });
}

const parameters = {
  operation: required(string),
  parents: required(that("a list of tensors", Array.isArray)),
  view: required(that("a view, as contiguous(storage, shape) makes one", isView)),
  backward: required(callable),
};
