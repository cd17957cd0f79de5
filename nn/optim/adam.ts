import type { Storage } from "../../kernels/kernels.ts";
import { contiguous } from "../../kernels/view.ts";
import { noGrad } from "../../autograd/recording.ts";
import { Tensor } from "../../autograd/mod.ts";
import { Optimizer, type Parameters } from "./optimizer.ts";

/** The settings of Adam and AdamW. */
export interface AdamSettings {
  /** The learning rate: about how far a step moves an element. */
  lr: number;
  /** How much of the running means of the gradient and of its square stays. */
  betas: readonly [number, number];
  /** Keeps the division from one by zero. */
  eps: number;
  /** λ: how strongly a parameter is pulled to 0. */
  weightDecay: number;
}

/** What Adam and AdamW share: all but where the weight decay goes. */
abstract class AdamFamily extends Optimizer<AdamSettings> {
  protected override readonly remembered = ["mean", "square"] as const;

  constructor(parameters: Parameters<AdamSettings>, settings: Partial<AdamSettings> & { lr: number }, decay: number) {
    super(parameters, { betas: [0.9, 0.999], eps: 1e-8, weightDecay: decay, ...settings });
  }

  /** The gradient to step along, and the decay that the step itself applies. */
  protected abstract decayed(p: Tensor, grad: Tensor, weightDecay: number): { grad: Tensor; weightDecay: number };

  override step(): void {
    noGrad(() => {
      for (const { params, lr, betas: [beta1, beta2], eps, ...group } of this.groups) {
        for (const p of params) {
          if (p.grad === null) continue;
          const { kernels } = p;
          const { grad, weightDecay } = this.decayed(p, p.grad, group.weightDecay);
          const { step, mean, square } = this.#moments(p);
          const options = { lr, beta1, beta2, eps, weightDecay, step: step + 1 };
          const stepped = kernels.adamW(p.view, grad.view, { mean, square }, options);
          const tensor = (storage: Storage) => new Tensor(kernels, contiguous(storage, p.shape));
          const tensors = { mean: tensor(stepped.moments.mean), square: tensor(stepped.moments.square) };
          this.memories.set(p, { step: step + 1, tensors });
          p.assign(tensor(stepped.parameter));
        }
      }
    });
  }

  /** The running means of a parameter's gradient and of its square, 0 before the first step. */
  #moments(p: Tensor): { step: number; mean: Storage; square: Storage } {
    const { step, tensors } = this.memories.get(p) ?? { step: 0, tensors: {} };
    const [mean, square] = this.remembered.map((name) => tensors[name]?.view.storage ?? p.kernels.full(p.size, 0));
    return { step, mean: mean!, square: square! }; // the two that are remembered
  }
}

/**
 * AdamW (arXiv 1711.05101): steps along the gradient's running mean over the root of its square's, and pulls every
 * parameter to 0 on its own: `p ← p − lr · (m̂ / (√v̂ + eps) + λ p)`. The defaults are PyTorch's.
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
  constructor(parameters: Parameters<AdamSettings>, settings: Partial<AdamSettings> & { lr: number }) {
    super(parameters, settings, 0.01);
  }

  protected override decayed(_p: Tensor, grad: Tensor, weightDecay: number): { grad: Tensor; weightDecay: number } {
    return { grad, weightDecay };
  }
}

/** Adam (arXiv 1412.6980): AdamW with the pull to 0 in the gradient, `g ← ∂L/∂p + λ p`, and none by default. */
export class Adam extends AdamFamily {
  constructor(parameters: Parameters<AdamSettings>, settings: Partial<AdamSettings> & { lr: number }) {
    super(parameters, settings, 0);
  }

  protected override decayed(p: Tensor, grad: Tensor, weightDecay: number): { grad: Tensor; weightDecay: number } {
    return { grad: weightDecay === 0 ? grad : grad.add(p.mul(weightDecay)), weightDecay: 0 };
  }
}
