/** Softmax and what is built on it: log-softmax and the cross-entropy loss. */

import type { FusedKernels } from "../fused.ts";
import { elements, joined, type Numbers, rows, sum } from "./elements.ts";

/** The kernels of this file. */
export type SoftmaxKernels = Pick<
  FusedKernels,
  "softmax" | "softmaxBackward" | "logSoftmax" | "logSoftmaxBackward" | "crossEntropy" | "crossEntropyBackward"
>;

/** Softmax, log-softmax and cross-entropy of the `reference` device. */
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

  logSoftmax: (a) =>
    joined(
      rows(a).map((x) => {
        const { max, powers } = exponentials(x);
        const log = Math.log(sum(powers.length, (i) => powers[i]!));
        return x.map((xi) => xi - max - log); // not xi − (max + log), which would round at the size of max
      }),
    ),

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
    return joined([rows(logits).map((x, n) => targets[n]! < 0 ? 0 : loss(x, x[targets[n]!]!))]);
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

/** `log Σ e^x − target`, in the order in which nothing is rounded at the size of the largest x. */
function loss(x: Numbers, target: number): number {
  const { max, powers } = exponentials(x);
  return max - target + Math.log(sum(powers.length, (i) => powers[i]!));
}

/** `e^x / Σ e^x`. */
function softmax(x: Numbers): Numbers {
  const { powers } = exponentials(x);
  const total = sum(powers.length, (i) => powers[i]!);
  return powers.map((power) => power / total);
}

/** `e^(x − max x)`: with the largest x taken out, no exponential overflows. */
function exponentials(x: Numbers): { max: number; powers: Numbers } {
  const max = x.reduce((max, xi) => Math.max(max, xi), -Infinity);
  return { max, powers: x.map((xi) => Math.exp(xi - max)) };
}
