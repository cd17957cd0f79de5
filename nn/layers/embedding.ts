import { unnest } from "../../autograd/nested.ts";
import type { Indices } from "../../autograd/ops/selection.ts";
import type { Random } from "../../autograd/random.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { checkArguments, optionsOf, required, size } from "../../checks/mod.ts";
import { Module } from "../module.ts";
import { chance, count, tokenLists } from "../rules.ts";
import type { TokenBatch } from "../tokens.ts";
import { normal } from "./initialization.ts";

/** The options of an embedding. */
export interface EmbeddingOptions {
  /**
   * The padding token: its vector starts at 0 and gets no gradient from lookups. Default: none.
   */
  paddingIndex?: number;
  /** Draws the first vectors. */
  random: Random;
}

const making = {
  count: required(size),
  dim: required(size),
  options: optionsOf<EmbeddingOptions>({ paddingIndex: count, random: chance }),
};
const running = { tokens: required(tokenLists) };

/**
 * A lookup table of vectors: `out[b, t] = weight[tokens[b, t]]`, `[B, T] → [B, T, C]`.
 *
 * `weight` is `[V, C]` and starts standard normal, as in PyTorch.
 *
 * @example
 * ```ts
 * import { nn, Random } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const embedding = new nn.Embedding(10, 4, { random: new Random(1), paddingIndex: 0 });
 * const out = embedding.forward([[1, 2, 3], [3, 2, 0]]);
 * assert.deepEqual(out.shape, [2, 3, 4]); // [B, T, C]
 * out.sum().backward();
 * assert.deepEqual(embedding.weight.grad?.slice([0, 4], 0).toArray(), [0, 1, 2, 2]); // none for padding
 * ```
 */
export class Embedding extends Module {
  /** `[V, C]` */
  weight: Tensor;
  /** The token whose vector gets no gradient, if any. */
  readonly paddingIndex: number | undefined;

  /**
   * Makes a table of `count` random rows of size `dim`.
   *
   * @param count V, the number of vectors.
   * @param dim C, the size of each.
   * @throws {RangeError} If `paddingIndex` is not a row of the table.
   */
  constructor(count: number, dim: number, options: EmbeddingOptions) {
    super();
    checkArguments("make an Embedding", arguments, making);
    const { random, paddingIndex } = options;
    this.weight = normal([count, dim], 1, random);
    this.paddingIndex = paddingIndex;
    if (paddingIndex === undefined) return;
    if (paddingIndex >= count) {
      throw new RangeError(
        `Cannot make an Embedding, as paddingIndex must be a row of its table, 0 to ${count - 1}: ${paddingIndex}`,
      );
    }
    const padding = Array.from({ length: count }, (_, row) => [row === paddingIndex]); // [V, 1]
    this.weight.assign(this.weight.maskedFill(padding, 0).detach());
  }

  /**
   * The vectors of the tokens: `[…] → […, C]`.
   *
   * @param tokens Integers in nested arrays or typed arrays.
   * @throws {TypeError} If a token is not an integer.
   * @throws {RangeError} If a token lies outside the table.
   */
  override forward(tokens: Indices | TokenBatch): Tensor {
    checkArguments("embed tokens", arguments, running);
    const [count, dim] = this.weight.shape as [number, number]; // [V, C]
    const { shape, numbers } = unnest("embed tokens", tokens, undefined, "an integer");
    for (const token of numbers) {
      if (Number.isInteger(token) && token >= 0 && token < count) continue;
      const Kind = Number.isInteger(token) ? RangeError : TypeError;
      throw new Kind(`Cannot embed tokens, as each must be an integer from 0 to ${count - 1}: ${token}`);
    }
    const rows = this.weight.gather(numbers); // [N, C]
    return this.#withoutPadding(rows, numbers).reshape([...shape, dim]);
  }

  /** The same rows, without a gradient through those of the padding token. */
  #withoutPadding(rows: Tensor, tokens: readonly number[]): Tensor {
    if (this.paddingIndex === undefined || !tokens.includes(this.paddingIndex)) return rows;
    const isPadding = tokens.map((token) => [token === this.paddingIndex]); // [N, 1]
    return rows.detach().where(isPadding, rows);
  }
}
