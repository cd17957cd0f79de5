import { callable, check, checkArguments, flag, optionsOf, real, required } from "../../checks/mod.ts";
import { chart, spaced } from "./chart.ts";
import type { Figure } from "./figure.ts";
import { byName, type ChartOptions, chartRules, extent, type NumberList, numbers, plainNumbers } from "./given.ts";
import type { Numbers, Trace } from "./traces.ts";

/** What a line chart can be told beside its lines. */
export interface LineOptions extends ChartOptions {
  /** A logarithmic y axis. Default: false. */
  readonly logY?: boolean | undefined;
  /** A logarithmic x axis, with a tick at each place of `at`. Default: false. */
  readonly logX?: boolean | undefined;
  /** Where the values stand along x. Default: 0, 1, 2, … */
  readonly at?: NumberList | undefined;
  /** The colours of lines, by name: so that a line has the same one in several charts. */
  readonly colors?: Readonly<Record<string, string>> | undefined;
}

const lineOptions = optionsOf<LineOptions>({
  ...chartRules,
  logY: flag,
  logX: flag,
  at: numbers,
  colors: byName("a colour"),
});

/**
 * Draws a line for each list of numbers, by name.
 *
 * @param lines Lists of numbers: arrays, typed arrays, or tensors of one axis. A number that is not finite is a gap.
 * @param options The axes are called "place in the list" and "value", or as the only line, unless `x` and `y` say better.
 * @throws {TypeError} If a line is no list of numbers, if it has more values than `at` has places, or if an option is
 * unknown.
 *
 * @example
 * ```ts
 * import { Tensor } from "nabla";
 * import { lineChart } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const losses = { training: [2, 1.5, 1.2], validation: Tensor.from([2, 1.6, 1.5]) };
 * const plot = lineChart(losses, { x: "epoch", y: "loss (nats)" });
 * assert.equal(plot.traces.length, 2);
 * ```
 */
export function lineChart(lines: Readonly<Record<string, NumberList>>, options: LineOptions = {}): Figure {
  const action = "draw a line chart";
  checkArguments(action, arguments, { lines: required(byName("a list of numbers")), options: lineOptions });
  const { logX = false, logY = false, colors = {} } = options;
  const at = options.at && plainNumbers(options.at);
  const drawn = Object.entries(lines).map(([name, line]) => {
    check(action, `the line "${name}"`, line, required(numbers));
    const y = plainNumbers(line);
    if (at && y.length > at.length) {
      const counts = `${y.length} values, ${at.length} places`;
      throw new TypeError(
        `Cannot ${action}, as "at" must have a place for each value of the line "${name}": ${counts}`,
      );
    }
    return [name, y] as const;
  });
  const traces = drawn.map(([name, y]): Trace => ({
    type: "scatter",
    mode: y.length === 1 ? "markers" : "lines", // a line needs two points
    name,
    x: at ?? Array.from(y, (_, i) => i),
    y,
    ...(colors[name] !== undefined && { line: { color: colors[name] } }),
  }));
  const [[onlyName] = [undefined]] = drawn.length === 1 ? drawn : [];
  const titles = { ...options, x: options.x ?? "place in the list", y: options.y ?? (onlyName || "value") };
  return chart(traces, { hovermode: "x unified", showlegend: traces.length > 1 }, titles, {
    yaxis: logY ? { type: "log", dtick: logarithmicTicks(drawn.map(([, y]) => y)) } : {},
    xaxis: logX ? { type: "log", ...(at && { tickvals: at, ticktext: Array.from(at, String) }) } : {},
  });
}

/** Ticks at 1, 2, 5, 10, 20, …; over more than four powers of ten at these alone, and at so few that they can be read. */
function logarithmicTicks(lines: readonly Numbers[]): number | "D2" {
  const exponents = lines.flatMap((y) => Array.from(y)).filter((x) => x > 0).map(Math.log10);
  const [low, high] = extent(exponents);
  return high - low > 4 ? Math.ceil((high - low) / 8) : "D2";
}

/** What a plot of functions must be told. */
export interface FunctionOptions extends ChartOptions {
  /** Where the graphs begin, and where they end. */
  readonly from: number;
  readonly to: number;
}

const functionOptions = optionsOf<FunctionOptions>({ ...chartRules, from: required(real()), to: required(real()) });

/**
 * Draws the graphs of functions of one number, by name, from `from` to `to`.
 *
 * @throws {TypeError} If a function gives anything but a number.
 *
 * @example
 * ```ts
 * import { functionPlot } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const functions = { tanh: Math.tanh, "its derivative": (x: number) => 1 - Math.tanh(x) ** 2 };
 * const plot = functionPlot(functions, { from: -3, to: 3 });
 * assert.equal(plot.layout.xaxis?.title?.text, "x");
 * ```
 */
export function functionPlot(
  functions: Readonly<Record<string, (x: number) => number>>,
  options: FunctionOptions,
): Figure {
  const action = "draw functions";
  checkArguments(action, arguments, { functions: required(byName("a function")), options: functionOptions });
  const { from, to, ...titles } = options;
  const at = spaced(from, to, 201);
  const lines = Object.entries(functions).map(([name, f]) => {
    check(action, `"${name}"`, f, required(callable));
    const values = at.map((x) => f(x));
    check(action, `what "${name}" gives`, values, numbers);
    return [name, values] as const;
  });
  return lineChart(Object.fromEntries(lines), { x: "x", ...titles, at });
}
