/** Scaled dot-product attention (arXiv 1706.03762), with all T × S weights held in the open. */

import type { AttentionRule, FusedKernels } from "../fused.ts";
import type { View } from "../kernels.ts";
import { elements, joined, matrices, type Numbers, sum } from "./elements.ts";

export const attentionKernels: Pick<FusedKernels, "attention" | "attentionBackward"> = {
  attention(q, k, v, rule) {
    const values = matrices(v);
    const scores = maskedScores(q, k, rule); // a list of [T, S]
    const max = scores.map((rows) => Float64Array.from(rows, greatest)); // a list of [T]
    const sums = scores.map((rows, n) => Float64Array.from(rows, (row, t) => total(powers(row, max[n]![t]!))));
    const out = scores.map((rows, n) =>
      rows.map((row, t) => weightedSum(weights(row, max[n]![t]!, sums[n]![t]!), values[n]!, v.shape.at(-1)!))
    );
    return { out: joined(out.flat()), max: joined(max), sum: joined(sums) };
  },

  attentionBackward(q, k, v, { out, max, sum }, grad, rule) {
    const [D, E] = [q.shape.at(-1)!, v.shape.at(-1)!];
    const [queries, keys, values, outs, grads] = [q, k, v, out, grad].map(matrices) as [Rows, Rows, Rows, Rows, Rows];
    const [maxima, sums] = [elements(max), elements(sum)];
    const byHead = maskedScores(q, k, rule).map((rows, n) => {
      const first = n * rows.length;
      const p = rows.map((row, t) => weights(row, maxima[first + t]!, sums[first + t]!)); // [T, S]
      // p = softmax(scores), so dscores = p ⊙ (dp − Σ p ⊙ dp), with dp = grad vᵀ; and Σ p ⊙ dp = grad · out
      const dScores = p.map((row, t) => {
        const delta = dot(grads[n]![t]!, outs[n]![t]!);
        return row.map((p, s) => p * (dot(grads[n]![t]!, values[n]![s]!) - delta) * rule.scale);
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
function maskedScores(q: View, k: View, { scale, causal, mask }: AttentionRule): Rows {
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

/** The greatest score: NaN if one is, −∞ of none. */
function greatest(scores: Numbers): number {
  return scores.reduce((max, score) => Math.max(max, score), -Infinity);
}

/** `e^(score − max)`, 0 for a key that the query does not see. */
function powers(scores: Numbers, max: number): Numbers {
  return scores.map((score) => score === -Infinity ? 0 : Math.exp(score - max));
}

/** `e^(score − max) / sum`, all 0 for a query that sees no key. */
function weights(scores: Numbers, max: number, sum: number): Numbers {
  return powers(scores, max).map((power) => sum === 0 ? 0 : power / sum);
}

function total(x: Numbers): number {
  return sum(x.length, (i) => x[i]!);
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
