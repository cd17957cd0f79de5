import { anything, checkArguments, optionsOf, required, type Rule, that } from "../../checks/mod.ts";
import { type Bundle, display, type Displayable } from "./display.ts";
import { container, drawScript, libraryScript, plotJson } from "./plotly.ts";
import { axisTheme, axisTitleTheme, config, layoutTheme, titleTheme } from "./theme.ts";
import type { Axis, Layout, Trace } from "./traces.ts";

/**
 * A plot: plotly.js's traces and layout, in the notebooks' theme. As the last line of a cell it shows itself.
 *
 * @example
 * ```ts
 * import { Figure, lineChart } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const plot = lineChart({ loss: [2, 1] }, { title: "Loss" });
 * assert.ok(plot instanceof Figure);
 * assert.equal(plot.height, 380); // pixels
 * ```
 */
export class Figure implements Displayable {
  constructor(readonly traces: readonly Trace[], readonly layout: Layout = {}) {}

  /** In pixels. */
  get height(): number {
    return this.layout.height ?? layoutTheme.height;
  }

  /**
   * `{ data, layout, config }`, as plotly.js takes it, in JSON: numbers that are not finite are null, and every text is
   * only text, as plotly.js would take `<b>` in it for bold.
   */
  json(): string {
    const { title, xaxis, yaxis, ...layout } = this.layout;
    const themedAxis = (axis: Axis = {}) => ({
      ...axisTheme,
      ...axis,
      ...(axis.title && { title: { ...axisTitleTheme, ...axis.title } }),
    });
    const themed = {
      ...layoutTheme,
      ...layout,
      ...(title && { title: { ...titleTheme, ...title } }),
      xaxis: themedAxis(xaxis),
      yaxis: themedAxis(yaxis),
    };
    return plotJson({ data: plain(this.traces), layout: plain(themed), config });
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

/** What plotly.js shows as text: of these keys, and of paths that end in them. */
const isText = /(^|\.)(text|name|ticktext|label|prefix|x|y)$/;

/** A copy of a part of a plot in which plotly.js finds no tags and no entities; `key` is what the part is called. */
function plain(part: unknown, key = ""): unknown {
  if (typeof part === "string") return isText.test(key) ? escapeForPlotly(part) : part;
  if (Array.isArray(part)) return typeof part[0] === "number" ? part : part.map((item) => plain(item, key));
  if (typeof part !== "object" || part === null || ArrayBuffer.isView(part)) return part;
  return Object.fromEntries(Object.entries(part).map(([name, item]) => [name, plain(item, name)]));
}

/** plotly.js reads a few tags and entities in every text; with these three escaped it finds none. */
function escapeForPlotly(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

const types: readonly Trace["type"][] = ["scatter", "bar", "histogram", "heatmap", "contour"];

const tracesRule: Rule<readonly Trace[]> = that(
  `a list of traces, each an object with a type: ${types.join(", ")}`,
  (value) =>
    Array.isArray(value) &&
    value.every((trace) => typeof trace === "object" && trace !== null && types.includes(Reflect.get(trace, "type"))),
);

const layoutRule = optionsOf<Layout>({
  title: anything,
  xaxis: anything,
  yaxis: anything,
  height: anything,
  width: anything,
  margin: anything,
  showlegend: anything,
  hovermode: anything,
  barmode: anything,
  annotations: anything,
  sliders: anything,
});

/**
 * A figure of any traces and layout that plotly.js knows; the charts are made with it.
 *
 * @throws {TypeError} If something is no trace, or the layout has an unknown part.
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
  checkArguments("make a figure", arguments, { traces: required(tracesRule), layout: layoutRule });
  return new Figure(traces, layout);
}
