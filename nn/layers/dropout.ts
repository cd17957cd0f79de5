import type { Random } from "../../autograd/random.ts";
import { record } from "../../autograd/record.ts";
import { contiguous } from "../../kernels/view.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { checkArguments, optionsOf, rate, required, whole } from "../../checks/mod.ts";
import { Module } from "../module.ts";
import { chance, input } from "../rules.ts";

/** Seeds are below this. */
const SEEDS = 2 ** 31 - 1;

const once = { x: input, rate: required(rate), seed: required(whole()) };

/**
 * `out = x ⊙ keep / (1 − rate)`, where `seed` determines which elements are kept (1) or dropped (0).
 *
 * Scaling up the kept elements preserves the expectation.
 *
 * @param rate The probability of dropping an element, at least 0 and less than 1.
 * @param seed An integer: the same seed drops the same elements, on every device.
 *
 * @example
 * ```ts
 * import { nn, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const x = Tensor.ones([100]);
 * assert.deepEqual(new Set(nn.dropout(x, 0.75, 1).data), new Set([0, 4])); // 4 = 1 / (1 − 0.75)
 * ```
 */
export function dropout(x: Tensor, rate: number, seed: number): Tensor {
  checkArguments("drop out", arguments, once);
  return record("dropout", [x], contiguous(x.kernels.dropout(x.view, rate, seed), x.shape), (grad) => [
    dropout(grad, rate, seed), // ∂L/∂x = ∂L/∂out ⊙ keep / (1 − rate): the same elements are kept
  ]);
}

/** The options of a dropout layer. */
export interface DropoutOptions {
  /** Draws a seed for every call in training. */
  random: Random;
}

const making = { rate: required(rate), options: optionsOf<DropoutOptions>({ random: chance }) };
const running = { x: input };

/**
 * Dropout (arXiv 1207.0580): in training mode, every element is set to 0 with probability `rate`, and the others are
 * divided by `1 − rate`; in evaluation mode, or at rate 0, nothing happens.
 *
 * @example
 * ```ts
 * import { nn, Random, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const dropout = new nn.Dropout(0.5, { random: new Random(1) });
 * const x = Tensor.ones([100]);
 * assert.deepEqual(new Set(dropout.forward(x).data), new Set([0, 2]));
 * assert.equal(dropout.eval().forward(x), x);
 * ```
 */
export class Dropout extends Module {
  /** The probability of dropping an element. */
  readonly rate: number;
  /** The random number generator of the seeds; `saveTraining` saves its state. */
  readonly random: Random;

  /**
   * Makes a dropout layer.
   *
   * @throws {RangeError} If the rate is not at least 0 and less than 1.
   */
  constructor(rate: number, options: DropoutOptions) {
    super();
    checkArguments("make a Dropout", arguments, making);
    this.rate = rate;
    this.random = options.random;
  }

  /** Whether elements are dropped: in training mode, at a rate above 0. */
  get drops(): boolean {
    return this.training && this.rate > 0;
  }

  /** Drops elements in training mode; the shape stays. */
  override forward(x: Tensor): Tensor {
    checkArguments("apply a Dropout", arguments, running);
    return this.drops ? dropout(x, this.rate, this.random.integer(0, SEEDS)) : x;
  }
}
