import type { ChartOptions } from "./given.ts";
import { type Figure, figure } from "./figure.ts";
import type { Axis, Layout, Trace } from "./traces.ts";

/** A figure with the titles of its options; every axis has one, so that a reader knows what is measured. */
export function chart(
  traces: readonly Trace[],
  layout: Layout,
  options: ChartOptions,
  { xaxis = {}, yaxis = {} }: { readonly xaxis?: Axis; readonly yaxis?: Axis } = {},
): Figure {
  const { title, height, x, y } = options;
  return figure(traces, {
    ...layout,
    ...(title !== undefined && { title: { text: title } }),
    ...(height !== undefined && { height }),
    xaxis: { ...xaxis, ...(x !== undefined && { title: { text: x } }) },
    yaxis: { ...yaxis, ...(y !== undefined && { title: { text: y } }) },
  });
}

/** `n` numbers from `from` to `to`, equally spaced, both ends included. */
export function spaced(from: number, to: number, n: number): number[] {
  return Array.from({ length: n }, (_, i) => from + (to - from) * i / (n - 1));
}
