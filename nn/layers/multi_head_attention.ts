/** Attention as a layer: heads side by side, each on projections of its own (arXiv 1706.03762). */

import type { Random } from "../../autograd/random.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { Module } from "../module.ts";
import { attention, type AttentionOptions, attentionWeights } from "./attention.ts";
import type { KeyValueCache } from "./cache.ts";
import { Dropout } from "./dropout.ts";
import { Linear } from "./linear.ts";
import { rotate } from "./positions.ts";

/** What a layer of attention is made of. */
export interface MultiHeadAttentionOptions {
  /** C, the width of what goes in and comes out. */
  dim: number;
  /** H: the width of a head is D = C / H. */
  heads: number;
  /** G: keys and values have only so many heads, each shared by H / G query heads (arXiv 2305.13245); H if not given. */
  groups?: number;
  /** The width of the source of keys and values in cross-attention; C if not given. */
  sourceDim?: number;
  bias?: boolean;
  /** The probability with which each attention weight is dropped in training; fused attention is for rate 0 alone. */
  dropout?: number;
  /** Turn queries and keys by their positions (arXiv 2104.09864), so that scores depend on distances. */
  rotary?: boolean;
  random: Random;
}

/** How a layer of attention is used once. */
export interface AttendOptions extends AttentionOptions {
  /** Where keys and values come from, `[B, S, C]`; the input itself if not given. */
  source?: Tensor;
  /** Keys and values of the positions before: those of the input are added to it. */
  cache?: KeyValueCache | undefined;
}

/**
 * Multi-head attention: H attentions side by side, each on a projection of its own: `[B, T, C] → [B, T, C]`.
 *
 * `query`, `key` and `value` project the input, the heads' results stand side by side, and `out` mixes them.
 *
 * @throws {RangeError} If the heads do not divide the width, or the groups the heads.
 */
export class MultiHeadAttention extends Module {
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly out: Linear;
  readonly dropout: Dropout;
  readonly heads: number;
  readonly groups: number;
  readonly rotary: boolean;

  constructor(options: MultiHeadAttentionOptions) {
    super();
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

  override forward(x: Tensor, options: AttendOptions = {}): Tensor { // [B, T, C]
    const { q, k, v } = this.project(x, options);
    const dropping = this.training && this.dropout.rate > 0;
    const heads = dropping
      ? this.dropout.forward(attentionWeights(q, k, options)).matmul(v)
      : attention(q, k, v, options); // [B, H, T, D]
    return this.out.forward(heads.permute([0, 2, 1, 3]).reshape(x.shape)); // [B, T, C]
  }

  /** The attention weights themselves, `[B, H, T, S]`, for pictures. */
  weights(x: Tensor, options: AttendOptions = {}): Tensor {
    const { q, k } = this.project(x, options);
    return attentionWeights(q, k, options);
  }

  /** Queries `[B, H, T, D]`, keys and values `[B, H, S, D]`, the heads of a group being views of the same keys. */
  project(x: Tensor, { source = x, cache }: AttendOptions): { q: Tensor; k: Tensor; v: Tensor } {
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

  /** `[B, T, n D] → [B, n, T, D]` */
  #split(x: Tensor, heads: number): Tensor {
    const [B, T, width] = x.shape as [number, number, number]; // what a Linear made of [B, T, C]
    return x.reshape([B, T, heads, width / heads]).permute([0, 2, 1, 3]);
  }

  /** `[B, G, S, D] → [B, H, S, D]`: every head gets its group's keys. */
  #share(x: Tensor): Tensor {
    const [B, G, S, D] = x.shape as [number, number, number, number]; // what `#split` made
    if (G === this.heads) return x;
    return x.reshape([B, G, 1, S, D]).expand([B, G, this.heads / G, S, D]).reshape([B, this.heads, S, D]);
  }
}

function divides(rule: string, divisor: number, whole: number): void {
  if (Number.isInteger(divisor) && divisor > 0 && whole % divisor === 0) return;
  throw new RangeError(`Cannot make an attention layer, as the ${rule}: ${divisor} and ${whole}`);
}
