import type { Random } from "../../autograd/random.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { checkArguments, flag, oneOf, optionsOf, rate, required, size } from "../../checks/mod.ts";
import { Module } from "../module.ts";
import { chance, checkWidth, input } from "../rules.ts";
import { Dropout } from "./dropout.ts";
import { Linear } from "./linear.ts";

/** The function between the layers; `geluTanh` is GPT-2's approximation of `gelu`, and `swiglu` adds a gate. */
export type Activation = "relu" | "gelu" | "geluTanh" | "silu" | "tanh" | "swiglu";

/** The functions by their names. */
export const ACTIVATIONS: Record<Activation, (x: Tensor) => Tensor> = {
  relu: (x) => x.relu(),
  gelu: (x) => x.gelu(),
  geluTanh: (x) => x.gelu({ approximate: "tanh" }),
  silu: (x) => x.silu(),
  tanh: (x) => x.tanh(),
  swiglu: (x) => x.silu(),
};

/** The rule of an activation's name. */
export const activationRule = oneOf(...Object.keys(ACTIVATIONS) as Activation[]); // the keys of the record, by its type

/** The sizes and options of a feed-forward network. */
export interface FeedForwardOptions {
  /** C, the width of the input and of the result. */
  dim: number;
  /** The width between the layers. Default: 4 C. */
  hidden?: number;
  /** The function between the layers. Default: "gelu". */
  activation?: Activation;
  /** Whether the layers have biases. Default: true. */
  bias?: boolean;
  /** The probability with which an element of the result is dropped in training. Default: 0. */
  dropout?: number;
  /** Draws the first weights, and what is dropped. */
  random: Random;
}

const making = {
  options: optionsOf<FeedForwardOptions>({
    dim: required(size),
    hidden: size,
    activation: activationRule,
    bias: flag,
    dropout: rate,
    random: chance,
  }),
};
const running = { x: input };

/**
 * Two layers with a function between them, the same at every position: `out = f(x W₁ᵀ + b₁) W₂ᵀ + b₂`,
 * `[…, C] → […, C]`.
 *
 * With `swiglu` (arXiv 2002.05202), a third layer gates: `out = (silu(x W₁ᵀ) ⊙ x W₃ᵀ) W₂ᵀ`.
 *
 * @example
 * ```ts
 * import { nn, Random, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const network = new nn.FeedForward({ dim: 4, activation: "relu", random: new Random(1) });
 * assert.deepEqual(network.up.weight.shape, [16, 4]); // four times as wide between the layers
 * assert.deepEqual(network.forward(Tensor.ones([2, 3, 4])).shape, [2, 3, 4]);
 * ```
 */
export class FeedForward extends Module {
  /** The layer in, `[hidden, C]`. */
  readonly up: Linear;
  /** The gate of `swiglu`, `[hidden, C]`. */
  readonly gate: Linear | undefined;
  /** The layer out, `[C, hidden]`. */
  readonly down: Linear;
  /** Drops elements of the result in training. */
  readonly dropout: Dropout;
  /** The function between the layers. */
  readonly activation: Activation;

  /**
   * Two linear layers with random weights.
   *
   * @throws {RangeError} If the activation has another name, or a size or rate is out of range.
   */
  constructor(options: FeedForwardOptions) {
    super();
    checkArguments("make a FeedForward", arguments, making);
    const { dim, hidden = 4 * dim, activation = "gelu", bias = true, dropout = 0, random } = options;
    this.up = new Linear(dim, hidden, { bias, random });
    this.gate = activation === "swiglu" ? new Linear(dim, hidden, { bias, random }) : undefined;
    this.down = new Linear(hidden, dim, { bias, random });
    this.dropout = new Dropout(dropout, { random });
    this.activation = activation;
  }

  /** The network at every position: `[…, C] → […, C]`. */
  override forward(x: Tensor): Tensor {
    checkArguments("apply a FeedForward", arguments, running);
    checkWidth("a FeedForward", x, this.up.weight.shape[1]!); // of [hidden, C]
    const hidden = ACTIVATIONS[this.activation](this.up.forward(x)); // […, hidden]
    const gated = this.gate === undefined ? hidden : hidden.mul(this.gate.forward(x));
    return this.dropout.forward(this.down.forward(gated)); // […, C]
  }
}
