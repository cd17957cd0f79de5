import { checkArguments, flag, optionsOf, real, required, string } from "../../checks/mod.ts";
import { chart } from "./chart.ts";
import type { Figure } from "./figure.ts";
import { type ChartOptions, chartRules, extent, type NumberTable, plainTable, table, texts } from "./given.ts";
import { diverging, layoutTheme, sequential } from "./theme.ts";
import type { Axis, Trace } from "./traces.ts";

/** What a heat map can be told beside its matrix. */
export interface HeatmapOptions extends ChartOptions {
  /** The names of the rows. Default: their numbers. */
  readonly rows?: readonly string[] | undefined;
  /** The names of the columns. Default: their numbers. */
  readonly columns?: readonly string[] | undefined;
  /** Whether the numbers are written into the cells. Default: up to 12 rows and columns. */
  readonly values?: boolean | undefined;
  /** What the strongest colour stands for, so that several heat maps can be compared. Default: the largest number. */
  readonly largest?: number | undefined;
  /** What the colours stand for, with the unit. */
  readonly z?: string | undefined;
}

const heatmapOptions = optionsOf<HeatmapOptions>({
  ...chartRules,
  rows: texts,
  columns: texts,
  values: flag,
  largest: real({ above: 0 }),
  z: string,
});

/**
 * Draws a matrix as colours, its first row on top: negative blue, positive orange; or shades of blue where no number is
 * negative.
 *
 * @param matrix Rows of numbers, all of one length, or a tensor of two axes.
 * @param options The axes are called "column" and "row" unless `x` and `y` say better.
 * @throws {TypeError} If it is no matrix, if there are not as many names as rows or columns, or if an option is unknown.
 *
 * @example
 * ```ts
 * import { heatmap } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const words = ["the", "cat"];
 * const map = heatmap([[1, 0], [0.5, 0.5]], { rows: words, columns: words, x: "key", y: "query", z: "weight" });
 * assert.deepEqual(map.layout.xaxis?.ticktext, words);
 * ```
 */
export function heatmap(matrix: NumberTable, options: HeatmapOptions = {}): Figure {
  const action = "draw a heat map";
  checkArguments(action, arguments, { matrix: required(table), options: heatmapOptions });
  const z = plainTable(matrix);
  const [rows, columns] = [z.length, z[0]?.length ?? 0];
  for (const [what, names, count] of [["rows", options.rows, rows], ["columns", options.columns, columns]] as const) {
    if (names === undefined || names.length === count) continue;
    throw new TypeError(
      `Cannot ${action}, as each of the ${count} ${what} must have a name: there are ${names.length}`,
    );
  }
  const [low, high] = extent(z.flatMap((row) => Array.from(row)));
  const signed = low < 0;
  const largest = options.largest ?? (Math.max(-low, high, 0) || 1);
  const trace: Trace = {
    type: "heatmap",
    z,
    zmin: signed ? -largest : 0,
    zmax: largest,
    colorscale: signed ? diverging : sequential,
    colorbar: { thickness: 14, outlinewidth: 0, ...(options.z !== undefined && { title: { text: options.z } }) },
    ...(Math.max(rows, columns) <= 20 && { xgap: 1, ygap: 1 }),
    hovertemplate: "row %{y}, column %{x}: %{z:.4~g}<extra></extra>",
    ...((options.values ?? Math.max(rows, columns) <= 12) && { texttemplate: "%{z:.3~g}" }),
  };
  const ticks = (names: readonly string[] | undefined): Axis => ({
    ...(names && { tickvals: names.map((_, i) => i), ticktext: names }), // by place: a sentence's words may repeat
    ...(!names && Math.max(rows, columns) <= 20 && { dtick: 1 }),
    showgrid: false,
    zeroline: false,
    constrain: "domain",
  });
  const side = (options.height ?? layoutTheme.height) - 110; // what titles and ticks leave of it
  const width = Math.min(760, Math.max(300, 190 + side * columns / (rows || 1))); // square cells leave no empty sides
  const titles = { ...options, x: options.x ?? "column", y: options.y ?? "row" };
  return chart([trace], { width }, titles, {
    yaxis: { ...ticks(options.rows), autorange: "reversed", scaleanchor: "x" },
    xaxis: ticks(options.columns),
  });
}
