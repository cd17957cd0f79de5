/** Layer norm (arXiv 1607.06450) and RMS norm (arXiv 1910.07467). */

import type { FusedKernels } from "../fused.ts";
import { elements, joined, type Numbers, rows, sum } from "./elements.ts";

/** The kernels of this file. */
export type NormKernels = Pick<FusedKernels, "layerNorm" | "layerNormBackward" | "rmsNorm" | "rmsNormBackward">;

/** The norms of the `reference` device. */
export const normKernels: NormKernels = {
  layerNorm(a, gain, bias, eps) {
    const [g, b] = [elements(gain), elements(bias)];
    return joined(rows(a).map((x) => scaled(centred(x), eps).map((xHat, c) => g[c]! * xHat + b[c]!)));
  },

  layerNormBackward(a, gain, grad, eps) {
    const centredRows = rows(a).map(centred);
    const { a: byCentred, gain: byGain } = backward(centredRows, elements(gain), rows(grad), eps);
    // centring takes the mean out of a row, and so does its gradient
    return { a: joined(byCentred.map(centred)), gain: byGain, bias: columnSums(rows(grad), gain.shape[0]!) };
  },

  rmsNorm(a, gain, eps) {
    const g = elements(gain);
    return joined(rows(a).map((x) => scaled(x, eps).map((xHat, c) => g[c]! * xHat)));
  },

  rmsNormBackward(a, gain, grad, eps) {
    const { a: byRow, gain: byGain } = backward(rows(a), elements(gain), rows(grad), eps);
    return { a: joined(byRow), gain: byGain };
  },
};

function centred(x: Numbers): Numbers {
  const mean = sum(x.length, (c) => x[c]!) / x.length;
  return x.map((xc) => xc - mean);
}

/** `1 / √(mean x² + eps)`, with squares of `x / max |x|`, which neither overflow nor vanish. */
function inverseScale(x: Numbers, eps: number): number {
  const greatest = x.reduce((max, xc) => Math.max(max, Math.abs(xc)), 0) || 1;
  if (greatest === Infinity) return 0;
  const rootMeanSquare = greatest * Math.sqrt(sum(x.length, (c) => (x[c]! / greatest) ** 2) / x.length);
  return 1 / Math.hypot(rootMeanSquare, Math.sqrt(eps));
}

function scaled(x: Numbers, eps: number): Numbers {
  const r = inverseScale(x, eps);
  return x.map((xc) => xc * r);
}

/**
 * The gradients of `gain ⊙ x̂`, where `x̂ = r x` and `r = 1/√(mean x² + eps)`: with `h = grad ⊙ gain`,
 * `dx = r (h − x̂ · mean(h ⊙ x̂))`, and `dgain = Σ grad ⊙ x̂` over the rows.
 */
function backward(x: Numbers[], gain: Numbers, grad: Numbers[], eps: number): { a: Numbers[]; gain: Numbers } {
  const xHat = x.map((row) => scaled(row, eps));
  const a = xHat.map((xHat, n) => {
    const h = grad[n]!.map((g, c) => g * gain[c]!);
    const mean = sum(h.length, (c) => h[c]! * xHat[c]!) / h.length;
    return h.map((h, c) => inverseScale(x[n]!, eps) * (h - xHat[c]! * mean));
  });
  return { a, gain: columnSums(grad.map((g, n) => g.map((g, c) => g * xHat[n]![c]!)), gain.length) };
}

function columnSums(rows: Numbers[], columns: number): Numbers {
  return Float64Array.from({ length: columns }, (_, c) => sum(rows.length, (n) => rows[n]![c]!));
}
