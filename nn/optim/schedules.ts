/** How the learning rate changes in the course of training: `optimizer.lr = schedule(step)`, steps from 0. */

/** The learning rate at a step. */
export type Schedule = (step: number) => number;

/**
 * From 0 up to `peak` in the first `warmup` steps, then down to `floor` along half a cosine until step `total`, and
 * `floor` after it (arXiv 1608.03983).
 *
 * @example
 * ```ts
 * import { optim } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const lr = optim.warmupCosine({ peak: 1, warmup: 10, total: 110 });
 * assert.deepEqual([lr(0), lr(9), lr(60), lr(110)].map((x) => Math.round(100 * x) / 100), [0.1, 1, 0.5, 0]);
 * ```
 */
export function warmupCosine(
  { peak, warmup, total, floor = 0 }: { peak: number; warmup: number; total: number; floor?: number },
): Schedule {
  return (step) => {
    if (step < warmup) return peak * (step + 1) / warmup; // never a step of 0
    const done = step < total ? (step - warmup) / (total - warmup) : 1;
    return floor + (peak - floor) * (1 + Math.cos(Math.PI * done)) / 2;
  };
}

/** From 0 up to `peak` in the first `warmup` steps, then straight down to 0 at step `total`. */
export function warmupLinear({ peak, warmup, total }: { peak: number; warmup: number; total: number }): Schedule {
  return (step) => {
    if (step < warmup) return peak * (step + 1) / warmup;
    return step < total ? peak * (total - step) / (total - warmup) : 0;
  };
}

/** Multiplies an optimizer's learning rate by `factor` whenever a loss has not fallen for `patience` reports in a row. */
export class ReduceOnPlateau {
  #best = Infinity;
  #waited = 0;

  constructor(
    readonly optimizer: { lr: number },
    readonly options: { factor?: number; patience?: number; floor?: number } = {},
  ) {}

  /** Reports a loss; returns the learning rate from now on. */
  report(loss: number): number {
    const { factor = 0.1, patience = 10, floor = 0 } = this.options;
    const better = loss < this.#best; // NaN is not
    this.#waited = better ? 0 : this.#waited + 1;
    if (better) this.#best = loss;
    if (this.#waited > patience) {
      this.optimizer.lr = Math.max(floor, this.optimizer.lr * factor);
      this.#waited = 0;
    }
    return this.optimizer.lr;
  }
}
