import type { Random } from "../../autograd/random.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { uniform } from "./initialization.ts";
import { Module } from "../module.ts";

/**
 * An affine map of the last axis: `out = x Wᵀ + b`, `[…, in] → […, out]`.
 *
 * `weight` is `[out, in]` and `bias` `[out]`, both uniform within `±1/√in` at first, as in PyTorch.
 *
 * @example
 * ```ts
 * import { nn, Random, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const linear = new nn.Linear(3, 2, { random: new Random(1) });
 * assert.deepEqual(linear.forward(Tensor.ones([4, 3])).shape, [4, 2]);
 * ```
 */
export class Linear extends Module {
  /** `[out, in]` */
  weight: Tensor;
  /** `[out]`, or none. */
  bias: Tensor | undefined;

  constructor(inputs: number, outputs: number, { bias = true, random }: { bias?: boolean; random: Random }) {
    super();
    const bound = 1 / Math.sqrt(inputs);
    this.weight = uniform([outputs, inputs], bound, random);
    this.bias = bias ? uniform([outputs], bound, random) : undefined;
  }

  override forward(x: Tensor): Tensor { // […, in]
    const out = x.matmul(this.weight.transpose()); // […, out]
    return this.bias === undefined ? out : out.add(this.bias);
  }
}
