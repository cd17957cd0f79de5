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
export type {
  BinaryOp,
  EngineInfo,
  HostArray,
  Kernels,
  Part,
  ReduceOp,
  Storage,
  UnaryBackwardOp,
  UnaryOp,
  View,
} from "./kernels/kernels.ts";
export type { AdamWMoments, AdamWOptions, Attended, AttentionRule, FusedKernels } from "./kernels/fused.ts";
export { contiguous, type Layout } from "./kernels/view.ts";
export { type DeviceInfo, deviceInfo, type DeviceName, type DeviceOptions, useDevice } from "./kernels/device.ts";
/** Neural networks: modules, layers, models, objectives, generation, tokenizers, data and checkpoints. */
export * as nn from "./nn/mod.ts";
/** Training: optimizers, gradient clipping and learning rate schedules. */
export * as optim from "./nn/optim/mod.ts";
