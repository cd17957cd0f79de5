/** The transformer (arXiv 1706.03762): blocks of attention and feed-forward layers around one residual stream. */

import type { Tensor } from "../../autograd/tensor.ts";
import { Block, type BlockOptions } from "../layers/block.ts";
import { Dropout } from "../layers/dropout.ts";
import { Embedding } from "../layers/embedding.ts";
import { normal } from "../layers/initialization.ts";
import { Module } from "../module.ts";
import { LayerNorm } from "../layers/normalization.ts";
import { keyMask, type PaddingMask } from "../layers/padding_mask.ts";
import { sinusoidalPositions } from "../layers/positions.ts";

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
