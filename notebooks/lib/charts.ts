/** The course's charts, each one call; all are made with `figure`. */
import { type Figure, figure } from "./figure.ts";
import { diverging, layoutTheme, palette, sequential } from "./theme.ts";
import type { Axis, Layout, Numbers, Trace } from "./traces.ts";

export interface ChartOptions {
  readonly title?: string;
  /** The x axis's title, and the y axis's: with units. */
  readonly x?: string;
  readonly y?: string;
  /** In pixels. */
  readonly height?: number;
}

export interface LineOptions extends ChartOptions {
  /** A logarithmic y axis. */
  readonly logY?: boolean;
  /** A logarithmic x axis, with a tick where each value stands. */
  readonly logX?: boolean;
  /** Where the values stand along x; 0, 1, 2, … unless given. */
  readonly at?: Numbers;
}

/**
 * A curve for each list of numbers, by name.
 *
 * @example
 * ```ts
 * import { lineChart } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const plot = lineChart({ training: [2, 1.5, 1.2], validation: [2, 1.6, 1.5] }, { x: "epoch", y: "loss (nats)" });
 * assert.equal(plot.traces.length, 2);
 * ```
 */
export function lineChart(lines: Readonly<Record<string, Numbers>>, options: LineOptions = {}): Figure {
  const traces = Object.entries(lines).map(([name, y]): Trace => ({
    type: "scatter",
    mode: y.length === 1 ? "markers" : "lines", // a line needs two points
    name,
    x: options.at ?? Array.from(y, (_, i) => i),
    y,
  }));
  return chart(traces, { hovermode: "x unified", showlegend: traces.length > 1 }, options, {
    ...(options.logY && { type: "log", dtick: logarithmicTicks(Object.values(lines)) }),
  }, {
    ...(options.logX && { type: "log" }),
    ...(options.logX && options.at && { tickvals: options.at, ticktext: Array.from(options.at, String) }),
  });
}

/** Ticks at 1, 2, 5, 10, 20, …; over more than four powers of ten at these alone, and at so few that they can be read. */
function logarithmicTicks(lines: readonly Numbers[]): number | "D2" {
  const exponents = lines.flatMap((y) => Array.from(y)).filter((x) => x > 0 && x < Infinity).map(Math.log10);
  const [low, high] = exponents.reduce(([a, b], x) => [Math.min(a, x), Math.max(b, x)], [Infinity, -Infinity]);
  return high - low > 4 ? Math.ceil((high - low) / 8) : "D2";
}

/**
 * The graphs of functions of one number, by name, from `from` to `to`.
 *
 * @example
 * ```ts
 * import { functionPlot } from "nabla/notebooks/lib/mod.ts";
 *
 * functionPlot({ tanh: Math.tanh, "its derivative": (x) => 1 - Math.tanh(x) ** 2 }, { from: -3, to: 3 });
 * ```
 */
export function functionPlot(
  functions: Readonly<Record<string, (x: number) => number>>,
  options: ChartOptions & { readonly from: number; readonly to: number },
): Figure {
  const { from, to } = options;
  const at = spaced(from, to, 201);
  const lines = Object.entries(functions).map(([name, f]) => [name, at.map(f)] as const);
  return lineChart(Object.fromEntries(lines), { x: "x", ...options, at });
}

/** A point of the plane. */
export type Point = readonly [x: number, y: number];

/**
 * Points in the plane, coloured by class where `labels` are given.
 *
 * @throws {TypeError} If there are not as many labels as points.
 */
export function scatterPlot(
  points: readonly Point[],
  options: ChartOptions & { readonly labels?: readonly (number | string)[] } = {},
): Figure {
  const { labels } = options;
  return chart(pointTraces(points, labels ?? points.map(() => "")), { showlegend: labels !== undefined }, options);
}

/** Bars, by name. */
export function barChart(bars: Readonly<Record<string, number>>, options: ChartOptions = {}): Figure {
  const trace: Trace = { type: "bar", x: Object.keys(bars), y: Object.values(bars), marker: { color: palette[0] } };
  return chart([trace], { showlegend: false }, options, {}, { type: "category" });
}

export interface HeatmapOptions extends ChartOptions {
  /** The names of the rows, and of the columns. */
  readonly rows?: readonly string[];
  readonly columns?: readonly string[];
  /** Whether the numbers are written into the cells; they are, up to 12 rows and columns. */
  readonly values?: boolean;
  /** What the darkest colour stands for, so that several heat maps can be compared: the largest number if not given. */
  readonly largest?: number;
}

/**
 * A matrix as colours, its first row on top: negative blue, positive orange; or white to blue where none is negative.
 *
 * @example
 * ```ts
 * import { heatmap } from "nabla/notebooks/lib/mod.ts";
 *
 * heatmap([[1, 0], [0.5, 0.5]], { rows: ["the", "cat"], columns: ["the", "cat"], title: "Attention" });
 * ```
 */
export function heatmap(matrix: readonly Numbers[], options: HeatmapOptions = {}): Figure {
  const [rows, columns] = [matrix.length, matrix[0]?.length ?? 0];
  const numbers = matrix.flatMap((row) => Array.from(row)).filter(Number.isFinite);
  const largest = options.largest ?? (numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 0) || 1);
  const signed = numbers.some((x) => x < 0);
  const trace: Trace = {
    type: "heatmap",
    z: matrix,
    zmin: signed ? -largest : 0,
    zmax: largest,
    colorscale: signed ? diverging : sequential,
    colorbar: { thickness: 14, outlinewidth: 0 },
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
  const square: Axis = { autorange: "reversed", scaleanchor: "x" };
  const side = (options.height ?? layoutTheme.height) - 110; // what titles and ticks leave of it
  const width = Math.min(760, Math.max(300, 190 + side * columns / (rows || 1))); // square cells leave no empty sides
  return chart([trace], { width }, options, { ...ticks(options.rows), ...square }, ticks(options.columns));
}

/**
 * What a classifier says all over the plane, and the points that it is trained on.
 *
 * @param classify A score for the point (x, y): above `level` it tells the larger label, below the smaller one.
 * @param labels Two kinds of numbers, such as −1 and 1.
 * @throws {TypeError} If there are not as many labels as points, or no points.
 *
 * @example
 * ```ts
 * import { decisionBoundary } from "nabla/notebooks/lib/mod.ts";
 *
 * decisionBoundary((x, y) => y - x * x, [[0, 1], [1, 0]], [1, -1], { title: "A parabola" });
 * ```
 */
export function decisionBoundary(
  classify: (x: number, y: number) => number,
  points: readonly Point[],
  labels: readonly number[],
  options: ChartOptions & { readonly resolution?: number; readonly level?: number } = {},
): Figure {
  if (points.length === 0) throw new TypeError("Cannot draw a decision boundary around no points");
  const { resolution = 60, level = 0 } = options;
  const [x, y] = [
    around(points.map((point) => point[0]), resolution),
    around(points.map((point) => point[1]), resolution),
  ];
  const z = y.map((v) => x.map((u) => classify(u, v) - level)); // [y, x]
  const largest = z.flat().reduce((most, score) => Number.isFinite(score) ? Math.max(most, Math.abs(score)) : most, 0);
  const scores: Trace = {
    type: "heatmap",
    x,
    y,
    z,
    zmin: -(largest || 1),
    zmax: largest || 1,
    zsmooth: "best",
    colorscale: diverging,
    colorbar: { thickness: 14, outlinewidth: 0, title: { text: "score" } },
    hovertemplate: "(%{x:.2f}, %{y:.2f}): %{z:.3f}<extra></extra>",
  };
  const boundary: Trace = {
    type: "contour",
    name: "boundary",
    x,
    y,
    z,
    contours: { start: 0, end: 0, size: 1, coloring: "none" },
    line: { color: "#222222", width: 2 },
    showlegend: true,
    hoverinfo: "skip",
  };
  return chart([scores, boundary, ...pointTraces(points, labels)], {}, { height: 440, ...options }, {
    scaleanchor: "x",
    constrain: "domain",
  }, { constrain: "domain" });
}

/**
 * Several figures in one place, with a slider that goes through them.
 *
 * @param figures By what the slider calls them; axes and title are the first one's.
 */
export function slideshow(figures: Readonly<Record<string, Figure>>, prefix = ""): Figure {
  const all = Object.entries(figures);
  const traces = all.flatMap(([, figure], i) => figure.traces.map((trace) => ({ ...trace, visible: i === 0 })));
  const steps = all.map(([label], chosen) => {
    const visible = all.flatMap(([, figure], i) => figure.traces.map(() => i === chosen));
    return { label, method: "update" as const, args: [{ visible }] };
  });
  const [first] = all;
  const height = (first?.[1].height ?? 0) + 90; // the slider's
  return figure(traces, {
    ...first?.[1].layout,
    height,
    sliders: [{ active: 0, currentvalue: { prefix }, pad: { t: 60 }, steps }],
  });
}

/** One trace of markers a label, in the labels' order. */
function pointTraces(points: readonly Point[], labels: readonly (number | string)[]): Trace[] {
  if (labels.length !== points.length) {
    throw new TypeError(`Cannot colour ${points.length} points by ${labels.length} labels: each point needs one`);
  }
  const kinds = [...new Set(labels)].sort((a, b) => a < b ? -1 : 1);
  return kinds.map((kind, i): Trace => {
    const chosen = points.filter((_, j) => labels[j] === kind);
    return {
      type: "scatter",
      mode: "markers",
      name: String(kind).replace("-", "−"),
      x: chosen.map(([x]) => x),
      y: chosen.map(([, y]) => y),
      marker: {
        color: palette[i % palette.length] ?? palette[0],
        symbol: ["circle", "diamond", "square", "cross"][i % 4] ?? "circle", // colour is not the only sign
        size: 8,
        line: { color: "#FFFFFF", width: 1 },
      },
    };
  });
}

/** A figure with the titles of its options. */
function chart(
  traces: readonly Trace[],
  layout: Layout,
  options: ChartOptions,
  yaxis: Axis = {},
  xaxis: Axis = {},
): Figure {
  return figure(traces, {
    ...layout,
    ...(options.title !== undefined && { title: { text: options.title } }),
    ...(options.height !== undefined && { height: options.height }),
    xaxis: { ...xaxis, ...(options.x !== undefined && { title: { text: options.x } }) },
    yaxis: { ...yaxis, ...(options.y !== undefined && { title: { text: options.y } }) },
  });
}

/** `n` numbers from `from` to `to`, equally spaced, both ends included. */
function spaced(from: number, to: number, n: number): number[] {
  return Array.from({ length: n }, (_, i) => from + (to - from) * i / (n - 1));
}

/** `n` numbers that span the values and a margin of a seventh. */
function around(values: readonly number[], n: number): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low || 1) / 7;
  return spaced(low - margin, high + margin, n);
}
