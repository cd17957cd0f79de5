/** How an operation enters the graph: what it computed, from what, and how its gradient flows back. */

import type { Kernels, Storage, View } from "../kernels/kernels.ts";
import { rowMajor, type Shape } from "../kernels/view.ts";
import { Tensor } from "./tensor.ts";

/** What an operation takes where a tensor is wanted: a number becomes a constant. */
export type Operand = Tensor | number;

/** A gradient, or how to compute it: a function is called only for a parent that wants its gradient. */
export type Gradient = Tensor | (() => Tensor);

/** One gradient for each parent, in order. */
export type Gradients<Parents extends readonly Tensor[]> = { readonly [K in keyof Parents]: Gradient };

/** The step from `∂L/∂out` to `∂L/∂parent` for each parent; `out` is the operation's own result. */
export type Backward<Parents extends readonly Tensor[]> = (grad: Tensor, out: Tensor) => Gradients<Parents>;

/** What a result remembers of the operation that made it. */
export interface Origin {
  readonly operation: string;
  /** Empty, and `backward` undefined, once a call of `backward()` has freed the graph. */
  parents: readonly Tensor[];
  /** What the parents held when it ran: `backward` must find the same numbers in them. */
  views: readonly View[];
  backward: Backward<readonly Tensor[]> | undefined;
}

let recording = true;

/**
 * Runs `f` without recording: no result in it requires a gradient.
 *
 * @throws {TypeError} If `f` is asynchronous, as what it does after its first `await` would be recorded.
 *
 * @example
 * ```ts
 * import { noGrad, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const w = Tensor.from([1, 2], { requiresGrad: true });
 * assert.equal(noGrad(() => w.mul(2)).requiresGrad, false);
 * ```
 */
export function noGrad<T>(f: () => T): T {
  const out = withRecording(false, f);
  if (out instanceof Promise) {
    throw new TypeError("Cannot run noGrad on an asynchronous function, as it ends at the first await");
  }
  return out;
}

/** Whether results are being recorded: in a backward pass, whether its gradients must be differentiable. */
export function isRecording(): boolean {
  return recording;
}

/** Runs `f` with recording on or off, and puts back what was. */
export function withRecording<T>(on: boolean, f: () => T): T {
  const before = recording;
  recording = on;
  try {
    return f();
  } finally {
    recording = before;
  }
}

/**
 * The result of an operation as a tensor, with its place in the graph if any parent requires a gradient.
 *
 * @param operation Its name, for pictures and errors.
 * @param parents The tensors that it was computed from.
 * @param view What it computed.
 * @param backward Written in operations on tensors, so that it can itself be differentiated.
 */
export function record<Parents extends readonly Tensor[]>(
  operation: string,
  parents: readonly [...Parents],
  view: View,
  backward: Backward<Parents>,
): Tensor {
  const kernels = sameDevice(operation, parents);
  if (!recording || !parents.some((parent) => parent.requiresGrad)) return new Tensor(kernels, view);
  const views = parents.map((parent) => parent.view);
  // The list of parents has lost its length here; `backward` is only ever called for these very parents.
  return new Tensor(kernels, view, { operation, parents, views, backward: backward as Backward<readonly Tensor[]> });
}

/**
 * The kernels of the device that all the tensors are on.
 *
 * @throws {TypeError} If they are on two, or one of them is no tensor.
 */
export function sameDevice(action: string, tensors: readonly Tensor[]): Kernels {
  const stranger: unknown = tensors.find((tensor) => !(tensor instanceof Tensor));
  if (stranger !== undefined) {
    throw new TypeError(`Cannot ${action}, as an operand must be a Tensor: ${String(stranger)}`);
  }
  const kernels = tensors[0]!.kernels;
  const other = tensors.find((tensor) => tensor.kernels !== kernels);
  if (other !== undefined) {
    throw new TypeError(
      `Cannot ${action} tensors of two devices, as an operation runs on one: ` +
        `${kernels.device} and ${other.kernels.device}`,
    );
  }
  return kernels;
}

/** A result without a gradient, such as a comparison: flat wherever it has a slope. */
export function constant(beside: Tensor, view: View): Tensor {
  return new Tensor(beside.kernels, view);
}

/** The result of a kernel: `storage` holds `shape`, row-major. */
export function dense(storage: Storage, shape: Shape): View {
  return { storage, ...rowMajor(shape) };
}

/**
 * An operand as a tensor: a number becomes a constant on the device of `beside`.
 *
 * @throws {TypeError} If it is neither.
 */
export function lift(action: string, operand: Operand, beside: Tensor): Tensor {
  if (operand instanceof Tensor) return operand;
  if (typeof operand !== "number") {
    throw new TypeError(`Cannot ${action}, as an operand must be a Tensor or a number: ${String(operand)}`);
  }
  return constant(beside, dense(beside.kernels.full(1, operand), []));
}
