import { contiguous } from "../../kernels/view.ts";
import { Tensor } from "../../autograd/mod.ts";
import { checkArguments, isList, optionsOf, type Rule } from "../../checks/mod.ts";
import type { Storage } from "../../kernels/kernels.ts";
import { epsilon } from "../rules.ts";
import { Optimizer, type Parameters } from "./optimizer.ts";
import { filled, nonNegative, parametersRule } from "./settings.ts";

/** The settings of Adam and AdamW. */
export interface AdamSettings {
  /** The learning rate: about how far a step moves an element. */
  lr: number;
  /** The decay rates of the running means of the gradient and of its square. Default: [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Prevents division by zero. Default: 1e-8. */
  eps: number;
  /** λ, the weight decay. Default: 0.01 for AdamW, 0 for Adam. */
  weightDecay: number;
}

/** The required and the optional settings of Adam and AdamW. */
export type AdamOptions = Partial<AdamSettings> & Pick<AdamSettings, "lr">;

const betas: Rule<readonly number[]> = {
  wanted: "two numbers, each at least 0 and less than 1",
  isKind: (value) => isList(value) && value.length === 2 && Array.from(value).every((x) => typeof x === "number"),
  isInRange: (betas) => betas.every((beta) => beta >= 0 && beta < 1),
};
const settingRules = {
  lr: { ...nonNegative, isRequired: true },
  betas,
  eps: epsilon,
  weightDecay: nonNegative,
};
const making = { parameters: parametersRule, settings: optionsOf<AdamOptions>(settingRules) };

/** What Adam and AdamW share: everything but the place of the weight decay. */
export abstract class AdamFamily extends Optimizer<AdamSettings> {
  /** The running means of the gradient and of its square. */
  protected override readonly remembered = ["mean", "square"] as const;

  /** Makes an optimizer. */
  constructor(parameters: Parameters<AdamSettings>, settings: AdamOptions, weightDecay: number) {
    super(parameters, filled({ betas: [0.9, 0.999], eps: 1e-8, weightDecay }, settings), settingRules);
  }

  /** The gradient of the step, and the decay that the step itself applies. */
  protected abstract decayed(p: Tensor, grad: Tensor, weightDecay: number): { grad: Tensor; weightDecay: number };

  /** One parameter's step. */
  protected override move(p: Tensor, gradient: Tensor, settings: AdamSettings): void {
    const { kernels } = p;
    const { lr, betas: [beta1, beta2], eps } = settings;
    const { grad, weightDecay } = this.decayed(p, gradient, settings.weightDecay);
    const { step, mean, square } = this.#moments(p);
    const options = { lr, beta1, beta2, eps, weightDecay, step: step + 1 };
    const stepped = kernels.adamW(p.view, grad.view, { mean, square }, options);
    const tensor = (storage: Storage) => new Tensor(kernels, contiguous(storage, p.shape));
    const tensors = { mean: tensor(stepped.moments.mean), square: tensor(stepped.moments.square) };
    this.memories.set(p, { step: step + 1, tensors });
    p.assign(tensor(stepped.parameter));
  }

  /** The running means of a parameter's gradient and of its square, initially 0. */
  #moments(p: Tensor): { step: number; mean: Storage; square: Storage } {
    const { step, tensors } = this.memories.get(p) ?? { step: 0, tensors: {} };
    const [mean, square] = this.remembered.map((name) => tensors[name]?.view.storage ?? p.kernels.full(p.size, 0));
    return { step, mean: mean!, square: square! }; // both are stored
  }
}

/**
 * AdamW (arXiv 1711.05101): divides the running mean of the gradient by the root of that of its square, and decays
 * the parameters separately: `p ← p − lr · (m̂ / (√v̂ + eps) + λ p)`. The defaults are PyTorch's.
 *
 * @example
 * ```ts
 * import { optim, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const x = Tensor.from([3, -2], { requiresGrad: true });
 * const adam = new optim.AdamW([x], { lr: 0.1 });
 * for (let step = 0; step < 200; step++) {
 *   adam.zeroGrad();
 *   x.mul(x).sum().backward();
 *   adam.step();
 * }
 * assert.ok(x.abs().max().item() < 0.05);
 * ```
 */
export class AdamW extends AdamFamily {
  /**
   * Makes an optimizer.
   *
   * @param parameters The parameters, or groups of them with settings of their own.
   * @throws {TypeError} If there are no parameters, one is repeated, or a setting is unknown.
   * @throws {RangeError} If a setting is out of range.
   */
  constructor(parameters: Parameters<AdamSettings>, settings: AdamOptions) {
    checkArguments("make an AdamW", arguments, making);
    super(parameters, settings, 0.01);
  }

  /** The step applies the decay, apart from the gradient. */
  protected override decayed(_p: Tensor, grad: Tensor, weightDecay: number): { grad: Tensor; weightDecay: number } {
    return { grad, weightDecay };
  }
}

/**
 * Adam (arXiv 1412.6980): AdamW with the weight decay in the gradient, `g ← ∂L/∂p + λ p`, which is 0 by default.
 *
 * @example
 * ```ts
 * import { optim, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const x = Tensor.from([3, -2], { requiresGrad: true });
 * const adam = new optim.Adam([x], { lr: 0.1 });
 * x.mul(x).sum().backward();
 * adam.step(); // the first step moves every element by about lr
 * assert.ok(Math.abs(x.data[0]! - 2.9) < 1e-5 && Math.abs(x.data[1]! + 1.9) < 1e-5);
 * ```
 */
export class Adam extends AdamFamily {
  /**
   * Makes an optimizer.
   *
   * @param parameters The parameters, or groups of them with settings of their own.
   * @throws {TypeError} If there are no parameters, one is repeated, or a setting is unknown.
   * @throws {RangeError} If a setting is out of range.
   */
  constructor(parameters: Parameters<AdamSettings>, settings: AdamOptions) {
    checkArguments("make an Adam", arguments, making);
    super(parameters, settings, 0);
  }

  /** The weight decay is part of the gradient. */
  protected override decayed(p: Tensor, grad: Tensor, weightDecay: number): { grad: Tensor; weightDecay: number } {
    return { grad: weightDecay === 0 ? grad : grad.add(p.mul(weightDecay)), weightDecay: 0 };
  }
}
