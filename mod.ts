/**
 * nabla (∇): how language models work, built from the chain rule up.
 *
 * @example
 * ```ts
 * import { Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const x = Tensor.from([[1, 2], [3, 4]]);
 * const w = Tensor.from([[0.5], [-1]], { requiresGrad: true });
 * const loss = x.matmul(w).pow(2).mean(); // one number
 * loss.backward();
 * assert.deepEqual(w.grad?.toArray(), [[-9], [-13]]); // ∂loss/∂w
 * ```
 *
 * @module
 */

export * from "./autograd/mod.ts";
export { contiguous } from "./kernels/view.ts";
export { type DeviceInfo, deviceInfo, type DeviceName, type DeviceOptions, useDevice } from "./kernels/device.ts";
export * as nn from "./nn/mod.ts";
export * as optim from "./nn/optim/mod.ts";
