import type { AdamWMoments } from "../../kernels/fused.ts";
import { dense, noGrad } from "../../autograd/record.ts";
import { Tensor } from "../../autograd/tensor.ts";
import type { StateDict } from "../module.ts";
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

/** What one parameter's steps have left behind. */
interface State {
  step: number;
  moments: AdamWMoments;
}

/** What Adam and AdamW share: all but where the weight decay goes. */
abstract class AdamFamily extends Optimizer<AdamSettings> {
  readonly #states = new Map<Tensor, State>();

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
          const state = this.#state(p);
          state.step++;
          const options = { lr, beta1, beta2, eps, weightDecay, step: state.step };
          const stepped = kernels.adamW(p.view, grad.view, state.moments, options);
          state.moments = stepped.moments;
          p.assign(new Tensor(kernels, dense(stepped.parameter, p.shape)));
        }
      }
    });
  }

  /** The state as tensors by name, to be saved beside the model's: step, mean and square of each parameter, by number. */
  stateDict(): StateDict {
    return Object.fromEntries(this.parameters.flatMap((p, i) => {
      const state = this.#states.get(p);
      if (state === undefined) return [];
      const tensor = (storage: AdamWMoments["mean"]) => {
        return new Tensor(p.kernels, dense(p.kernels.copy(dense(storage, p.shape)), p.shape)); // a copy: steps overwrite
      };
      return [
        [`${i}.step`, p.like(0).slice(...p.shape.map(() => 0 as const)).add(state.step)],
        [`${i}.mean`, tensor(state.moments.mean)],
        [`${i}.square`, tensor(state.moments.square)],
      ];
    }));
  }

  #state(p: Tensor): State {
    const known = this.#states.get(p);
    if (known !== undefined) return known;
    const fresh = { step: 0, moments: { mean: p.kernels.full(p.size, 0), square: p.kernels.full(p.size, 0) } };
    this.#states.set(p, fresh);
    return fresh;
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
