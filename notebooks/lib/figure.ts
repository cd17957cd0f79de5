import { type Bundle, display, type Displayable } from "./display.ts";
import { container, drawScript, libraryScript, plotJson } from "./plotly.ts";
import { axisTheme, config, layoutTheme, titleTheme } from "./theme.ts";
import type { Layout, Trace } from "./traces.ts";

/** A plot: plotly.js's traces and layout, in the notebooks' theme. It shows itself where Jupyter can. */
export class Figure implements Displayable {
  constructor(readonly traces: readonly Trace[], readonly layout: Layout = {}) {}

  /** In pixels. */
  get height(): number {
    return this.layout.height ?? layoutTheme.height;
  }

  /** `{ data, layout, config }`, as plotly.js takes it, in JSON: numbers that are not finite are null. */
  json(): string {
    const { title, xaxis, yaxis, ...layout } = this.layout;
    const themed = {
      ...layoutTheme,
      ...layout,
      ...(title && { title: { ...titleTheme, ...title } }),
      xaxis: { ...axisTheme, ...xaxis },
      yaxis: { ...axisTheme, ...yaxis },
    };
    return plotJson({ data: this.traces, layout: themed, config });
  }

  /**
   * HTML that draws the plot, and a line of text for readers that show no HTML.
   *
   * It leaves out plotly.js's own MIME type: JupyterLab's renderer of it lets a plot shrink to nothing when a slider is
   * dragged or the page around it changes.
   */
  [display](): Bundle {
    const id = crypto.randomUUID();
    const html = container(id, this.height) + libraryScript() + drawScript(id, this.json());
    return { "text/html": html, "text/plain": this.toString() };
  }

  /** `Figure "Loss": train, validation`. */
  toString(): string {
    const title = this.layout.title ? ` "${this.layout.title.text}"` : "";
    return `Figure${title}: ${this.traces.map((trace) => trace.name ?? trace.type).join(", ")}`;
  }
}

/**
 * A figure of any traces and layout that plotly.js knows; the charts are made with it.
 *
 * @example
 * ```ts
 * import { figure } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const plot = figure([{ type: "bar", x: ["a", "b"], y: [1, 2], name: "count" }], { title: { text: "Letters" } });
 * assert.equal(String(plot), 'Figure "Letters": count');
 * ```
 */
export function figure(traces: readonly Trace[], layout: Layout = {}): Figure {
  return new Figure(traces, layout);
}
