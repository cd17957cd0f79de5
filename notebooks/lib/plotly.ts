/** How a plot gets into a page: plotly.js, packed once, and the script that unpacks it and draws. */
import { gzipSync } from "node:zlib";
import plotly from "plotly.js" with { type: "text" };

let packed: string | undefined;
let lastSent = -Infinity;

/**
 * A `<script>` that makes plotly.js known to the page as the promise `window.nablaPlotly`, without any network; empty
 * if the last one was made less than a second ago.
 *
 * Every figure brings the library along, packed from 1.5 MB to 0.66, as it cannot trust that an earlier figure's output
 * is still there. Only figures that follow one another within a second share it: Jupyter's server drops the outputs of
 * a kernel that sends more than a megabyte a second. A page unpacks it once. It runs as a function whose `module` is
 * ours, since a page may have a `define` of its own (the classic Notebook's require.js), to which plotly.js would
 * otherwise hand itself.
 */
export function libraryScript(now = performance.now()): string {
  return now - lastSent < 1000 ? "" : wholeLibraryScript(now);
}

/**
 * The same, never empty: for HTML that cannot share an earlier figure's, as JupyterLab may have drawn that one by its
 * own renderer, without a look at the HTML.
 */
export function wholeLibraryScript(now = performance.now()): string {
  lastSent = now;
  packed ??= gzipSync(plotly, { level: 9 }).toString("base64");
  return `<script>
window.nablaPlotly ??= (async (packed) => {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const source = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  const module = { exports: {} };
  new Function("module", "exports", "define", source)(module, module.exports, undefined);
  return module.exports;
})("${packed}");
</script>`;
}

/** The element that a plot is drawn into. */
export function container(id: string, height: number): string {
  return `<div data-plot="${id}" style="height: ${height}px; max-width: 760px; overflow: hidden"></div>`;
}

/**
 * A `<script>` that draws the plot into the container of that id, or changes the plot already drawn there.
 *
 * It may run before its output, or the one that holds the library, is part of the page: so it looks again until both
 * are. A page may hold a container twice (JupyterLab's second view of an output).
 *
 * @param plot `{ data, layout, config }` as JSON.
 */
export function drawScript(id: string, plot: string): string {
  return `<script>
(async (plot) => {
  const find = () => [...document.querySelectorAll('[data-plot="${id}"]')];
  for (let tries = 0; tries < 100 && !(find().length > 0 && window.nablaPlotly); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const plotly = await window.nablaPlotly;
  for (const container of find()) {
    container.style.height = plot.layout.height + "px";
    if (plotly) plotly.react(container, structuredClone(plot.data), structuredClone(plot.layout), plot.config);
    else container.textContent = "The figure that brought plotly.js is gone: run this cell again to see this one.";
  }
})(${plot.replaceAll("<", "\\u003c")});
</script>`;
}

/** JSON that plotly reads: typed arrays as arrays, long fractions cut; what is no finite number is null, a gap. */
export function plotJson(plot: object): string {
  return JSON.stringify(plot, (_key, value: unknown) => {
    if (typeof value === "number") return Number.isInteger(value) ? value : Number(value.toPrecision(7)); // for a screen
    return ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as Float64Array) : value; // every other view is a typed array
  });
}
