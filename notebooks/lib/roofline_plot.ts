import { checkArguments, optionsOf, real, required, type Rule, that } from "../../checks/mod.ts";
import { type Figure, figure } from "./figure.ts";
import { extent } from "./given.ts";
import { palette } from "./theme.ts";
import type { Trace } from "./traces.ts";

/** A kernel as it was measured. */
export interface MeasuredKernel {
  readonly name: string;
  /** Operations per byte that it moves. */
  readonly intensity: number;
  /** Billions of operations per second. */
  readonly gflops: number;
}

/** What a machine can do at best. */
export interface Roof {
  /** GFLOP/s */
  readonly peak: number;
  /** GB/s */
  readonly bandwidth: number;
}

/** What a roofline plot can be told. */
export interface RooflineOptions {
  /** How far up the plot reaches, in GFLOP/s. */
  readonly top?: number | undefined;
}

const positive = real({ above: 0 });
const rooflineOptions = optionsOf<RooflineOptions>({ top: positive });
const roofRule = optionsOf<Roof>({ peak: required(positive), bandwidth: required(positive) });
const kernelsRule: Rule<readonly MeasuredKernel[]> = that(
  "a list of kernels, each with a name, an intensity and gflops above 0",
  (value) =>
    Array.isArray(value) &&
    value.every((kernel) => typeof kernel?.name === "string" && kernel.intensity > 0 && kernel.gflops > 0),
);

/**
 * Draws kernels under their machine's roof, `min(peak, intensity · bandwidth)`, both axes logarithmic (Williams et al.,
 * 2009, "Roofline").
 *
 * @param options `top` is how far up the plot reaches, in GFLOP/s, so that several can be compared. Default: the peak.
 * @throws {TypeError} If a kernel has no name, intensity or speed, or an option is unknown.
 *
 * @example
 * ```ts
 * import { rooflinePlot } from "nabla/notebooks/lib/mod.ts";
 *
 * rooflinePlot([{ name: "add", intensity: 1 / 12, gflops: 0.5 }], { peak: 40, bandwidth: 10 });
 * ```
 */
export function rooflinePlot(
  kernels: readonly MeasuredKernel[],
  roof: Roof,
  options: RooflineOptions = {},
): Figure {
  checkArguments("draw a roofline", arguments, {
    kernels: required(kernelsRule),
    roof: required(roofRule),
    options: rooflineOptions,
  });
  const { peak, bandwidth } = roof;
  const { top = peak } = options;
  const sorted = kernels.toSorted((a, b) => a.intensity - b.intensity);
  const intensities = [...sorted.map(({ intensity }) => intensity), peak / bandwidth];
  const [least, most] = extent(intensities);
  const ends = [least / 2, peak / bandwidth, most * 2]; // and the bend
  const outline: Trace = {
    type: "scatter",
    mode: "lines",
    name: "roof",
    x: ends,
    y: ends.map((intensity) => Math.min(peak, intensity * bandwidth)),
    hoverinfo: "skip",
  };
  // names stand above and below their dots in turn, so that neighbours do not cover each other
  const [above, below] = [sorted.filter((_, i) => i % 2 === 0), sorted.filter((_, i) => i % 2 === 1)];
  const dots = (some: readonly MeasuredKernel[], textposition: string): Trace => ({
    type: "scatter",
    mode: "markers+text",
    name: "kernels",
    showlegend: false,
    x: some.map(({ intensity }) => intensity),
    y: some.map(({ gflops }) => gflops),
    text: some.map(({ name }) => name),
    textposition,
    hovertemplate: "%{text}: %{y:.2f} GFLOP/s, %{x:.2f} operations a byte<extra></extra>",
    marker: { size: 10, color: palette[1] },
  });
  const [lowest] = extent([peak, ...sorted.map(({ gflops }) => gflops)]);
  return figure([outline, dots(above, "top center"), dots(below, "bottom center")], {
    height: 500,
    showlegend: false,
    xaxis: { type: "log", title: { text: "operations for each byte" } },
    yaxis: { type: "log", title: { text: "GFLOP/s" }, range: [Math.log10(lowest) - 0.6, Math.log10(top) + 0.4] },
  });
}
