import { noGrad } from "../../autograd/recording.ts";
import { Optimizer, type Parameters } from "./optimizer.ts";

/** The settings of SGD. */
export interface SGDSettings {
  /** The learning rate: how far a step goes. */
  lr: number;
  /** μ: how much of the last step's velocity stays. */
  momentum: number;
  /** λ: how strongly a parameter is pulled to 0. */
  weightDecay: number;
}

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
  protected override readonly remembered = ["velocity"] as const;

  constructor(parameters: Parameters<SGDSettings>, settings: Partial<SGDSettings> & { lr: number }) {
    super(parameters, { momentum: 0, weightDecay: 0, ...settings });
  }

  override step(): void {
    noGrad(() => {
      for (const { params, lr, momentum, weightDecay } of this.groups) {
        for (const p of params) {
          if (p.grad === null) continue;
          const g = weightDecay === 0 ? p.grad : p.grad.add(p.mul(weightDecay));
          const { step, tensors: { velocity } } = this.memories.get(p) ?? { step: 0, tensors: {} };
          const v = velocity === undefined ? g : velocity.mul(momentum).add(g);
          if (momentum !== 0) this.memories.set(p, { step: step + 1, tensors: { velocity: v } });
          p.assign(p.sub(v.mul(lr)));
        }
      }
    });
  }
}
