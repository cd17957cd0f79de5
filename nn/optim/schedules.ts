/** Learning rate schedules: `optimizer.lr = schedule(step)`, with steps from 0. */

import { check, checkArguments, number, optionsOf, real, required, that, whole } from "../../checks/mod.ts";

/** The learning rate at a step. */
export type Schedule = (step: number) => number;

/** The options of a schedule with a warm-up. */
export interface WarmupOptions {
  /** The highest learning rate. */
  peak: number;
  /** The number of steps in which the rate rises. */
  warmup: number;
  /** The step at which the rate reaches its final value. */
  total: number;
}

/** The options of `warmupCosine`. */
export interface WarmupCosineOptions extends WarmupOptions {
  /** The final learning rate, at most `peak`. Default: 0. */
  floor?: number;
}

const rateRule = real({ min: 0 });
const warmupRules = {
  peak: required(rateRule),
  warmup: required(whole({ min: 0 })),
  total: required(whole({ min: 0 })),
};
const cosine = { options: required(optionsOf<WarmupCosineOptions>({ ...warmupRules, floor: rateRule })) };
const linear = { options: required(optionsOf<WarmupOptions>(warmupRules)) };
const stepRule = required(real({ min: 0 }));

/**
 * From 0 up to `peak` in the first `warmup` steps, then down to `floor` along half a cosine until step `total`, and
 * `floor` after it (arXiv 1608.03983).
 *
 * Step s of the warm-up has the rate `peak · (s + 1) / warmup`, so that no step has a rate of 0. Hugging Face's
 * `get_cosine_schedule_with_warmup` has `peak · s / warmup`: in the warm-up, its step `s + 1` is our step `s`; after
 * it, both have the same rates.
 *
 * @throws {RangeError} If an option is out of range, or `floor` is above `peak`.
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
export function warmupCosine(options: WarmupCosineOptions): Schedule {
  checkArguments("make a schedule", arguments, cosine);
  const { peak, warmup, total, floor = 0 } = options;
  if (floor > peak) {
    throw new RangeError(`Cannot make a schedule, as its floor must be at most its peak, ${peak}: ${floor}`);
  }
  return schedule((step) => {
    if (step < warmup) return peak * (step + 1) / warmup;
    const done = step < total ? (step - warmup) / (total - warmup) : 1;
    return floor + (peak - floor) * (1 + Math.cos(Math.PI * done)) / 2;
  });
}

/**
 * From 0 up to `peak` in the first `warmup` steps, then linearly down to 0 at step `total`, and 0 after it.
 *
 * Step s of the warm-up has the rate `peak · (s + 1) / warmup`; Hugging Face's `get_linear_schedule_with_warmup` has
 * `peak · s / warmup`. After the warm-up, both have the same rates.
 *
 * @throws {RangeError} If an option is out of range.
 *
 * @example
 * ```ts
 * import { optim } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const lr = optim.warmupLinear({ peak: 1, warmup: 2, total: 6 });
 * assert.deepEqual([0, 1, 2, 3, 4, 5, 6].map(lr), [0.5, 1, 1, 0.75, 0.5, 0.25, 0]);
 * ```
 */
export function warmupLinear(options: WarmupOptions): Schedule {
  checkArguments("make a schedule", arguments, linear);
  const { peak, warmup, total } = options;
  return schedule((step) => {
    if (step < warmup) return peak * (step + 1) / warmup;
    return step < total ? peak * (total - step) / (total - warmup) : 0;
  });
}

/** A schedule that checks its step. */
function schedule(rateAt: Schedule): Schedule {
  return (step) => {
    check("look up a learning rate", "the step", step, stepRule);
    return rateAt(step);
  };
}

/** An object with a learning rate, such as an optimizer. */
export interface Rated {
  /** The learning rate. */
  lr: number;
}

/** The options of `ReduceOnPlateau`. */
export interface ReduceOnPlateauOptions {
  /** The factor that multiplies the rate, less than 1. Default: 0.1. */
  factor?: number;
  /** The number of consecutive reports without a new lowest loss after which the rate falls. Default: 10. */
  patience?: number;
  /** The lowest rate to fall to; a rate that is already lower does not change. Default: 0. */
  floor?: number;
}

/** The state of a `ReduceOnPlateau`. */
export interface PlateauState {
  /** The lowest loss so far; `null` before the first. */
  readonly best: number | null;
  /** The number of reports since then, or since the rate last fell. */
  readonly waited: number;
}

const plateau = {
  optimizer: required(that<Rated>("an optimizer", (value) => {
    return typeof value === "object" && value !== null && "lr" in value && typeof value.lr === "number";
  })),
  options: optionsOf<ReduceOnPlateauOptions>({
    factor: real({ above: 0, below: 1 }),
    patience: whole({ min: 1 }),
    floor: rateRule,
  }),
};
const reporting = { loss: required(number) };

/**
 * Multiplies an optimizer's learning rate by `factor` after `patience` consecutive reports without a new lowest loss.
 *
 * PyTorch's ReduceLROnPlateau waits for one more report: its `patience` counts the reports that it tolerates.
 *
 * @example
 * ```ts
 * import { optim } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const plateau = new optim.ReduceOnPlateau({ lr: 1 }, { factor: 0.5, patience: 2 });
 * assert.deepEqual([3, 2, 2, 2.5, 1].map((loss) => plateau.report(loss)), [1, 1, 1, 0.5, 0.5]);
 * ```
 */
export class ReduceOnPlateau {
  /** The object with the rate. */
  readonly optimizer: Rated;
  /** The given options. */
  readonly options: Readonly<ReduceOnPlateauOptions>;
  #best = Infinity;
  #waited = 0;

  /**
   * Makes a schedule for an optimizer.
   *
   * @throws {RangeError} If an option is out of range.
   */
  constructor(optimizer: Rated, options: ReduceOnPlateauOptions = {}) {
    checkArguments("make a ReduceOnPlateau", arguments, plateau);
    this.optimizer = optimizer;
    this.options = { ...options };
  }

  /** Reports a loss; returns the learning rate from now on. A loss of NaN is not a new lowest one. */
  report(loss: number): number {
    checkArguments("report a loss", arguments, reporting);
    const { factor = 0.1, patience = 10, floor = 0 } = this.options;
    const lowest = Math.max(loss, -Number.MAX_VALUE); // JSON keeps no infinity
    const better = lowest < this.#best; // NaN is not
    this.#waited = better ? 0 : this.#waited + 1;
    if (better) this.#best = lowest;
    if (this.#waited >= patience) {
      const { lr } = this.optimizer;
      if (lr > floor) this.optimizer.lr = Math.max(floor, lr * factor);
      this.#waited = 0;
    }
    return this.optimizer.lr;
  }

  /**
   * The state, which `saveTraining` saves.
   *
   * @throws {TypeError} If it is set to anything but such a state; nothing changes then.
   */
  get state(): PlateauState {
    return { best: this.#best === Infinity ? null : this.#best, waited: this.#waited };
  }

  set state(state: PlateauState) {
    check("set the state of a ReduceOnPlateau", "it", state, stateRule);
    this.#best = state.best ?? Infinity;
    this.#waited = state.waited;
  }
}

const stateRule = required(that<PlateauState>("a state, { best, waited }", (value) => {
  if (typeof value !== "object" || value === null || !("best" in value) || !("waited" in value)) return false;
  const { best, waited } = value;
  return (best === null || Number.isFinite(best)) && Number.isSafeInteger(waited) && Number(waited) >= 0;
}));
