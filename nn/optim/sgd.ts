import type { Tensor } from "../../autograd/tensor.ts";
import { checkArguments, optionsOf } from "../../checks/mod.ts";
import { Optimizer, type Parameters } from "./optimizer.ts";
import { filled, nonNegative, parametersRule } from "./settings.ts";

/** The settings of SGD. */
export interface SGDSettings {
  /** The learning rate. */
  lr: number;
  /** μ, the momentum: the share of the velocity that each step keeps. Default: 0. */
  momentum: number;
  /** λ, the weight decay. Default: 0. */
  weightDecay: number;
}

/** The required and the optional settings of SGD. */
export type SGDOptions = Partial<SGDSettings> & Pick<SGDSettings, "lr">;

const settingRules = {
  lr: { ...nonNegative, isRequired: true },
  momentum: nonNegative,
  weightDecay: nonNegative,
};
const making = { parameters: parametersRule, settings: optionsOf<SGDOptions>(settingRules) };

/**
 * Stochastic gradient descent with momentum: `g ← ∂L/∂p + λ p`, `v ← μ v + g`, `p ← p − lr · v`, as in PyTorch.
 *
 * @example
 * ```ts
 * import { optim, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const x = Tensor.from(1, { requiresGrad: true });
 * const sgd = new optim.SGD([x], { lr: 0.25 });
 * x.mul(x).backward();
 * sgd.step();
 * assert.equal(x.item(), 0.5); // 1 − 0.25 · 2
 * ```
 */
export class SGD extends Optimizer<SGDSettings> {
  /** The velocity, if there is momentum. */
  protected override readonly remembered = ["velocity"] as const;

  /**
   * Makes an optimizer.
   *
   * @param parameters The parameters, or groups of them with settings of their own.
   * @throws {TypeError} If there are no parameters, one is repeated, or a setting is unknown.
   * @throws {RangeError} If a setting is out of range.
   */
  constructor(parameters: Parameters<SGDSettings>, settings: SGDOptions) {
    checkArguments("make an SGD", arguments, making);
    super(parameters, filled({ momentum: 0, weightDecay: 0 }, settings), settingRules);
  }

  /** One parameter's step. */
  protected override move(p: Tensor, grad: Tensor, { lr, momentum, weightDecay }: SGDSettings): void {
    const g = weightDecay === 0 ? grad : grad.add(p.mul(weightDecay));
    const { step, tensors: { velocity } } = this.memories.get(p) ?? { step: 0, tensors: {} };
    const v = velocity === undefined ? g : velocity.mul(momentum).add(g);
    if (momentum !== 0) this.memories.set(p, { step: step + 1, tensors: { velocity: v.detach() } });
    p.assign(p.sub(v.mul(lr)));
  }
}
