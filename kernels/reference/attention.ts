/** Scaled dot-product attention (arXiv 1706.03762), with all T × S weights held in the open. */

import type { AttentionRule, FusedKernels } from "../fused.ts";
import type { View } from "../kernels.ts";
import { elements, joined, matrices, type Numbers, sum } from "./elements.ts";

/** Attention of the `reference` device. */
export const attentionKernels: Pick<FusedKernels, "attention" | "attentionBackward"> = {
  attention(q, k, v, rule) {
    const values = matrices(v);
    const scores = maskedScores(q, k, rule); // a list of [T, S]
    const max = scores.map((rows) => Float64Array.from(rows, greatest)); // a list of [T]
    const sums = scores.map((rows, n) => Float64Array.from(rows, (row, t) => total(powers(row, max[n]![t]!))));
    const hidden = hiddenKeys(q, k, rule);
    const out = scores.map((rows, n) =>
      rows.map((row, t) => {
        const p = weights(row, max[n]![t]!, sums[n]![t]!, (s) => hidden(n, t, s));
        return weightedSum(p, values[n]!, v.shape.at(-1)!);
      })
    );
    return { out: joined(out.flat()), max: joined(max), sum: joined(sums) };
  },

  attentionBackward(q, k, v, { out, max, sum }, grad, rule) {
    const [D, E] = [q.shape.at(-1)!, v.shape.at(-1)!];
    const [queries, keys, values, outs, grads] = [q, k, v, out, grad].map(matrices) as [Rows, Rows, Rows, Rows, Rows];
    const [maxima, sums, hidden] = [elements(max), elements(sum), hiddenKeys(q, k, rule)];
    const byHead = maskedScores(q, k, rule).map((rows, n) => {
      const first = n * rows.length;
      const p = rows.map((row, t) => { // [T, S]
        return weights(row, maxima[first + t]!, sums[first + t]!, (s) => hidden(n, t, s));
      });
      // p = softmax(scores), so dscores = p ⊙ (dp − Σ p ⊙ dp), with dp = grad vᵀ; and Σ p ⊙ dp = grad · out
      const dScores = p.map((row, t) => {
        const delta = dot(grads[n]![t]!, outs[n]![t]!);
        return row.map((p, s) => {
          return hidden(n, t, s) ? 0 : p * (dot(grads[n]![t]!, values[n]![s]!) - delta) * rule.scale;
        });
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

/** Whether key s is hidden from query t of the matrices n. */
function hiddenKeys(q: View, k: View, { causal, mask }: AttentionRule): (n: number, t: number, s: number) => boolean {
  const future = k.shape.at(-2)! - q.shape.at(-2)!;
  const seen = mask && matrices(mask);
  return (n, t, s) => (causal && s > t + future) || (seen !== undefined && seen[n]![t]![s] === 0);
}

/** `scale · q kᵀ`, −∞ where the query may not look at the key: a list of `[T, S]`. */
function maskedScores(q: View, k: View, rule: AttentionRule): Rows {
  const [keys, hidden] = [matrices(k), hiddenKeys(q, k, rule)];
  return matrices(q).map((rows, n) =>
    rows.map((query, t) =>
      Float64Array.from(keys[n]!, (key, s) => hidden(n, t, s) ? -Infinity : rule.scale * dot(query, key))
    )
  );
}

/** The greatest score: NaN if one is NaN, −∞ if there are none. */
function greatest(scores: Numbers): number {
  return scores.reduce((max, score) => Math.max(max, score), -Infinity);
}

/** `e^(score − max)`, 0 for a key that the query does not see. */
function powers(scores: Numbers, max: number): Numbers {
  return scores.map((score) => score === -Infinity ? 0 : Math.exp(score - max));
}

/** `e^(score − max) / sum`; 0 for a hidden key, even if the sum is NaN, and for a query that sees no key. */
function weights(scores: Numbers, max: number, sum: number, hidden: (s: number) => boolean): Numbers {
  return powers(scores, max).map((power, s) => sum === 0 || hidden(s) ? 0 : power / sum);
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
