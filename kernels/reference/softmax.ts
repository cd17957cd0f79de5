/** Softmax and what is made of it: log-softmax and the cross-entropy loss. */

import type { FusedKernels } from "../fused.ts";
import { elements, joined, type Numbers, rows, sum } from "./elements.ts";

type SoftmaxKernels = Pick<
  FusedKernels,
  "softmax" | "softmaxBackward" | "logSoftmax" | "logSoftmaxBackward" | "crossEntropy" | "crossEntropyBackward"
>;

export const softmaxKernels: SoftmaxKernels = {
  softmax: (a) => joined(rows(a).map(softmax)),

  softmaxBackward(s, grad) {
    const g = rows(grad);
    return joined(
      rows(s).map((s, n) => {
        const dot = sum(s.length, (i) => g[n]![i]! * s[i]!);
        return s.map((s, i) => s * (g[n]![i]! - dot));
      }),
    );
  },

  logSoftmax: (a) => joined(rows(a).map((x) => x.map((xi) => xi - logSumExp(x)))),

  logSoftmaxBackward(l, grad) {
    const g = rows(grad);
    return joined(
      rows(l).map((l, n) => {
        const total = sum(l.length, (i) => g[n]![i]!);
        return l.map((l, i) => g[n]![i]! - Math.exp(l) * total);
      }),
    );
  },

  crossEntropy(logits, targets) {
    return joined([rows(logits).map((x, n) => targets[n]! < 0 ? 0 : logSumExp(x) - x[targets[n]!]!)]);
  },

  crossEntropyBackward(logits, targets, grad) {
    const g = elements(grad);
    return joined(
      rows(logits).map((x, n) => {
        const target = targets[n]!;
        if (target < 0) return x.map(() => 0);
        return softmax(x).map((s, i) => g[n]! * (s - (i === target ? 1 : 0)));
      }),
    );
  },
};

/** `log Σ e^x`, with the largest x taken out of the sum so that no exponential overflows. */
export function logSumExp(x: Numbers): number {
  const max = x.reduce((max, xi) => Math.max(max, xi), -Infinity);
  if (max === -Infinity) return max; // a sum of zeros, or of nothing
  return max + Math.log(sum(x.length, (i) => Math.exp(x[i]! - max)));
}

function softmax(x: Numbers): Numbers {
  const log = logSumExp(x);
  return x.map((xi) => Math.exp(xi - log));
}
