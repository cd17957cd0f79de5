import type { Random } from "../../autograd/random.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { Dropout } from "./dropout.ts";
import { Linear } from "./linear.ts";
import { Module } from "../module.ts";

/** The function between the layers; `geluTanh` is GPT-2's approximation of `gelu`, and `swiglu` adds a gate. */
export type Activation = "relu" | "gelu" | "geluTanh" | "swiglu";

const ACTIVATIONS: Record<Activation, (x: Tensor) => Tensor> = {
  relu: (x) => x.relu(),
  gelu: (x) => x.gelu(),
  geluTanh: (x) => x.gelu({ approximate: "tanh" }),
  swiglu: (x) => x.silu(),
};

/** What a feed-forward network is made of. */
export interface FeedForwardOptions {
  /** C, the width of what goes in and comes out. */
  dim: number;
  /** The width between; 4 C if not given. */
  hidden?: number;
  activation?: Activation;
  bias?: boolean;
  /** The probability with which an element of the result is dropped in training. */
  dropout?: number;
  random: Random;
}

/**
 * Two layers with a function between them, at every position alike: `out = f(x W₁ᵀ + b₁) W₂ᵀ + b₂`, `[…, C] → […, C]`.
 *
 * With `swiglu` (arXiv 2002.05202), a third layer gates: `out = (silu(x W₁ᵀ) ⊙ x W₃ᵀ) W₂ᵀ`.
 */
export class FeedForward extends Module {
  readonly up: Linear;
  readonly gate: Linear | undefined;
  readonly down: Linear;
  readonly dropout: Dropout;
  readonly activation: Activation;

  constructor({ dim, hidden = 4 * dim, activation = "gelu", bias = true, dropout = 0, random }: FeedForwardOptions) {
    super();
    this.up = new Linear(dim, hidden, { bias, random });
    this.gate = activation === "swiglu" ? new Linear(dim, hidden, { bias, random }) : undefined;
    this.down = new Linear(hidden, dim, { bias, random });
    this.dropout = new Dropout(dropout, { random });
    this.activation = activation;
  }

  override forward(x: Tensor): Tensor {
    const hidden = ACTIVATIONS[this.activation](this.up.forward(x)); // […, hidden]
    const gated = this.gate === undefined ? hidden : hidden.mul(this.gate.forward(x));
    return this.dropout.forward(this.down.forward(gated)); // […, C]
  }
}
