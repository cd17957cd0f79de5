/** The switch that says whether operations enter the graph. */

import { callable, checkArguments, required } from "../checks/mod.ts";

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
  checkArguments("run noGrad", arguments, { f: required(callable) });
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

/** Runs `f` with recording on or off, then restores the previous setting. */
export function withRecording<T>(on: boolean, f: () => T): T {
  const before = recording;
  recording = on;
  try {
    return f();
  } finally {
    recording = before;
  }
}
