import type { Random } from "../../autograd/random.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { checkArguments, flag, optionsOf, required } from "../../checks/mod.ts";
import { Module } from "../module.ts";
import { chance, checkWidth, count, input } from "../rules.ts";
import { uniform } from "./initialization.ts";

/** The options of a linear layer. */
export interface LinearOptions {
  /** Whether to add a bias. Default: true. */
  bias?: boolean;
  /** Draws the initial weights. */
  random: Random;
}

const making = {
  inputs: required(count),
  outputs: required(count),
  options: optionsOf<LinearOptions>({ bias: flag, random: chance }),
};
const running = { x: input };

/**
 * An affine map of the last axis: `out = x Wᵀ + b`, `[…, in] → […, out]`.
 *
 * `weight` is `[out, in]` and `bias` `[out]`. Both start uniform within `±1/√in`, as in PyTorch; without inputs, the bias
 * starts at 0.
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
  /** `[out]`, or `undefined` without a bias. */
  bias: Tensor | undefined;

  /**
   * Makes a layer from `inputs` to `outputs` features, with random weights.
   *
   * @param inputs The size of the input's last axis.
   * @param outputs The size of the result's last axis.
   */
  constructor(inputs: number, outputs: number, options: LinearOptions) {
    super();
    checkArguments("make a Linear", arguments, making);
    const { bias = true, random } = options;
    const bound = inputs === 0 ? 0 : 1 / Math.sqrt(inputs);
    this.weight = uniform([outputs, inputs], bound, random);
    this.bias = bias ? uniform([outputs], bound, random) : undefined;
  }

  /**
   * `x Wᵀ + b`: `[…, in] → […, out]`.
   *
   * @throws {TypeError} If the size of the last axis of `x` is not `in`.
   */
  override forward(x: Tensor): Tensor { // […, in]
    checkArguments("apply a Linear", arguments, running);
    const inputs = this.weight.shape[1]!;
    checkWidth(`a Linear of ${inputs} inputs`, x, inputs);
    const out = x.matmul(this.weight.transpose()); // […, out]
    return this.bias === undefined ? out : out.add(this.bias);
  }
}
