/** Scaled dot-product attention (arXiv 1706.03762). */

import { recordFused } from "../../autograd/fused.ts";
import { type Mask, toMask } from "../../autograd/ops/selection.ts";
import { sameDevice } from "../../autograd/operands.ts";
import { contiguous } from "../../kernels/view.ts";
import { broadcastShapes, type Shape, showShape } from "../../autograd/shape.ts";
import { Tensor } from "../../autograd/mod.ts";
import { checkArguments, flag, instance, optionsOf } from "../../checks/mod.ts";
import { input, mask as maskRule } from "../rules.ts";
import { Dropout } from "./dropout.ts";

/** The options of `attention`. */
export interface AttentionOptions {
  /**
   * Hide later positions: query t of T sees the keys `s ≤ t + S − T`, as the queries are the last of S positions.
   * Default: false.
   */
  causal?: boolean | undefined;
  /** The keys that a query sees: true or 1; broadcasts to `[…, T, S]`. Default: all. */
  mask?: Mask | undefined;
  /** Dropout of attention weights in training mode, as in GPT-2 and BERT. Default: none. */
  dropout?: Dropout | undefined;
  /**
   * Run one kernel that never holds all T × S weights, rather than primitive operations. The kernel cannot drop
   * weights. Default: true, unless weights are dropped.
   */
  fused?: boolean | undefined;
}

const attending = {
  q: input,
  k: input,
  v: input,
  options: optionsOf<AttentionOptions>({ causal: flag, mask: maskRule, dropout: instance(Dropout), fused: flag }),
};

/**
 * Scaled dot-product attention: `out = softmax(q kᵀ / √D) v`, where each query's weights sum to 1 over the keys it sees.
 *
 * `q` is `[…, T, D]`, `k` `[…, S, D]`, `v` `[…, S, E]`, the leading axes broadcast; the result is `[…, T, E]`. A key or
 * value that no query sees has no influence, even if it is NaN. A query that sees no key gets zeros.
 *
 * @throws {TypeError} If the shapes do not fit, or `fused` is true while weights are dropped.
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
  checkArguments("attend", arguments, attending);
  const { causal = false } = options;
  const dropout = options.dropout?.drops === true ? options.dropout : undefined;
  const { fused = dropout === undefined } = options;
  if (fused && dropout !== undefined) {
    throw new TypeError("Cannot attend with { fused: true } where weights are dropped, as the kernel never holds them");
  }
  sameDevice("attend over", [q, k, v]); // before a kernel gets what it cannot read
  const [queries, keys, values] = broadcastHeads(q, k, v);
  const [T, S, D] = [queries.shape.at(-2)!, keys.shape.at(-2)!, queries.shape.at(-1)!];
  const batch = queries.shape.slice(0, -2);
  const mask = options.mask === undefined ? undefined : maskMatrix(options.mask, q, [...batch, T, S]);
  const [seenK, seenV] = [seenRows(keys, mask), seenRows(values, mask)];
  const composed = (q: Tensor, k: Tensor, v: Tensor) => {
    const weights = weigh(q, k, { causal, mask }); // […, T, S]
    return (dropout?.forward(weights) ?? weights).matmul(v); // […, T, E]
  };
  if (!fused) return composed(queries, seenK, seenV);

  const how = { scale: 1 / root(D), causal, ...(mask && { mask: mask.expand([...batch, T, S]).view }) };
  const { out, max, sum } = q.kernels.attention(queries.view, seenK.view, seenV.view, how);
  const softmax = { max: contiguous(max, [...batch, T]), sum: contiguous(sum, [...batch, T]) };
  return recordFused("attention", [queries, seenK, seenV], {
    view: contiguous(out, [...batch, T, values.shape.at(-1)!]),
    backward: (grad, out) => {
      const attended = { out, ...softmax };
      const by = q.kernels.attentionBackward(queries.view, seenK.view, seenV.view, attended, grad, how);
      return [by.q, by.k, by.v];
    },
    composed,
  });
}

const weighing = {
  q: input,
  k: input,
  options: optionsOf<Pick<AttentionOptions, "causal" | "mask">>({ causal: flag, mask: maskRule }),
};

/**
 * The weight of each key for each query, `softmax(q kᵀ / √D)` over the keys that the query sees: `[…, T, S]`.
 *
 * `q` is `[…, T, D]` and `k` `[…, S, D]`, the leading axes broadcast. A query that sees no key has weights of 0.
 *
 * @throws {TypeError} If the shapes do not fit.
 *
 * @example
 * ```ts
 * import { nn, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const [q, k] = [Tensor.ones([2, 4]), Tensor.ones([3, 4])]; // [T, D] and [S, D]
 * assert.deepEqual(nn.attentionWeights(q, k, { mask: [1, 1, 0] }).toArray(), [[0.5, 0.5, 0], [0.5, 0.5, 0]]);
 * ```
 */
export function attentionWeights(
  q: Tensor,
  k: Tensor,
  options: Pick<AttentionOptions, "causal" | "mask"> = {},
): Tensor {
  checkArguments("weigh keys", arguments, weighing);
  sameDevice("weigh", [q, k]);
  const [queries, keys] = broadcastHeads(q, k, k);
  const weights = [...queries.shape.slice(0, -1), keys.shape.at(-2)!]; // […, T, S]
  const mask = options.mask === undefined ? undefined : maskMatrix(options.mask, q, weights);
  return weigh(queries, seenRows(keys, mask), { causal: options.causal ?? false, mask });
}

/** `attentionWeights` of checked operands; hidden keys no longer hold NaN. */
function weigh(q: Tensor, k: Tensor, { causal, mask }: { causal: boolean; mask: Tensor | undefined }): Tensor {
  const [T, S, D] = [q.shape.at(-2)!, k.shape.at(-2)!, q.shape.at(-1)!];
  const hidden = [...(causal ? [laterKeys(T, S, q)] : []), ...(mask === undefined ? [] : [mask.equal(0)])];
  const scores = q.matmul(k.transpose()).div(root(D)); // […, T, S]
  const visible = hidden.reduce((scores, hidden) => scores.maskedFill(hidden, -Infinity), scores);
  const weights = visible.softmax(-1);
  // A row of only −∞ has no softmax: such a query sees nothing, and its weights are 0.
  return hidden.length === 0 || S === 0
    ? weights
    : weights.maskedFill(visible.max(-1, { keepDims: true }).equal(-Infinity), 0);
}

/** 1 where key s of S comes after query t of T, the queries being the last, else 0: `[T, S]`. */
function laterKeys(T: number, S: number, beside: Tensor): Tensor {
  const positions = (length: number, first: number, shape: number[]) => {
    const numbers = Float64Array.from({ length }, (_, i) => first + i);
    return new Tensor(beside.kernels, contiguous(beside.kernels.write(numbers), shape));
  };
  return positions(S, 0, [1, S]).greater(positions(T, S - T, [T, 1])); // [1, S] against [T, 1]
}

/** √D; 1 for vectors of no width, whose scores are 0. */
function root(D: number): number {
  return Math.sqrt(Math.max(1, D));
}

/** Keys or values `[…, S, D]`, with 0 for those that no query sees, so that NaN in them cannot spread. */
function seenRows(rows: Tensor, mask: Tensor | undefined): Tensor {
  if (mask === undefined || mask.size === 0) return rows;
  const seen = mask.shape.at(-2) === 1 ? mask : mask.max(-2, { keepDims: true }); // […, 1, S]
  return rows.maskedFill(seen.transpose().equal(0), 0); // […, S, 1]
}

/** A mask as a tensor of at least two axes, checked to broadcast to the weights `[…, T, S]`. */
function maskMatrix(mask: Mask, beside: Tensor, weights: Shape): Tensor {
  const seen = toMask(mask, beside);
  const matrix = seen.rank >= 2 ? seen : seen.reshape([1, -1]); // [S] → [1, S]
  const fits = matrix.rank <= weights.length &&
    matrix.shape.every((size, axis) => size === 1 || size === weights[axis + weights.length - matrix.rank]);
  if (fits) return matrix;
  throw new TypeError(
    `Cannot attend, as the mask must broadcast to the shape of the weights, ${showShape(weights)}: ` +
      showShape(seen.shape),
  );
}

/** The three with equal leading axes. */
function broadcastHeads(q: Tensor, k: Tensor, v: Tensor): [Tensor, Tensor, Tensor] {
  const fits = Math.min(q.rank, k.rank, v.rank) >= 2 && q.shape.at(-1) === k.shape.at(-1) &&
    k.shape.at(-2) === v.shape.at(-2);
  if (!fits) {
    throw new TypeError(
      "Cannot attend, as queries must be […, T, D], keys […, S, D] and values […, S, E] of the same D and S: " +
        [q, k, v].map(({ shape }) => showShape(shape)).join(", "),
    );
  }
  const batch = [q, k, v].map(({ shape }) => shape.slice(0, -2)).reduce((a, b) => broadcastShapes("attend over", a, b));
  const widen = (x: Tensor) => x.expand([...batch, ...x.shape.slice(-2)]);
  return [widen(q), widen(k), widen(v)];
}
