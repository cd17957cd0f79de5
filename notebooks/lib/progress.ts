import { display, type Displayable, escapeHtml, print, show, type Shown } from "./display.ts";
import { kernel } from "./kernel.ts";
import type { Live } from "./live.ts";

export interface ProgressOptions {
  /** What is being done: "training". */
  readonly label?: string;
  /** What to say beside the bar, asked whenever it is drawn. */
  readonly show?: () => string;
  /** A figure to draw anew along with the bar. */
  readonly live?: Live;
  /** The shortest time between two drawings, in milliseconds. */
  readonly every?: number;
}

/**
 * Counts from 0 to `steps − 1`, or goes through a list, and shows a bar on the way.
 *
 * The loop is a plain one: what the Deno kernel is sent while a cell computes reaches the page at once, so that
 * nothing has to be awaited. In a terminal the bar is a line of text.
 *
 * @throws {RangeError} If `steps` is not a whole number from 0 up.
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
export function progress(steps: number, options?: ProgressOptions): Generator<number, void>;
export function progress<T>(items: readonly T[], options?: ProgressOptions): Generator<T, void>;
export function* progress<T>(work: number | readonly T[], options: ProgressOptions = {}): Generator<T | number, void> {
  const total = typeof work === "number" ? work : work.length;
  if (!Number.isInteger(total) || total < 0) {
    throw new RangeError(`Cannot count the steps: their number must be whole, from 0 up: ${total}`);
  }
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

  [display]() {
    const percent = this.total === 0 ? 100 : 100 * this.done / this.total;
    const color = this.done === this.total ? "#009E73" : "#0072B2";
    const track = "width: 240px; height: 10px; border-radius: 5px; background: #E3E3E3; overflow: hidden";
    const html = `<div style="display: flex; align-items: center; gap: 12px; font-variant-numeric: tabular-nums">` +
      `<div style="${track}"><div style="width: ${
        percent.toFixed(1)
      }%; height: 100%; background: ${color}"></div></div>` +
      `<span>${escapeHtml(String(this))}</span></div>`;
    return { "text/html": html, "text/plain": String(this) };
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

/** A time, as exact as it is of interest: `0.4 s`, `12 s`, `3 min 05 s`. */
function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}
