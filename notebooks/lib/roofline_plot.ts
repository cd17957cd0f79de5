import { type Figure, figure } from "./figure.ts";
import { palette } from "./theme.ts";
import type { Trace } from "./traces.ts";

/** A kernel as it was measured. */
export interface MeasuredKernel {
  readonly name: string;
  /** Operations for each byte that it moves. */
  readonly intensity: number;
  /** Thousand millions of operations in a second. */
  readonly gflops: number;
}

/** What a machine can do at best. */
export interface Roof {
  /** GFLOP/s */
  readonly peak: number;
  /** GB/s */
  readonly bandwidth: number;
}

/**
 * Kernels under their machine's roof, `min(peak, intensity · bandwidth)`, both axes logarithmic (Williams et al., 2009).
 *
 * @param top How far up the plot reaches, in GFLOP/s, so that several can be compared: the peak if not given.
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
  { peak, bandwidth }: Roof,
  { top = peak }: { readonly top?: number } = {},
): Figure {
  const sorted = kernels.toSorted((a, b) => a.intensity - b.intensity);
  const intensities = [...sorted.map(({ intensity }) => intensity), peak / bandwidth];
  const ends = [Math.min(...intensities) / 2, peak / bandwidth, Math.max(...intensities) * 2]; // and the bend
  const roof: Trace = {
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
  const lowest = Math.min(peak, ...sorted.map(({ gflops }) => gflops));
  return figure([roof, dots(above, "top center"), dots(below, "bottom center")], {
    height: 500,
    showlegend: false,
    xaxis: { type: "log", title: { text: "operations for each byte" } },
    yaxis: { type: "log", title: { text: "GFLOP/s" }, range: [Math.log10(lowest) - 0.6, Math.log10(top) + 0.4] },
  });
}
