/** Attention: every position looks at others, and takes from them what it looks for (arXiv 1706.03762). */

import { recordFused } from "../autograd/fused.ts";
import type { Mask } from "../autograd/ops/selection.ts";
import { toMask } from "../autograd/ops/selection.ts";
import type { Random } from "../autograd/random.ts";
import { dense, sameDevice } from "../autograd/record.ts";
import { broadcastShapes, showShape } from "../autograd/shape.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { Dropout } from "./dropout.ts";
import type { KeyValueCache } from "./cache.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { rotate } from "./positions.ts";

/** How queries look at keys. */
export interface AttentionOptions {
  /** Hide every later position: query t of T sees the keys `s ≤ t + S − T`, the queries being the last of S positions. */
  causal?: boolean;
  /** Which keys a query sees: true or 1 where it does; broadcasts to `[…, T, S]`. */
  mask?: Mask;
  /** One kernel that never holds all T × S weights (the default), or the composition that says what it means. */
  fused?: boolean;
}

/**
 * Scaled dot-product attention: `out = softmax(q kᵀ / √D) v`, each query's weights summing to 1 over the keys it sees.
 *
 * `q` is `[…, T, D]`, `k` `[…, S, D]`, `v` `[…, S, E]`, the leading axes broadcast; the result is `[…, T, E]`. What stands in
 * a key or value that no query sees has no influence, be it NaN. A query that sees no key gets zeros.
 *
 * @throws {TypeError} If the shapes do not fit.
 *
 * @example
 * ```ts
 * import { nn, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const [q, k] = [Tensor.from([[1, 0]]), Tensor.from([[5, 0], [0, 5]])]; // [T, D] and [S, D]
 * const v = Tensor.from([[1], [0]]); // [S, E]
 * const looked = nn.attention(q, k, v).item(); // mostly at the first key
 * assert.ok(Math.abs(looked - 1 / (1 + Math.exp(-5 / Math.SQRT2))) < 1e-6);
 * ```
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions = {}): Tensor {
  const { causal = false, fused = true } = options;
  sameDevice("attend over", [q, k, v]); // before a kernel is given what it cannot read
  const [queries, keys, values] = broadcastHeads(q, k, v);
  const [T, S, D] = [queries.shape.at(-2)!, keys.shape.at(-2)!, queries.shape.at(-1)!];
  const batch = queries.shape.slice(0, -2);
  const mask = options.mask === undefined ? undefined : maskMatrix(options.mask, q); // broadcasts to […, T, S]
  if (!fused) return attentionWeights(queries, keys, { causal, mask }).matmul(seenRows(values, mask));

  const scale = 1 / Math.sqrt(D);
  const how = { scale, causal, ...(mask && { mask: mask.expand([...batch, T, S]).view }) };
  const [seenK, seenV] = [seenRows(keys, mask), seenRows(values, mask)];
  const { out, max, sum } = q.kernels.attention(queries.view, seenK.view, seenV.view, how);
  const softmax = { max: dense(max, [...batch, T]), sum: dense(sum, [...batch, T]) };
  return recordFused("attention", [queries, seenK, seenV], {
    view: dense(out, [...batch, T, values.shape.at(-1)!]),
    backward: (grad, out) => {
      const attended = { out, ...softmax };
      const by = q.kernels.attentionBackward(queries.view, seenK.view, seenV.view, attended, grad, how);
      return [by.q, by.k, by.v];
    },
    composed: (q, k, v) => attentionWeights(q, k, { causal, mask }).matmul(v),
  });
}

/** How much each query takes of each key, `softmax(q kᵀ / √D)` over the keys that it sees: `[…, T, S]`. */
export function attentionWeights(
  q: Tensor,
  k: Tensor,
  { causal = false, mask }: { causal?: boolean; mask?: Tensor | undefined } = {},
): Tensor {
  const [T, S, D] = [q.shape.at(-2)!, k.shape.at(-2)!, q.shape.at(-1)!];
  const seen = causal ? causalMask(T, S, q) : undefined; // [T, S]
  const hidden = [seen, mask].flatMap((seen) => seen === undefined ? [] : [seen.equal(0)]);
  const scores = q.matmul(seenRows(k, mask).transpose()).div(Math.sqrt(D)); // […, T, S]
  const visible = hidden.reduce((scores, hidden) => scores.maskedFill(hidden, -Infinity), scores);
  const weights = visible.softmax(-1);
  // A row of −∞ alone has no softmax: such a query sees nothing, and takes nothing.
  return hidden.length === 0 ? weights : weights.maskedFill(visible.max(-1, { keepDims: true }).equal(-Infinity), 0);
}

/** 1 where query t of T may look at key s of S: at those up to its own position, the queries being the last. */
function causalMask(T: number, S: number, beside: Tensor): Tensor {
  const rows = Array.from({ length: T }, (_, t) => Array.from({ length: S }, (_, s) => s <= t + S - T));
  return toMask(rows, beside).reshape([T, S]);
}

/** Keys or values `[…, S, D]` with 0 for those that no query sees, so that a NaN in them cannot spread. */
function seenRows(rows: Tensor, mask: Tensor | undefined): Tensor {
  if (mask === undefined || mask.size === 0) return rows;
  const seen = mask.shape.at(-2) === 1 ? mask : mask.max(-2, { keepDims: true }); // […, 1, S]
  return rows.maskedFill(seen.transpose().equal(0), 0); // […, S, 1]
}

/** A mask as a tensor of at least two axes. */
function maskMatrix(mask: Mask, beside: Tensor): Tensor {
  const seen = toMask(mask, beside);
  return seen.rank >= 2 ? seen : seen.reshape([1, -1]); // [S] → [1, S]
}

/** The three with equal leading axes. */
function broadcastHeads(q: Tensor, k: Tensor, v: Tensor): [Tensor, Tensor, Tensor] {
  const shapes = `[${[q, k, v].map(({ shape }) => showShape(shape)).join(", ")}]`;
  const fits = Math.min(q.rank, k.rank, v.rank) >= 2 && q.shape.at(-1) === k.shape.at(-1) &&
    k.shape.at(-2) === v.shape.at(-2);
  if (!fits) {
    throw new TypeError(
      "Cannot attend, as queries must be […, T, D], keys […, S, D] and values […, S, E] of the same D and S: " +
        shapes.slice(1, -1),
    );
  }
  const batch = [q, k, v].map(({ shape }) => shape.slice(0, -2)).reduce((a, b) => broadcastShapes("attend over", a, b));
  const widen = (x: Tensor) => x.expand([...batch, ...x.shape.slice(-2)]);
  return [widen(q), widen(k), widen(v)];
}

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
    const heads = dropping ? this.dropout.forward(this.#weights(q, k, options)).matmul(v) : attention(q, k, v, options); // [B, H, T, D]
    return this.out.forward(heads.permute([0, 2, 1, 3]).reshape(x.shape)); // [B, T, C]
  }

  /** The attention weights themselves, `[B, H, T, S]`, for pictures. */
  weights(x: Tensor, options: AttendOptions = {}): Tensor {
    const { q, k } = this.project(x, options);
    return this.#weights(q, k, options);
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

  #weights(q: Tensor, k: Tensor, { causal, mask }: AttentionOptions): Tensor {
    return attentionWeights(q, k, {
      causal: causal ?? false,
      mask: mask === undefined ? undefined : maskMatrix(mask, q),
    });
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
