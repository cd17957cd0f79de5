/** Attention: every position looks at others, and takes from them what it looks for (arXiv 1706.03762). */

import { recordFused } from "../../autograd/fused.ts";
import type { Mask } from "../../autograd/ops/selection.ts";
import { toMask } from "../../autograd/ops/selection.ts";
import { contiguous } from "../../kernels/view.ts";
import { sameDevice } from "../../autograd/operands.ts";
import { broadcastShapes, showShape } from "../../autograd/shape.ts";
import type { Tensor } from "../../autograd/tensor.ts";

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
  if (!fused) return attentionWeights(queries, keys, options).matmul(seenRows(values, mask));

  const scale = 1 / Math.sqrt(D);
  const how = { scale, causal, ...(mask && { mask: mask.expand([...batch, T, S]).view }) };
  const [seenK, seenV] = [seenRows(keys, mask), seenRows(values, mask)];
  const { out, max, sum } = q.kernels.attention(queries.view, seenK.view, seenV.view, how);
  const softmax = { max: contiguous(max, [...batch, T]), sum: contiguous(sum, [...batch, T]) };
  return recordFused("attention", [queries, seenK, seenV], {
    view: contiguous(out, [...batch, T, values.shape.at(-1)!]),
    backward: (grad, out) => {
      const attended = { out, ...softmax };
      const by = q.kernels.attentionBackward(queries.view, seenK.view, seenV.view, attended, grad, how);
      return [by.q, by.k, by.v];
    },
    composed: (q, k, v) => attentionWeights(q, k, options).matmul(v),
  });
}

/** How much each query takes of each key, `softmax(q kᵀ / √D)` over the keys that it sees: `[…, T, S]`. */
export function attentionWeights(
  q: Tensor,
  k: Tensor,
  options: Pick<AttentionOptions, "causal" | "mask"> = {},
): Tensor {
  const { causal = false } = options;
  const mask = options.mask === undefined ? undefined : maskMatrix(options.mask, q); // broadcasts to […, T, S]
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
