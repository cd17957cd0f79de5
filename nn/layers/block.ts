/** One block of the transformer (arXiv 1706.03762): attention and a feed-forward network around the residual stream. */

import type { Mask } from "../../autograd/ops/selection.ts";
import type { Random } from "../../autograd/random.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { type AttendOptions, MultiHeadAttention } from "./multi_head_attention.ts";
import { Dropout } from "./dropout.ts";
import { type Activation, FeedForward } from "./feed_forward.ts";
import { Module } from "../module.ts";
import { LayerNorm } from "./normalization.ts";

/** What a block is made of. */
export interface BlockOptions {
  /** C, the width of the residual stream. */
  dim: number;
  /** H */
  heads: number;
  /** The width inside the feed-forward network; 4 C if not given. */
  hidden?: number;
  activation?: Activation;
  /** Where the norms are: `pre`, on the way into each layer (GPT-2), or `post`, on the sum after it (as published). */
  norm?: "pre" | "post";
  /** Attend to an encoder's output as well. */
  cross?: boolean;
  bias?: boolean;
  eps?: number;
  dropout?: number;
  random: Random;
}

/** How a block is used once. */
export interface BlockInputs extends Pick<AttendOptions, "causal" | "mask" | "cache"> {
  /** What the encoder made, `[B, S, C]`, and which of its positions may be seen. */
  source?: Tensor;
  sourceMask?: Mask;
}

/**
 * One block, `[B, T, C] → [B, T, C]`: attention, cross-attention if asked for, and a feed-forward network, each added to
 * the residual stream.
 *
 * `pre`: `x ← x + layer(norm(x))`. `post`: `x ← norm(x + layer(x))`.
 */
export class Block extends Module {
  readonly attentionNorm: LayerNorm;
  readonly attention: MultiHeadAttention;
  readonly crossNorm: LayerNorm | undefined;
  readonly cross: MultiHeadAttention | undefined;
  readonly feedForwardNorm: LayerNorm;
  readonly feedForward: FeedForward;
  readonly dropout: Dropout;
  readonly norm: "pre" | "post";

  constructor({ norm = "pre", cross = false, eps = 1e-5, ...options }: BlockOptions) {
    super();
    const { dim, dropout = 0, bias = true, random } = options;
    const layerNorm = () => new LayerNorm(dim, { eps, bias });
    this.attentionNorm = layerNorm();
    this.attention = new MultiHeadAttention(options);
    this.crossNorm = cross ? layerNorm() : undefined;
    this.cross = cross ? new MultiHeadAttention(options) : undefined;
    this.feedForwardNorm = layerNorm();
    this.feedForward = new FeedForward(options);
    this.dropout = new Dropout(dropout, { random });
    this.norm = norm;
  }

  override forward(x: Tensor, { source, sourceMask, ...own }: BlockInputs = {}): Tensor {
    x = this.#residual(x, this.attentionNorm, (x) => this.dropout.forward(this.attention.forward(x, own)));
    if (this.cross !== undefined && this.crossNorm !== undefined) {
      if (source === undefined) {
        throw new TypeError("Cannot attend across, as a block with cross-attention needs a source");
      }
      const [cross, look] = [this.cross, { source, ...(sourceMask !== undefined && { mask: sourceMask }) }];
      x = this.#residual(x, this.crossNorm, (x) => this.dropout.forward(cross.forward(x, look)));
    }
    return this.#residual(x, this.feedForwardNorm, (x) => this.feedForward.forward(x));
  }

  /** A layer around which the stream passes. */
  #residual(x: Tensor, norm: LayerNorm, layer: (x: Tensor) => Tensor): Tensor {
    return this.norm === "pre" ? x.add(layer(norm.forward(x))) : norm.forward(x.add(layer(x)));
  }
}
