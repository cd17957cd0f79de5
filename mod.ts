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

export { Value } from "./autograd/scalar.ts";
export { Tensor, type TensorOptions } from "./autograd/tensor.ts";
export type { BackwardOptions } from "./autograd/backward.ts";
export type { Nested, NestedNumbers, NumberArray } from "./autograd/nested.ts";
export type { Shape } from "./autograd/shape.ts";
export { type Backward, dense, type Gradients, noGrad, type Operand, record } from "./autograd/record.ts";
export { grad, type GradientsOf, valueAndGrad } from "./autograd/functional.ts";
export { Random } from "./autograd/random.ts";
export { type DeviceInfo, deviceInfo, type DeviceName, type DeviceOptions, useDevice } from "./kernels/device.ts";
export { gradcheck, GradcheckError, type GradcheckReport } from "./autograd/gradcheck.ts";
export * as nn from "./nn/mod.ts";
export * as optim from "./nn/optim/mod.ts";
