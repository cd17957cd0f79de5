/** The transformer (arXiv 1706.03762): an encoder and a decoder, each a stack of blocks. */

import type { Tensor } from "../../autograd/tensor.ts";
import { checkArguments, optionsOf, required, size } from "../../checks/mod.ts";
import { Block, type BlockOptions, blockRules } from "../layers/block.ts";
import { Dropout } from "../layers/dropout.ts";
import { Embedding } from "../layers/embedding.ts";
import { normal } from "../layers/initialization.ts";
import { LayerNorm } from "../layers/normalization.ts";
import { keyMask, type PaddingMask } from "../layers/padding_mask.ts";
import { sinusoidal } from "../layers/positions.ts";
import { Module } from "../module.ts";
import { input, mask, tokenLists } from "../rules.ts";
import { someTokens, type TokenBatch } from "../tokens.ts";
import { rowsBeside } from "./context.ts";

/**
 * The sizes and options of an encoder–decoder. The defaults are those of the paper's base model: 6 layers, width 512, 8
 * heads, "relu", "post", dropout 0.1.
 */
export interface TransformerOptions extends Omit<BlockOptions, "cross" | "dim" | "heads"> {
  /** V of the source's tokens. */
  sourceVocabSize: number;
  /** V of the target's tokens. */
  targetVocabSize: number;
  /** Blocks in the encoder, and in the decoder. Default: 6. */
  layers?: number;
  /** C, the width of the residual stream. Default: 512. */
  dim?: number;
  /** H. Default: 8. */
  heads?: number;
}

const { cross: _, ...shared } = blockRules;
const making = {
  options: optionsOf<TransformerOptions>({
    ...shared,
    sourceVocabSize: required(size),
    targetVocabSize: required(size),
    layers: size,
    dim: size,
    heads: size,
  }),
};
const tokens = required(tokenLists);
const running = { source: tokens, target: tokens, sourceMask: mask };
const encoding = { source: tokens, mask };
const decoding = { target: tokens, source: input, sourceMask: mask };

/**
 * The encoder–decoder of "Attention is all you need": an encoder reads the source, and a decoder generates
 * the target token by token, attending to both.
 *
 * Embeddings are scaled by `√C`, sinusoidal positions are added, and the target's table is also the output layer.
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
  /** The table of the source, `[V, C]`. */
  readonly sourceEmbedding: Embedding;
  /** The table of the target, `[V, C]`, which is also the output layer. */
  readonly targetEmbedding: Embedding;
  /** The encoder's blocks. */
  readonly encoder: Block[];
  /** The final norm of the encoder, with pre-norm. */
  readonly encoderNorm: LayerNorm | undefined;
  /** The decoder's blocks, with cross-attention. */
  readonly decoder: Block[];
  /** The final norm of the decoder, with pre-norm. */
  readonly decoderNorm: LayerNorm | undefined;
  /** Dropout of the embeddings with their positions. */
  readonly dropout: Dropout;
  /** C */
  readonly dim: number;

  /**
   * Makes a model with random weights.
   *
   * @throws {RangeError} If an option is out of range, or the heads do not divide the width.
   */
  constructor(options: TransformerOptions) {
    super();
    checkArguments("make a Transformer", arguments, making);
    const { sourceVocabSize, targetVocabSize, layers = 6, dim = 512, heads = 8, hidden = 4 * dim, random } = options;
    const { activation = "relu", norm = "post", bias = true, eps = 1e-5, dropout = 0.1, attentionDropout = dropout } =
      options;
    const block = { dim, heads, hidden, activation, norm, bias, eps, dropout, attentionDropout, random };
    this.sourceEmbedding = new Embedding(sourceVocabSize, dim, { random });
    this.targetEmbedding = new Embedding(targetVocabSize, dim, { random });
    for (const table of [this.sourceEmbedding, this.targetEmbedding]) {
      table.weight = normal(table.weight.shape, dim ** -0.5, random); // so that, scaled by √C, an element is about 1
    }
    this.encoder = Array.from({ length: layers }, () => new Block(block));
    this.decoder = Array.from({ length: layers }, () => new Block({ ...block, cross: true }));
    const lastNorm = () => norm === "pre" ? new LayerNorm(dim, { eps, bias }) : undefined; // post-norm has its own
    [this.encoderNorm, this.decoderNorm] = [lastNorm(), lastNorm()];
    this.dropout = new Dropout(dropout, { random });
    this.dim = dim;
  }

  /**
   * Logits for each next token of the target, `[B, T, V]`, given a source `[B, S]` and the target so far, `[B, T]`.
   *
   * @param sourceMask 1 for a real token of the source, 0 for padding, `[B, S]`. Default: all are real.
   */
  override forward(source: TokenBatch, target: TokenBatch, sourceMask?: PaddingMask): Tensor {
    checkArguments("apply a Transformer", arguments, running);
    return this.decode(target, this.encode(source, sourceMask), sourceMask);
  }

  /** The encoder's output for the source: `[B, S] → [B, S, C]`; the mask is 0 for padding, `[B, S]`. */
  encode(source: TokenBatch, mask?: PaddingMask): Tensor {
    checkArguments("encode a source", arguments, encoding);
    const embedded = this.#embed(this.sourceEmbedding, someTokens("encode a source", "the source", source));
    const inputs = { mask: realPositions("encode a source", mask, embedded) };
    const x = this.encoder.reduce((x, block) => block.forward(x, inputs), embedded);
    return this.encoderNorm?.forward(x) ?? x;
  }

  /** Logits for each next token of the target, given the encoder's output, `[B, S, C]`: `[B, T] → [B, T, V]`. */
  decode(target: TokenBatch, source: Tensor, sourceMask?: PaddingMask): Tensor {
    checkArguments("decode a target", arguments, decoding);
    const inputs = { causal: true, source, sourceMask: realPositions("decode a target", sourceMask, source) };
    const embedded = this.#embed(this.targetEmbedding, someTokens("decode a target", "the target", target));
    const x = this.decoder.reduce((x, block) => block.forward(x, inputs), embedded);
    return (this.decoderNorm?.forward(x) ?? x).matmul(this.targetEmbedding.weight.transpose());
  }

  #embed(table: Embedding, tokens: number[][]): Tensor { // [B, T] → [B, T, C]
    const x = table.forward(tokens).mul(Math.sqrt(this.dim));
    return this.dropout.forward(x.add(sinusoidal(x.kernels, 0, x.shape[1]!, this.dim))); // positions on the model's device
  }
}

/** A padding mask of a source `[B, S, C]` for attention, checked to be `[B, S]`. */
function realPositions(action: string, mask: PaddingMask | undefined, source: Tensor): Tensor | undefined {
  if (mask === undefined) return undefined;
  const [B, S] = source.shape as [number, number, number]; // [B, S, C]
  return keyMask(rowsBeside(action, "the padding mask", mask, B, S), source); // [B, 1, 1, S]
}
