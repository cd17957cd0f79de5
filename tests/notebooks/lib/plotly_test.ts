import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import plotly from "plotly.js" with { type: "text" };
import { display, lineChart } from "../../../notebooks/lib/mod.ts";
import { container, drawScript, libraryScript } from "../../../notebooks/lib/plotly.ts";

const whole = libraryScript();

Deno.test("the library comes along whole, and names no address of the network", () => {
  assert.doesNotMatch(whole, /https?:|\bsrc=/);
  const packed = /const packed = "([^"]+)";/.exec(whole)?.[1] ?? "";
  const source = gunzipSync(Uint8Array.from(atob(packed), (c) => c.charCodeAt(0))).toString();
  assert.ok(source.includes(plotly));
});

Deno.test("a notebook holds the library once: all later figures are small", () => {
  assert.equal(libraryScript(), "");
  const figures = Array.from({ length: 20 }, () => lineChart({ loss: [3, 2, 1] })[display]());
  for (const bundle of figures) assert.ok(JSON.stringify(bundle).length < 6000, `${JSON.stringify(bundle).length}`);
});

/** A page of some elements, in which a script runs. */
interface Page {
  readonly elements: { textContent: string }[];
  /** What has been drawn: ids and plots. */
  readonly drawn: [id: string, plot: unknown][];
  readonly window: Record<string, unknown>;
  readonly run: (script: string) => Promise<void>;
}

function page(stored?: string): Page {
  const drawn: Page["drawn"] = [];
  const elements: Page["elements"] = [];
  const window: Page["window"] = {};
  const document = { querySelectorAll: () => elements, body: {} };
  const localStorage = { getItem: () => stored ?? null, setItem: () => {} };
  const setTimeout = (then: () => void) => queueMicrotask(then); // no test waits
  const run = async (script: string) => {
    const body = script.replace(/^<script>/, "").replace(/<\/script>$/, "").trim().replace(/;$/, "");
    const names = ["document", "window", "localStorage", "setTimeout"];
    await new Function(...names, `return ${body}`)(document, window, localStorage, setTimeout);
  };
  return { elements, drawn, window, run };
}

/** A library that only notes what it is to draw, packed as the real one is. */
async function pack(source: string): Promise<string> {
  const packed = new Blob([source]).stream().pipeThrough(new CompressionStream("gzip"));
  return btoa(String.fromCharCode(...new Uint8Array(await new Response(packed).arrayBuffer())));
}

const plot = '{"data":[1],"layout":{"height":300}}';

Deno.test("a plot is handed to the library that its page has", async () => {
  const { drawn, window, run } = page();
  window["nablaPlots"] = Promise.resolve({ show: (id: string, plot: unknown) => drawn.push([id, plot]) });
  await run(drawScript("id", plot));
  assert.deepEqual(drawn, [["id", JSON.parse(plot)]]);
});

Deno.test("a page that has the library packed, or in its storage, unpacks it once", async () => {
  const packed = await pack("globalThis.unpacked = (globalThis.unpacked ?? 0) + 1; return { show: () => {} };");
  for (const stored of [undefined, packed]) {
    Reflect.set(globalThis, "unpacked", 0);
    const { window, run } = page(stored);
    if (stored === undefined) window["nablaPackedPlots"] = packed;
    await Promise.all([run(drawScript("a", plot)), run(drawScript("b", plot))]);
    assert.equal(Reflect.get(globalThis, "unpacked"), 1);
  }
});

Deno.test("a plot whose page has no library says what it waits for, and is drawn once it comes", async () => {
  const { elements, drawn, window, run } = page();
  elements.push({ textContent: "" });
  const done = run(drawScript("id", plot));
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
  assert.match(elements[0]?.textContent ?? "", /waits for the notebook's first plot/);
  window["nablaPlots"] = Promise.resolve({ show: (id: string, plot: unknown) => drawn.push([id, plot]) });
  await done;
  assert.equal(drawn.length, 1);
});

Deno.test("a container has its height before it is drawn into, so that the page does not jump", () => {
  assert.match(container("id", 380), /data-plot="id".*height: 380px/);
});
