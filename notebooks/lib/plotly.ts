/** How a plot gets into a page: plotly.js, packed, once a notebook; and for each plot a place and what is drawn there. */
import { gzipSync } from "node:zlib";
import plotly from "plotly.js" with { type: "text" };
import { html } from "../../autograd/html.ts";
import plots from "./page/plots.js" with { type: "text" };

let packed: string | undefined;
let isSent = false;

/**
 * A `<script>` that gives the page plotly.js and `page/plots.js`, without any network; empty but for the first time.
 *
 * A notebook holds the library once, with its first plot: 0.7 MB, where plots alone are small. The page keeps it in the
 * browser's own storage too, as the output that brought it may be gone when the notebook is opened again: its cell was
 * run anew, or JupyterLab has not drawn it yet.
 */
export function libraryScript(): string {
  if (isSent) return "";
  isSent = true;
  return `<script>
(() => {
  const packed = "${packedLibrary()}";
  try {
    localStorage.setItem("${storageKey()}", packed);
  } catch {
    // there is no storage, or it is full: then this output must stay
  }
  window.nablaPackedPlots = packed;
})();
</script>`;
}

/** plotly.js and the script that draws with it: JavaScript, compressed from 1.5 MB to 0.5, in base64. */
function packedLibrary(): string {
  // a function of our own `module`, as a page may have a `define` (the classic Notebook's require.js does), to which
  // plotly.js would hand itself
  packed ??= gzipSync(
    `const module = { exports: {} };
((module, exports, define) => {${plotly}
})(module, module.exports);
return (${plots.trim().replace(/;$/, "")}
)(module.exports);`,
    { level: 9 },
  ).toString("base64");
  return packed;
}

/** What the browser's storage calls the library: another one for each version. */
function storageKey(): string {
  let hash = 0;
  for (const character of packedLibrary()) hash = Math.imul(hash, 31) + character.charCodeAt(0) | 0;
  return `nabla-plots-${(hash >>> 0).toString(36)}`;
}

/** The element that a plot is drawn into, as high as the plot, so that the page does not jump. */
export function container(id: string, height: number): string {
  return String(
    html`<div data-plot="${id}" style="height: ${height}px; max-width: 760px; overflow: hidden"></div>`,
  );
}

/**
 * A `<script>` that draws the plot into the container of that id, or changes the plot already drawn there.
 *
 * Where the page does not have the library yet, it waits for it, and says so in the container.
 *
 * @param plot `{ data, layout, config }` as JSON.
 */
export function drawScript(id: string, plot: string): string {
  return `<script>
(async (id, plot) => {
  const unpack = async (packed) => {
    const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
    return new Function(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text())();
  };
  const stored = () => {
    try { return localStorage.getItem("${storageKey()}"); } catch { return null; }
  };
  for (let tries = 0; !window.nablaPlots; tries++) {
    const packed = window.nablaPackedPlots ?? stored();
    if (packed) window.nablaPlots = unpack(packed);
    else await new Promise((resolve) => setTimeout(resolve, 200));
    if (tries === 15) for (const place of document.querySelectorAll('[data-plot="' + id + '"]')) {
      place.textContent = "This plot waits for the notebook's first plot, which brings plotly.js. " +
        "Scroll up to it, or restart the kernel and run all cells.";
    }
  }
  (await window.nablaPlots).show(id, plot);
})("${id}", ${plot.replaceAll("<", "\\u003c")});
</script>`;
}

/** JSON that plotly reads: typed arrays as arrays, long fractions cut; what is no finite number is null, a gap. */
export function plotJson(plot: object): string {
  return JSON.stringify(plot, (_key, value: unknown) => {
    if (typeof value === "number") return Number.isInteger(value) ? value : Number(value.toPrecision(7)); // for a screen
    return ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as Float64Array) : value; // every other view is a typed array
  });
}
