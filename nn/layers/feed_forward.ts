import type { Random } from "../../autograd/random.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { checkArguments, flag, oneOf, optionsOf, rate, required, size } from "../../checks/mod.ts";
import { Module } from "../module.ts";
import { chance, checkWidth, input } from "../rules.ts";
import { Dropout } from "./dropout.ts";
import { Linear } from "./linear.ts";

/** The activation between the layers; `geluTanh` is GPT-2's approximation of `gelu`, and `swiglu` adds a gate. */
export type Activation = "relu" | "gelu" | "geluTanh" | "silu" | "tanh" | "swiglu";

/** The activations by name. */
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
  /** The activation between the layers. Default: "gelu". */
  activation?: Activation;
  /** Whether the layers have biases. Default: true. */
  bias?: boolean;
  /** The dropout rate of the result. Default: 0. */
  dropout?: number;
  /** Draws the initial weights, and dropout. */
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
 * Two linear layers with an activation between them, applied at every position: `out = f(x W₁ᵀ + b₁) W₂ᵀ + b₂`,
 * `[…, C] → […, C]`.
 *
 * With `swiglu` (arXiv 2002.05202), a third layer acts as a gate: `out = (silu(x W₁ᵀ) ⊙ x W₃ᵀ) W₂ᵀ`.
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
  /** The first layer, `[hidden, C]`. */
  readonly up: Linear;
  /** The gate of `swiglu`, `[hidden, C]`. */
  readonly gate: Linear | undefined;
  /** The last layer, `[C, hidden]`. */
  readonly down: Linear;
  /** Dropout of the result. */
  readonly dropout: Dropout;
  /** The activation between the layers. */
  readonly activation: Activation;

  /**
   * Makes the layers with random weights.
   *
   * @throws {RangeError} If the activation is unknown, or a size or rate is out of range.
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

  /** Applies the network at every position: `[…, C] → […, C]`. */
  override forward(x: Tensor): Tensor {
    checkArguments("apply a FeedForward", arguments, running);
    checkWidth("a FeedForward", x, this.up.weight.shape[1]!); // of [hidden, C]
    const hidden = ACTIVATIONS[this.activation](this.up.forward(x)); // […, hidden]
    const gated = this.gate === undefined ? hidden : hidden.mul(this.gate.forward(x));
    return this.dropout.forward(this.down.forward(gated)); // […, C]
  }
}
