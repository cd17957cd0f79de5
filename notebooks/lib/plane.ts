/** Points in the plane, and what a classifier says of all the others. */
import {
  callable,
  check,
  checkArguments,
  number,
  optionsOf,
  real,
  required,
  type Rule,
  that,
  whole,
} from "../../checks/mod.ts";
import { Tensor } from "../../autograd/tensor.ts";
import { chart, spaced } from "./chart.ts";
import type { Figure } from "./figure.ts";
import { type ChartOptions, chartRules, extent, type NumberList, plainNumbers, plainTable } from "./given.ts";
import { diverging, palette } from "./theme.ts";
import type { Trace } from "./traces.ts";

/** A point of the plane. */
export type Point = readonly [x: number, y: number];

/** Points of the plane, or a tensor of shape [N, 2]. */
export type Points = readonly Point[] | Tensor;

/** A label for each point: numbers or texts. */
export type Labels = readonly (number | string)[] | NumberList;

const pointsRule: Rule<Points> = that(
  "a list of points [x, y], or a Tensor [N, 2]",
  (value) =>
    value instanceof Tensor ? value.rank === 2 && value.shape[1] === 2 : Array.isArray(value) && value.every(isPoint),
);

const labelsRule: Rule<Labels> = that(
  "a list of numbers or strings, one for each point, or a Tensor [N]",
  (value) =>
    value instanceof Tensor
      ? value.rank === 1
      : (Array.isArray(value) || ArrayBuffer.isView(value) && "length" in value) &&
        Array.from(value as ArrayLike<unknown>).every((label) =>
          typeof label === "number" || typeof label === "string"
        ), // a list, as was just seen
);

function isPoint(value: unknown): boolean {
  return (Array.isArray(value) || ArrayBuffer.isView(value)) && Reflect.get(value, "length") === 2 &&
    typeof Reflect.get(value, 0) === "number" && typeof Reflect.get(value, 1) === "number";
}

/** What a scatter plot can be told beside its points. */
export interface ScatterOptions extends ChartOptions {
  /** The class of each point, which its colour and shape show. */
  readonly labels?: Labels | undefined;
}

const scatterOptions = optionsOf<ScatterOptions>({ ...chartRules, labels: labelsRule });

/**
 * Draws points in the plane, coloured by class where `labels` are given.
 *
 * @param options The axes are called "x₁" and "x₂" unless `x` and `y` say better.
 * @throws {TypeError} If there are not as many labels as points, or an option is unknown.
 *
 * @example
 * ```ts
 * import { scatterPlot } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const plot = scatterPlot([[0, 1], [1, 0], [1, 1]], { labels: ["cat", "dog", "cat"] });
 * assert.equal(plot.traces.length, 2); // one a class
 * ```
 */
export function scatterPlot(points: Points, options: ScatterOptions = {}): Figure {
  const action = "draw points";
  checkArguments(action, arguments, { points: required(pointsRule), options: scatterOptions });
  const given = pointsOf(points);
  const traces = pointTraces(action, given, options.labels ?? given.map(() => ""));
  return chart(traces, { showlegend: options.labels !== undefined }, withAxes(options));
}

/** What a picture of a decision boundary can be told beside its points. */
export interface BoundaryOptions extends ChartOptions {
  /** How many scores are asked for along each axis. Default: 60. */
  readonly resolution?: number | undefined;
  /** The score at which the classifier changes its mind. Default: 0. */
  readonly level?: number | undefined;
}

const boundaryOptions = optionsOf<BoundaryOptions>({
  ...chartRules,
  resolution: whole({ min: 2, max: 1000 }),
  level: real(),
});

/**
 * Draws what a classifier says all over the plane, and the points that it is trained on.
 *
 * @param classify Gives a score for the point (x, y): above `level` it tells the larger label, below the smaller one.
 * @param points The points, or a tensor [N, 2].
 * @param labels Two kinds of numbers, such as −1 and 1: a list, or a tensor [N].
 * @param options The axes are called "x₁" and "x₂" unless `x` and `y` say better.
 * @throws {TypeError} If there are no points, not as many labels as points, or if `classify` gives anything but a number.
 *
 * @example
 * ```ts
 * import { decisionBoundary } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const plot = decisionBoundary((x, y) => y - x * x, [[0, 1], [1, 0]], [1, -1], { title: "A parabola" });
 * assert.equal(String(plot), 'Figure "A parabola": score, boundary, −1, 1');
 * ```
 */
export function decisionBoundary(
  classify: (x: number, y: number) => number,
  points: Points,
  labels: NumberList,
  options: BoundaryOptions = {},
): Figure {
  const action = "draw a decision boundary";
  checkArguments(action, arguments, {
    classify: required(callable),
    points: required(pointsRule),
    labels: required(labelsRule),
    options: boundaryOptions,
  });
  const given = pointsOf(points);
  if (given.length === 0) throw new TypeError(`Cannot ${action} around no points`);
  const { resolution = 60, level = 0, height = 440 } = options;
  const [x, y] = [
    around(given.map((point) => point[0]), resolution),
    around(given.map((point) => point[1]), resolution),
  ];
  const z = y.map((v) =>
    x.map((u) => {
      const score = classify(u, v);
      check(action, "what the classifier gives", score, required(number));
      return score - level;
    })
  ); // [y, x]
  const [low, high] = extent(z.flat());
  const largest = Math.max(-low, high, 0) || 1;
  const scores: Trace = {
    type: "heatmap",
    name: "score",
    x,
    y,
    z,
    zmin: -largest,
    zmax: largest,
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
    line: { color: "ink", width: 2 },
    showlegend: true,
    hoverinfo: "skip",
  };
  return chart([scores, boundary, ...pointTraces(action, given, labels)], {}, { ...withAxes(options), height }, {
    yaxis: { scaleanchor: "x", constrain: "domain" },
    xaxis: { constrain: "domain" },
  });
}

function withAxes(options: ChartOptions): ChartOptions {
  return { ...options, x: options.x ?? "x₁", y: options.y ?? "x₂" };
}

function pointsOf(points: Points): readonly Point[] {
  return points instanceof Tensor ? plainTable(points).map(([x, y]) => [x!, y!] as const) : points; // [N, 2], as the rule says
}

/** One trace of markers a label, in the labels' order. */
function pointTraces(action: string, points: readonly Point[], given: Labels): Trace[] {
  const labels = given instanceof Tensor ? Array.from(plainNumbers(given)) : Array.from<number | string>(given);
  if (labels.length !== points.length) {
    const counts = `${points.length} points, ${labels.length} labels`;
    throw new TypeError(`Cannot ${action}, as each point must have a label: ${counts}`);
  }
  const byLabel = new Map<number | string, Point[]>();
  points.forEach((point, i) => {
    const label = labels[i]!; // as many as points
    const group = byLabel.get(label);
    if (group) group.push(point);
    else byLabel.set(label, [point]);
  });
  return [...byLabel].sort(([a], [b]) => a < b ? -1 : 1).map(([label, chosen], i): Trace => ({
    type: "scatter",
    mode: "markers",
    name: String(label).replace("-", "−"),
    x: chosen.map(([x]) => x),
    y: chosen.map(([, y]) => y),
    marker: {
      color: palette[i % palette.length] ?? palette[0],
      symbol: ["circle", "diamond", "square", "cross"][i % 4] ?? "circle", // colour is not the only sign
      size: 8,
      line: { color: "paper", width: 1 },
    },
  }));
}

/** `n` numbers that span the values and a margin of a seventh. */
function around(values: readonly number[], n: number): number[] {
  const [low, high] = extent(values);
  if (low > high) throw new RangeError("Cannot draw a decision boundary around points of which none is finite");
  const margin = (high - low || 1) / 7;
  return spaced(low - margin, high + margin, n);
}
