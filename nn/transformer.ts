/** The transformer (arXiv 1706.03762): blocks of attention and feed-forward layers around one residual stream. */

import type { Mask } from "../autograd/ops/selection.ts";
import type { Random } from "../autograd/random.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { type AttendOptions, MultiHeadAttention } from "./attention.ts";
import { Dropout } from "./dropout.ts";
import { Embedding } from "./embedding.ts";
import { type Activation, FeedForward } from "./feed_forward.ts";
import { normal } from "./initialization.ts";
import { Module } from "./module.ts";
import { LayerNorm } from "./normalization.ts";
import { sinusoidalPositions } from "./positions.ts";

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

/** What an encoder–decoder is made of; the defaults are those of the paper's base model. */
export interface TransformerOptions extends Omit<BlockOptions, "cross" | "dim" | "heads"> {
  /** V of the source's tokens. */
  sourceVocabSize: number;
  /** V of the target's tokens. */
  targetVocabSize: number;
  /** Blocks in the encoder, and in the decoder. */
  layers?: number;
  dim?: number;
  heads?: number;
}

/** Which positions hold tokens (1) and which padding (0), `[B, S]`. */
export type PaddingMask = readonly (readonly (number | boolean)[])[];

/**
 * The encoder–decoder of "Attention is all you need": an encoder reads the source, a decoder writes the target, token by
 * token, looking at both.
 *
 * Embeddings are scaled by `√C`, sinusoidal positions added, and the target's table serves as the output layer too.
 *
 * @example
 * ```ts
 * import { nn, Random } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const random = new Random(1);
 * const sizes = { sourceVocabSize: 7, targetVocabSize: 5, layers: 1, heads: 2, dim: 8, hidden: 16 };
 * const model = new nn.Transformer({ ...sizes, random });
 * assert.deepEqual(model.forward([[1, 2, 3]], [[0, 4]]).shape, [1, 2, 5]); // [B, T, V]
 * ```
 */
export class Transformer extends Module {
  readonly sourceEmbedding: Embedding;
  readonly targetEmbedding: Embedding;
  readonly encoder: Block[];
  readonly encoderNorm: LayerNorm | undefined;
  readonly decoder: Block[];
  readonly decoderNorm: LayerNorm | undefined;
  readonly dropout: Dropout;
  readonly dim: number;

  constructor({ sourceVocabSize, targetVocabSize, layers = 6, ...options }: TransformerOptions) {
    super();
    const { dim = 512, heads = 8, norm = "post", activation = "relu", dropout = 0, random } = options;
    const block = { ...options, dim, heads, norm, activation };
    this.sourceEmbedding = new Embedding(sourceVocabSize, dim, { random });
    this.targetEmbedding = new Embedding(targetVocabSize, dim, { random });
    for (const table of [this.sourceEmbedding, this.targetEmbedding]) {
      table.weight = normal(table.weight.shape, dim ** -0.5, random); // so that, scaled by √C, an element is about 1
    }
    this.encoder = Array.from({ length: layers }, () => new Block(block));
    this.decoder = Array.from({ length: layers }, () => new Block({ ...block, cross: true }));
    // With `pre` nothing norms the end of the stream, so that one more norm does.
    [this.encoderNorm, this.decoderNorm] = norm === "pre" ? [new LayerNorm(dim), new LayerNorm(dim)] : [];
    this.dropout = new Dropout(dropout, { random });
    this.dim = dim;
  }

  /** Logits for each next token of the target, `[B, T, V]`, of a source `[B, S]` and the target so far, `[B, T]`. */
  override forward(source: number[][], target: number[][], sourceMask?: PaddingMask): Tensor {
    return this.decode(target, this.encode(source, sourceMask), sourceMask);
  }

  /** What the encoder makes of the source: `[B, S] → [B, S, C]`. */
  encode(source: number[][], mask?: PaddingMask): Tensor {
    const options = mask === undefined ? {} : { mask: keyMask(mask) };
    const x = this.encoder.reduce((x, block) => block.forward(x, options), this.#embed(this.sourceEmbedding, source));
    return this.encoderNorm?.forward(x) ?? x;
  }

  /** Logits for each next token of the target, given what the encoder made: `[B, T, V]`. */
  decode(target: number[][], source: Tensor, sourceMask?: PaddingMask): Tensor {
    const options = { causal: true, source, ...(sourceMask !== undefined && { sourceMask: keyMask(sourceMask) }) };
    const x = this.decoder.reduce((x, block) => block.forward(x, options), this.#embed(this.targetEmbedding, target));
    return (this.decoderNorm?.forward(x) ?? x).matmul(this.targetEmbedding.weight.transpose());
  }

  #embed(table: Embedding, tokens: number[][]): Tensor { // [B, T] → [B, T, C]
    const x = table.forward(tokens).mul(Math.sqrt(this.dim));
    return this.dropout.forward(x.add(sinusoidalPositions(x.shape[1]!, this.dim)));
  }
}

/** A padding mask `[B, S]` as attention takes it: the same for all heads and queries, `[B, 1, 1, S]`. */
export function keyMask(mask: PaddingMask): Mask {
  return mask.map((row) => [[row]]);
}
