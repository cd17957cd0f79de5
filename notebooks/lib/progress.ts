import { callable, checkArguments, optionsOf, required, type Rule, string, that } from "../../checks/mod.ts";
import { html } from "../../autograd/html.ts";
import { type Bundle, display, type Displayable, print, show, type Shown } from "./display.ts";
import { kernel } from "./kernel.ts";
import type { Live } from "./live.ts";

/** What a progress bar can be told. */
export interface ProgressOptions {
  /** What is being done: "training". */
  readonly label?: string | undefined;
  /** Gives what to say beside the bar, whenever it is drawn. */
  readonly show?: (() => string) | undefined;
  /** A figure to draw anew along with the bar, from `live`. */
  readonly live?: Pick<Live, "update"> | undefined;
  /** The shortest time between two drawings, in milliseconds. Default: 200. */
  readonly every?: number | undefined;
}

const progressOptions = optionsOf<ProgressOptions>({
  label: string,
  show: callable,
  live: that(
    "a live figure, or another object with a method update",
    (value) => typeof value === "object" && value !== null && typeof Reflect.get(value, "update") === "function",
  ),
  every: that("a number of milliseconds, at least 0", (value) => typeof value === "number" && value >= 0),
});

const isList = (value: unknown) => Array.isArray(value) || ArrayBuffer.isView(value) && "length" in value;
const workRule: Rule<number | readonly unknown[]> = {
  wanted: "a list, or a whole number of steps, at least 0",
  isKind: (value) => typeof value === "number" || isList(value),
  isInRange: (value) => typeof value !== "number" || (Number.isSafeInteger(value) && value >= 0),
};

/**
 * Counts from 0 to `steps − 1`, or goes through a list, and shows a progress bar on the way: put it into a `for` loop.
 *
 * Nothing has to be awaited: the page draws the bar while the cell computes. In a terminal it is a line of text.
 *
 * @param work How many steps there are, or the items to go through.
 * @param options `label` says what is being done, `show` what to say beside the bar, and `live` is a figure that is
 * drawn anew along with the bar.
 * @throws {TypeError} If `work` is neither a number nor a list, or if an option is unknown.
 * @throws {RangeError} If it is no whole number, or negative.
 *
 * @example
 * ```ts
 * import { progress } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * let sum = 0;
 * for (const step of progress(4, { label: "adding", show: () => `sum ${sum}` })) sum += step;
 * assert.equal(sum, 0 + 1 + 2 + 3);
 * ```
 */
export function progress(work: number, options?: ProgressOptions): Generator<number, void>;
export function progress<T>(work: readonly T[], options?: ProgressOptions): Generator<T, void>;
export function progress<T>(work: number | readonly T[], options: ProgressOptions = {}): Generator<T | number, void> {
  checkArguments("show progress", arguments, { work: required(workRule), options: progressOptions });
  return counted(work, options);
}

/** The loop itself: a generator would look at its arguments only when it is first asked for a step. */
function* counted<T>(work: number | readonly T[], options: ProgressOptions): Generator<T | number, void> {
  const total = typeof work === "number" ? work : work.length;
  const { every = 200 } = options;
  const bar = new Bar(total, options);
  let drawn = performance.now();
  try {
    for (const item of typeof work === "number" ? Array(total).keys() : work) {
      yield item;
      bar.done += 1;
      if (performance.now() - drawn >= every && bar.done < total) {
        bar.draw();
        drawn = performance.now();
      }
    }
  } finally { // also when the loop is left early: the bar then stays where it was
    bar.draw(true);
  }
}

/** The bar on show. */
class Bar implements Displayable {
  done = 0;
  private readonly start = performance.now();
  private readonly shown: Shown | undefined;

  constructor(private readonly total: number, private readonly options: ProgressOptions) {
    if (kernel()) this.shown = show(this);
  }

  draw(last = false): void {
    this.options.live?.update();
    if (this.shown) this.shown.update(this);
    else if (last || Deno.stdout.isTerminal()) {
      const line = Deno.stdout.isTerminal() ? `\r${this}\x1b[K` : `${this}`; // back to its start, and clear the rest
      print(last ? `${line}\n` : line);
    }
  }

  [display](): Bundle {
    const percent = this.total === 0 ? 100 : 100 * this.done / this.total;
    const color = this.done === this.total ? "#009E73" : "#0072B2";
    const frame = "display: flex; align-items: center; gap: 12px; font-variant-numeric: tabular-nums";
    const track =
      "width: 240px; height: 10px; border-radius: 5px; background: rgba(128, 128, 128, 0.3); overflow: hidden";
    const bar = html`<div style="width: ${percent.toFixed(1)}%; height: 100%; background: ${color}"></div>`;
    const page = html`<div style="${frame}"><div style="${track}">${bar}</div><span>${String(this)}</span></div>`;
    return { "text/html": String(page), "text/plain": String(this) };
  }

  toString(): string {
    const { label, show } = this.options;
    return progressLine(this.done, this.total, (performance.now() - this.start) / 1000, label, show?.());
  }
}

/** `training: 25 of 100, 3 s, 9 s left; loss 0.31`. */
export function progressLine(done: number, total: number, seconds: number, label = "", message = ""): string {
  const left = done > 0 && done < total ? `, ${duration(seconds / done * (total - done))} left` : "";
  return `${label && `${label}: `}${done} of ${total}, ${duration(seconds)}${left}${message && `; ${message}`}`;
}

/** A time, rounded for reading: `0.4 s`, `12 s`, `3 min 05 s`. */
function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}
