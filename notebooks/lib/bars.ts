import { check, checkArguments, number, required } from "../../checks/mod.ts";
import { chart } from "./chart.ts";
import type { Figure } from "./figure.ts";
import { byName, type ChartOptions, chartOptions } from "./given.ts";
import { palette } from "./theme.ts";
import type { Trace } from "./traces.ts";

/**
 * Draws a bar for each number, by name.
 *
 * @param options The y axis is called "value" unless `y` says better.
 * @throws {TypeError} If a bar is no number, or an option is unknown.
 *
 * @example
 * ```ts
 * import { barChart } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const plot = barChart({ words: 6, characters: 29 }, { y: "tokens", title: "One sentence" });
 * assert.equal(String(plot), 'Figure "One sentence": bar');
 * ```
 */
export function barChart(bars: Readonly<Record<string, number>>, options: ChartOptions = {}): Figure {
  const action = "draw a bar chart";
  checkArguments(action, arguments, { bars: required(byName("a number")), options: chartOptions });
  for (const [name, value] of Object.entries(bars)) check(action, `the bar "${name}"`, value, required(number));
  const trace: Trace = { type: "bar", x: Object.keys(bars), y: Object.values(bars), marker: { color: palette[0] } };
  const titles = { ...options, y: options.y ?? "value" };
  return chart([trace], { showlegend: false }, titles, { xaxis: { type: "category" } });
}
