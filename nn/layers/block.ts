/** One block of the transformer (arXiv 1706.03762): attention and a feed-forward network around the residual stream. */

import type { Mask } from "../../autograd/ops/selection.ts";
import type { Random } from "../../autograd/random.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { checkArguments, flag, instance, oneOf, optionsOf, rate, required, size } from "../../checks/mod.ts";
import { Module } from "../module.ts";
import { chance, checkWidth, epsilon, input, mask, tensor } from "../rules.ts";
import { KeyValueCache } from "./cache.ts";
import { Dropout } from "./dropout.ts";
import { type Activation, activationRule, FeedForward } from "./feed_forward.ts";
import { type AttendOptions, MultiHeadAttention } from "./multi_head_attention.ts";
import { LayerNorm } from "./normalization.ts";

/** The sizes and options of a block. */
export interface BlockOptions {
  /** C, the width of the residual stream. */
  dim: number;
  /** H */
  heads: number;
  /** The width inside the feed-forward network. Default: 4 C. */
  hidden?: number;
  /** The activation of the feed-forward network. Default: "gelu". */
  activation?: Activation;
  /**
   * The position of the norms: "pre", before each layer (GPT-2), or "post", on the sum after it (the paper). Default:
   * "pre".
   */
  norm?: "pre" | "post";
  /** Whether the block also attends to an encoder's output. Default: false. */
  cross?: boolean;
  /** Whether linear layers and norms have biases. Default: true. */
  bias?: boolean;
  /** Added to the variance in norms. Default: 1e-5. */
  eps?: number;
  /** The dropout rate of each layer's result. Default: 0. */
  dropout?: number;
  /** The dropout rate of attention weights. Default: `dropout`. */
  attentionDropout?: number;
  /** Draws the initial weights, and dropout. */
  random: Random;
}

/** The rules of a block's options, for models that pass some of them on. */
export const blockRules = {
  dim: required(size),
  heads: required(size),
  hidden: size,
  activation: activationRule,
  norm: oneOf("pre", "post"),
  cross: flag,
  bias: flag,
  eps: epsilon,
  dropout: rate,
  attentionDropout: rate,
  random: chance,
};

/** The options of one call of a block. */
export interface BlockInputs extends Pick<AttendOptions, "causal" | "mask" | "cache"> {
  /** The encoder's output, `[B, S, C]`; required with cross-attention. */
  source?: Tensor | undefined;
  /** The visible positions of the source; broadcasts to `[B, H, T, S]`. Default: all. */
  sourceMask?: Mask | undefined;
}

const making = { options: optionsOf<BlockOptions>(blockRules) };
const running = {
  x: input,
  inputs: optionsOf<BlockInputs>({
    causal: flag,
    mask,
    cache: instance(KeyValueCache),
    source: tensor,
    sourceMask: mask,
  }),
};

/**
 * One block, `[B, T, C] → [B, T, C]`: attention, optional cross-attention, and a feed-forward network, each added to
 * the residual stream.
 *
 * `pre`: `x ← x + layer(norm(x))`. `post`: `x ← norm(x + layer(x))`. Dropout acts on attention weights and on each
 * layer's result, before it is added.
 *
 * @example
 * ```ts
 * import { nn, Random, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const random = new Random(1);
 * const block = new nn.Block({ dim: 8, heads: 2, norm: "post", random });
 * const out = block.forward(Tensor.randn([2, 3, 8], { random }), { causal: true });
 * assert.deepEqual(out.shape, [2, 3, 8]);
 * assert.ok(Math.abs(out.mean().item()) < 1e-6); // post-norm: every vector has mean 0
 * ```
 */
export class Block extends Module {
  /** The norm before or after attention. */
  readonly attentionNorm: LayerNorm;
  /** Self-attention. */
  readonly attention: MultiHeadAttention;
  /** The norm before or after cross-attention. */
  readonly crossNorm: LayerNorm | undefined;
  /** Cross-attention, to the source. */
  readonly cross: MultiHeadAttention | undefined;
  /** The norm before or after the feed-forward network. */
  readonly feedForwardNorm: LayerNorm;
  /** The feed-forward network, with its own dropout. */
  readonly feedForward: FeedForward;
  /** Dropout of what attention adds to the stream. */
  readonly dropout: Dropout;
  /** The position of the norms. */
  readonly norm: "pre" | "post";

  /**
   * Makes a block with random weights.
   *
   * @throws {RangeError} If an option is out of range, or the heads do not divide the width.
   */
  constructor(options: BlockOptions) {
    super();
    checkArguments("make a Block", arguments, making);
    const { dim, heads, hidden = 4 * dim, activation = "gelu", norm = "pre", cross = false } = options;
    const { bias = true, eps = 1e-5, dropout = 0, attentionDropout = dropout, random } = options;
    const layerNorm = () => new LayerNorm(dim, { eps, bias });
    const attention = { dim, heads, bias, dropout: attentionDropout, random };
    this.attentionNorm = layerNorm();
    this.attention = new MultiHeadAttention(attention);
    this.crossNorm = cross ? layerNorm() : undefined;
    this.cross = cross ? new MultiHeadAttention(attention) : undefined;
    this.feedForwardNorm = layerNorm();
    this.feedForward = new FeedForward({ dim, hidden, activation, bias, dropout, random });
    this.dropout = new Dropout(dropout, { random });
    this.norm = norm;
  }

  /**
   * The stream after the block: `[B, T, C] → [B, T, C]`.
   *
   * @throws {TypeError} If a shape does not fit, or a source is missing or unexpected.
   */
  override forward(x: Tensor, inputs: BlockInputs = {}): Tensor {
    checkArguments("apply a Block", arguments, running);
    checkWidth("a Block", x, this.attentionNorm.weight.size);
    const { source, sourceMask, ...own } = inputs;
    if ((source !== undefined) !== (this.cross !== undefined) || (sourceMask !== undefined && source === undefined)) {
      throw new TypeError(
        this.cross === undefined
          ? "Cannot attend to a source, as only a block made with { cross: true } has cross-attention"
          : "Cannot attend across, as a block with cross-attention needs a source",
      );
    }
    x = this.#residual(x, this.attentionNorm, (x) => this.dropout.forward(this.attention.forward(x, own)));
    if (this.cross !== undefined && this.crossNorm !== undefined) {
      const [cross, look] = [this.cross, { source, mask: sourceMask }];
      x = this.#residual(x, this.crossNorm, (x) => this.dropout.forward(cross.forward(x, look)));
    }
    return this.#residual(x, this.feedForwardNorm, (x) => this.feedForward.forward(x));
  }

  /** Applies a layer with its residual connection. */
  #residual(x: Tensor, norm: LayerNorm, layer: (x: Tensor) => Tensor): Tensor {
    return this.norm === "pre" ? x.add(layer(norm.forward(x))) : norm.forward(x.add(layer(x)));
  }
}
