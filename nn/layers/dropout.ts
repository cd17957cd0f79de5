import type { Random } from "../../autograd/random.ts";
import { contiguous } from "../../kernels/view.ts";
import { record } from "../../autograd/record.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { Module } from "../module.ts";

/**
 * `out = x ⊙ keep / (1 − rate)`, where each element is kept (1) or dropped (0) at random, as `seed` says.
 *
 * Scaling up what is kept leaves the expectation as it was.
 */
export function dropout(x: Tensor, rate: number, seed: number): Tensor {
  return record("dropout", [x], contiguous(x.kernels.dropout(x.view, rate, seed), x.shape), (grad) => [
    dropout(grad, rate, seed), // ∂L/∂x = ∂L/∂out ⊙ keep / (1 − rate): the same elements are kept
  ]);
}

/**
 * Dropout (arXiv 1207.0580): in training, every element is set to 0 with probability `rate`; in evaluation mode, or at
 * rate 0, nothing happens.
 *
 * @example
 * ```ts
 * import { nn, Random, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const dropout = new nn.Dropout(0.5, { random: new Random(1) });
 * const [x] = [Tensor.ones([100])];
 * assert.deepEqual(new Set(dropout.forward(x).data), new Set([0, 2]));
 * assert.equal(dropout.eval().forward(x), x);
 * ```
 */
export class Dropout extends Module {
  readonly #random: Random;

  /** @throws {RangeError} If the rate is not at least 0 and less than 1. */
  constructor(readonly rate: number, { random }: { random: Random }) {
    super();
    if (!(rate >= 0 && rate < 1)) {
      throw new RangeError(`Cannot drop out, as the rate must be at least 0 and less than 1: ${rate}`);
    }
    this.#random = random;
  }

  override forward(x: Tensor): Tensor {
    if (!this.training || this.rate === 0) return x;
    return dropout(x, this.rate, this.#random.integer(0, 2 ** 31 - 1));
  }
}
