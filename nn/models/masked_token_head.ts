import type { Random } from "../../autograd/random.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { checkArguments, flag, instance, optionsOf, required, size } from "../../checks/mod.ts";
import { Embedding } from "../layers/embedding.ts";
import { type Activation, activationRule, ACTIVATIONS } from "../layers/feed_forward.ts";
import { constant } from "../layers/initialization.ts";
import { Linear } from "../layers/linear.ts";
import { LayerNorm } from "../layers/normalization.ts";
import { Module } from "../module.ts";
import { chance, epsilon, input } from "../rules.ts";

/** The options of a head for masked tokens. */
export interface MaskedTokenHeadOptions {
  /** C, the width of the input. */
  dim: number;
  /** V, the number of tokens. */
  vocabSize: number;
  /** The activation after the layer. Default: "gelu". */
  activation?: Activation;
  /** Added to the variance in the norm. Default: 1e-12. */
  eps?: number;
  /** Use the table of tokens for the logits, rather than a separate table. Default: true. */
  tied?: boolean;
  /** The random numbers for the initial weights. */
  random: Random;
}

const headRules = {
  options: optionsOf<MaskedTokenHeadOptions>({
    dim: required(size),
    vocabSize: required(size),
    activation: activationRule,
    eps: epsilon,
    tied: flag,
    random: chance,
  }),
};
const headInputRules = { x: input, tokens: required(instance(Embedding)) };

/**
 * The head for masked tokens: a layer, an activation and a norm, then a transposed table of tokens with a bias:
 * `[B, T, C] → [B, T, V]`.
 *
 * @example
 * ```ts
 * import { nn, Random, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const random = new Random(1);
 * const head = new nn.MaskedTokenHead({ dim: 4, vocabSize: 9, random });
 * const tokens = new nn.Embedding(9, 4, { random });
 * assert.deepEqual(head.forward(Tensor.ones([2, 3, 4]), tokens).shape, [2, 3, 9]); // [B, T, V]
 * ```
 */
export class MaskedTokenHead extends Module {
  /** The layer, `[C, C]`. */
  readonly transform: Linear;
  /** The norm after it. */
  readonly norm: LayerNorm;
  /** `[V]` */
  bias: Tensor;
  /** The table of the logits, if it is not tied to the tokens. */
  readonly table: Linear | undefined;
  /** The activation after the layer. */
  readonly activation: Activation;

  /**
   * Makes a head with random weights.
   *
   * @throws {TypeError | RangeError} If an option is missing, unknown, of the wrong kind or out of range.
   */
  constructor(options: MaskedTokenHeadOptions) {
    super();
    checkArguments("make a MaskedTokenHead", arguments, headRules);
    const { dim, vocabSize, activation = "gelu", eps = 1e-12, tied = true, random } = options;
    this.transform = new Linear(dim, dim, { random });
    this.norm = new LayerNorm(dim, { eps });
    this.bias = constant([vocabSize], 0);
    this.table = tied ? undefined : new Linear(dim, vocabSize, { bias: false, random });
    this.activation = activation;
  }

  /** The logits, from the table of tokens unless the head has its own. */
  override forward(x: Tensor, tokens: Embedding): Tensor { // [B, T, C]
    checkArguments("apply a MaskedTokenHead", arguments, headInputRules);
    const transformed = this.norm.forward(ACTIVATIONS[this.activation](this.transform.forward(x)));
    return transformed.matmul((this.table ?? tokens).weight.transpose()).add(this.bias); // [B, T, V]
  }
}
