/** Kernels for training only: dropout, and the update of AdamW. */

import { DROPOUT_RANGE, dropoutKeys, dropoutThreshold } from "../dropout.ts";
import type { FusedKernels } from "../fused.ts";
import { contiguous, sizeOf } from "../view.ts";
import type { Gpu } from "./gpu.ts";
import { program, type Thread } from "./program.ts";
import type { GpuStorage } from "./storage.ts";

/**
 * The factor of each element: `factor` where its random number reaches `threshold`, else 0.
 *
 * The random numbers are those of `kernels/dropout.ts`, whose halves, 12 bits each, and whose products below 2²⁴ are
 * exact in float32. Each block of 2²⁴ elements has six keys.
 */
const KEEP = program(
  function (this: Thread, keys: readonly number[], threshold: number, factor: number) {
    let left: number = (this.thread.x >> 12) & 4095;
    let right: number = this.thread.x & 4095;
    for (let round = 0; round < 6; round++) {
      const sum = right * 1229 + keys[(this.thread.x >> 24) * 6 + round]!;
      const x = sum - Math.floor(sum * 0.000244140625) * 4096; // the remainder of 4096
      const next = left + Math.floor(x * x * 0.015625);
      left = right;
      right = next - Math.floor(next * 0.000244140625) * 4096;
    }
    if (left * 4096 + right < threshold) return 0;
    return factor;
  },
  { keys: "Array", threshold: "Float", factor: "Float" },
);

/** The kernels of this file. */
export function trainingKernels(gpu: Gpu): Pick<FusedKernels, "dropout" | "adamW"> {
  return {
    dropout(a, rate, seed) {
      const length = sizeOf(a.shape);
      const blocks = Math.ceil(length / DROPOUT_RANGE);
      const keys = Array.from({ length: blocks }, (_, block) => [...dropoutKeys(seed, block)]).flat();
      const [threshold, factor] = [dropoutThreshold(rate), 1 / (1 - rate)];
      const keep = gpu.launch(KEEP, [length], { keys: gpu.write(keys), threshold, factor });
      return gpu.map("keep > 0 ? a * keep : 0", { a, keep: contiguous(keep, a.shape) });
    },

    adamW(parameter, grad, moments, { lr, beta1, beta2, eps, weightDecay, step }) {
      const flat = (storage: unknown) => contiguous(storage as GpuStorage, grad.shape); // made by this device
      const mean = gpu.map("beta * m + share * g", { g: grad, m: flat(moments.mean) }, {
        beta: beta1,
        share: 1 - beta1,
      });
      const squares = { beta: beta2, share: 1 - beta2 };
      const square = gpu.map("beta * s + share * g * g", { g: grad, s: flat(moments.square) }, squares);
      const updated = gpu.map(
        "p - lr * (m * meanFactor / (Math.sqrt(s * squareFactor) + eps) + weightDecay * p)",
        { p: parameter, m: flat(mean), s: flat(square) },
        { lr, eps, weightDecay, meanFactor: 1 / (1 - beta1 ** step), squareFactor: 1 / (1 - beta2 ** step) },
      );
      return { parameter: updated, moments: { mean, square } };
    },
  };
}
