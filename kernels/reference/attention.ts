/** Scaled dot-product attention (arXiv 1706.03762), with all T × S weights held in the open. */

import type { AttentionOptions, FusedKernels } from "../fused.ts";
import type { View } from "../kernels.ts";
import { elements, joined, matrices, type Numbers, sum } from "./elements.ts";
import { logSumExp } from "./softmax.ts";

export const attentionKernels: Pick<FusedKernels, "attention" | "attentionBackward"> = {
  attention(q, k, v, options) {
    const values = matrices(v);
    const scores = maskedScores(q, k, options); // a list of [T, S]
    const logs = scores.map((rows) => rows.map(logSumExp));
    const out = scores.map((rows, n) =>
      rows.map((row, t) => weightedSum(weights(row, logs[n]![t]!), values[n]!, v.shape.at(-1)!))
    );
    return { out: joined(out.flat()), logSumExp: joined(logs) };
  },

  attentionBackward(q, k, v, out, logSumExp, grad, options) {
    const [D, E] = [q.shape.at(-1)!, v.shape.at(-1)!];
    const [queries, keys, values, outs, grads] = [q, k, v, out, grad].map(matrices) as [Rows, Rows, Rows, Rows, Rows];
    const logs = elements(logSumExp);
    const byHead = maskedScores(q, k, options).map((rows, n) => {
      const T = rows.length;
      const p = rows.map((row, t) => weights(row, logs[n * T + t]!)); // [T, S]
      // p = softmax(scores), so dscores = p ⊙ (dp − Σ p ⊙ dp), with dp = grad vᵀ; and Σ p ⊙ dp = grad · out
      const dScores = p.map((row, t) => {
        const delta = dot(grads[n]![t]!, outs[n]![t]!);
        return row.map((p, s) => p * (dot(grads[n]![t]!, values[n]![s]!) - delta) * options.scale);
      });
      return {
        q: dScores.map((row) => weightedSum(row, keys[n]!, D)), // dscores k: [T, D]
        k: columns(dScores, keys[n]!.length).map((column) => weightedSum(column, queries[n]!, D)), // dscoresᵀ q: [S, D]
        v: columns(p, values[n]!.length).map((column) => weightedSum(column, grads[n]!, E)), // pᵀ grad: [S, E]
      };
    });
    return {
      q: joined(byHead.flatMap((head) => head.q)),
      k: joined(byHead.flatMap((head) => head.k)),
      v: joined(byHead.flatMap((head) => head.v)),
    };
  },
};

/** A list of matrices, each a list of rows. */
type Rows = Numbers[][];

/** `scale · q kᵀ`, −∞ where the query may not look at the key: a list of `[T, S]`. */
function maskedScores(q: View, k: View, { scale, causal, mask }: AttentionOptions): Rows {
  const [T, S] = [q.shape.at(-2)!, k.shape.at(-2)!];
  const keys = matrices(k);
  const seen = mask && matrices(mask);
  return matrices(q).map((rows, n) =>
    rows.map((query, t) =>
      Float64Array.from(keys[n]!, (key, s) => {
        const hidden = (causal && s > t + S - T) || (seen && seen[n]![t]![s] === 0);
        return hidden ? -Infinity : scale * dot(query, key);
      })
    )
  );
}

/** `e^(score − log)`, all 0 for a query that sees no key. */
function weights(scores: Numbers, log: number): Numbers {
  return scores.map((score) => score === -Infinity ? 0 : Math.exp(score - log));
}

function dot(a: Numbers, b: Numbers): number {
  return sum(a.length, (i) => a[i]! * b[i]!);
}

/** `Σ weights[i] · rows[i]`, a row of `width` numbers. */
function weightedSum(weights: Numbers, rows: Numbers[], width: number): Numbers {
  return Float64Array.from({ length: width }, (_, d) => sum(weights.length, (i) => weights[i]! * rows[i]![d]!));
}

function columns(rows: Numbers[], count: number): Numbers[] {
  return Array.from({ length: count }, (_, s) => Float64Array.from(rows, (row) => row[s]!));
}
