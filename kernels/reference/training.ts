/** What only training needs: dropout, and the update of AdamW. */

import { DROPOUT_RANGE, dropoutKeys, dropoutRandom, dropoutThreshold } from "../dropout.ts";
import type { FusedKernels } from "../fused.ts";
import { elements, numbers } from "./elements.ts";

/** Dropout and AdamW of the `reference` device. */
export const trainingKernels: Pick<FusedKernels, "dropout" | "adamW"> = {
  dropout(a, rate, seed) {
    const threshold = dropoutThreshold(rate);
    let keys = new Int32Array();
    return elements(a).map((x, i) => {
      if (i % DROPOUT_RANGE === 0) keys = dropoutKeys(seed, i / DROPOUT_RANGE);
      return dropoutRandom(i % DROPOUT_RANGE, keys) < threshold ? 0 : x / (1 - rate);
    });
  },

  adamW(parameter, grad, moments, { lr, beta1, beta2, eps, weightDecay, step }) {
    const g = elements(grad);
    const mean = numbers(moments.mean).map((m, i) => beta1 * m + (1 - beta1) * g[i]!);
    const square = numbers(moments.square).map((s, i) => beta2 * s + (1 - beta2) * g[i]! ** 2);
    const updated = elements(parameter).map((p, i) => {
      const meanHat = mean[i]! / (1 - beta1 ** step);
      const squareHat = square[i]! / (1 - beta2 ** step);
      return p - lr * (meanHat / (Math.sqrt(squareHat) + eps) + weightDecay * p);
    });
    return { parameter: updated, moments: { mean, square } };
  },
};
