/** Attention as a layer: several heads in parallel, each with its own projections (arXiv 1706.03762). */

import type { Random } from "../../autograd/random.ts";
import { showShape } from "../../autograd/shape.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { checkArguments, flag, instance, optionsOf, rate, required, size } from "../../checks/mod.ts";
import { Module } from "../module.ts";
import { chance, input, mask, tensor } from "../rules.ts";
import { attention, type AttentionOptions, attentionWeights } from "./attention.ts";
import { KeyValueCache } from "./cache.ts";
import { Dropout } from "./dropout.ts";
import { Linear } from "./linear.ts";
import { rotate } from "./positions.ts";

/** The sizes and options of a layer of attention. */
export interface MultiHeadAttentionOptions {
  /** C, the width of the input and of the result. */
  dim: number;
  /** H: the width of a head is D = C / H. */
  heads: number;
  /**
   * G: the number of key and value heads, each shared by H / G query heads (arXiv 2305.13245). Default: H.
   */
  groups?: number;
  /** The width of the source of keys and values in cross-attention. Default: C. */
  sourceDim?: number;
  /** Whether the projections have biases. Default: true. */
  bias?: boolean;
  /** The dropout rate of attention weights. Default: 0. */
  dropout?: number;
  /**
   * Rotate queries and keys by their positions (arXiv 2104.09864), so that scores depend on distances. Default: false.
   */
  rotary?: boolean;
  /** Draws the initial weights, and dropout. */
  random: Random;
}

/** The options of one call of an attention layer. */
export interface AttendOptions extends Omit<AttentionOptions, "dropout"> {
  /** The source of keys and values, `[B, S, C]`. Default: the input itself. */
  source?: Tensor | undefined;
  /** The keys and values of earlier positions, to which those of the input are added. Default: none. */
  cache?: KeyValueCache | undefined;
}

const making = {
  options: optionsOf<MultiHeadAttentionOptions>({
    dim: required(size),
    heads: required(size),
    groups: size,
    sourceDim: size,
    bias: flag,
    dropout: rate,
    rotary: flag,
    random: chance,
  }),
};
const attending = {
  x: input,
  options: optionsOf<AttendOptions>({
    causal: flag,
    mask,
    fused: flag,
    source: tensor,
    cache: instance(KeyValueCache),
  }),
};

/**
 * Multi-head attention: H attentions in parallel, each with its own projections: `[B, T, C] → [B, T, C]`.
 *
 * `query`, `key` and `value` project the input, the heads' results are concatenated, and `out` mixes them.
 *
 * @example
 * ```ts
 * import { nn, Random, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const random = new Random(1);
 * const layer = new nn.MultiHeadAttention({ dim: 8, heads: 2, random });
 * const x = Tensor.randn([3, 5, 8], { random }); // [B, T, C]
 * assert.deepEqual(layer.forward(x, { causal: true }).shape, [3, 5, 8]);
 * assert.deepEqual(layer.weights(x).shape, [3, 2, 5, 5]); // [B, H, T, T]
 * ```
 */
export class MultiHeadAttention extends Module {
  /** Projects the input to queries, `[B, T, C]`. */
  readonly query: Linear;
  /** Projects the source to keys, `[B, S, G D]`. */
  readonly key: Linear;
  /** Projects the source to values, `[B, S, G D]`. */
  readonly value: Linear;
  /** Mixes the heads' results. */
  readonly out: Linear;
  /** Dropout of attention weights. */
  readonly dropout: Dropout;
  /** H */
  readonly heads: number;
  /** G */
  readonly groups: number;
  /** Whether queries and keys are rotated by their positions. */
  readonly rotary: boolean;

  /**
   * Makes four linear layers with random weights: query, key, value and out.
   *
   * @throws {RangeError} If the heads do not divide the width, or the groups the heads.
   */
  constructor(options: MultiHeadAttentionOptions) {
    super();
    checkArguments("make a MultiHeadAttention", arguments, making);
    const { dim, heads, groups = heads, sourceDim = dim, bias = true, dropout = 0, rotary = false, random } = options;
    divides("heads must divide the width", heads, dim);
    divides("groups must divide the heads", groups, heads);
    const shared = groups * (dim / heads); // the width of all keys: C, or less if heads share them
    this.query = new Linear(dim, dim, { bias, random });
    this.key = new Linear(sourceDim, shared, { bias, random });
    this.value = new Linear(sourceDim, shared, { bias, random });
    this.out = new Linear(dim, dim, { bias, random });
    this.dropout = new Dropout(dropout, { random });
    [this.heads, this.groups, this.rotary] = [heads, groups, rotary];
  }

  /**
   * Applies attention: `[B, T, C] → [B, T, C]`.
   *
   * @throws {TypeError} If a shape does not fit, or `fused` is true while weights are dropped.
   */
  override forward(x: Tensor, options: AttendOptions = {}): Tensor { // [B, T, C]
    checkArguments("apply a MultiHeadAttention", arguments, attending);
    const { q, k, v } = this.project(x, options);
    const { causal, mask, fused } = options;
    const heads = attention(q, k, v, { causal, mask, fused, dropout: this.dropout }); // [B, H, T, D]
    return this.out.forward(heads.permute([0, 2, 1, 3]).reshape(x.shape)); // [B, T, C]
  }

  /** The attention weights themselves, without dropout, for pictures: `[B, H, T, S]`. */
  weights(x: Tensor, options: AttendOptions = {}): Tensor {
    checkArguments("weigh keys", arguments, attending);
    const { q, k } = this.project(x, options);
    const { causal, mask } = options;
    return attentionWeights(q, k, { causal, mask });
  }

  /** Queries `[B, H, T, D]`, keys and values `[B, H, S, D]`; the heads of a group are views of the same keys. */
  project(x: Tensor, options: AttendOptions = {}): { q: Tensor; k: Tensor; v: Tensor } {
    checkArguments("project onto heads", arguments, attending);
    const { source = x, cache } = options;
    this.#check("the input", x, this.query);
    this.#check("the source", source, this.key);
    if (source.shape[0] !== x.shape[0] && source.shape[0] !== 1) {
      throw new TypeError(
        "Cannot apply a MultiHeadAttention, as there must be one source for each input, or one for all: " +
          `${source.shape[0]} for ${x.shape[0]}`,
      );
    }
    let q = this.#split(this.query.forward(x), this.heads); // [B, H, T, D]
    let k = this.#split(this.key.forward(source), this.groups); // [B, G, S, D]
    let v = this.#split(this.value.forward(source), this.groups);
    if (this.rotary) {
      const start = cache?.length ?? 0;
      [q, k] = [rotate(q, start), rotate(k, start)];
    }
    if (cache !== undefined) [k, v] = cache.append(k, v);
    return { q, k: this.#share(k), v: this.#share(v) };
  }

  #check(what: string, { shape }: Tensor, { weight }: Linear): void {
    const width = weight.shape[1]!; // of [out, in]
    if (shape.length === 3 && shape[2] === width) return;
    throw new TypeError(
      `Cannot apply a MultiHeadAttention, as ${what} must be of shape [B, T, ${width}]: ${showShape(shape)}`,
    );
  }

  /** `[B, T, n D] → [B, n, T, D]` */
  #split(x: Tensor, heads: number): Tensor {
    const [B, T, width] = x.shape as [number, number, number]; // the result of a Linear on [B, T, C]
    return x.reshape([B, T, heads, width / heads]).permute([0, 2, 1, 3]);
  }

  /** `[B, G, S, D] → [B, H, S, D]`: every head gets its group's keys. */
  #share(x: Tensor): Tensor {
    const [B, G, S, D] = x.shape as [number, number, number, number]; // the result of `#split`
    if (G === this.heads) return x;
    return x.reshape([B, G, 1, S, D]).expand([B, G, this.heads / G, S, D]).reshape([B, this.heads, S, D]);
  }
}

function divides(rule: string, divisor: number, whole: number): void {
  if (whole % divisor === 0) return;
  throw new RangeError(`Cannot make a MultiHeadAttention, as the ${rule}: ${divisor} and ${whole}`);
}
