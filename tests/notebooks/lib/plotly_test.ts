import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import plotly from "plotly.js" with { type: "text" };
import { container, drawScript, libraryScript } from "../../../notebooks/lib/plotly.ts";

Deno.test("the library comes along whole, and names no address of the network", () => {
  const script = libraryScript(0);
  assert.doesNotMatch(script, /https?:|\bsrc=/);
  const packed = /\}\)\("([^"]+)"\);/.exec(script)?.[1] ?? "";
  assert.equal(gunzipSync(Uint8Array.from(atob(packed), (c) => c.charCodeAt(0))).toString(), plotly);
});

Deno.test("figures that follow one another within a second share it: less than a megabyte a second is sent", () => {
  const times = Array.from({ length: 40 }, (_, i) => 10_000 + 100 * i); // four seconds, a figure every tenth
  const sizes = times.map((now) => libraryScript(now).length);
  assert.equal(sizes.filter((size) => size > 0).length, 4);
  assert.ok(Math.max(...sizes) < 900_000);
});

/** Runs a script of a figure in a page that holds the containers, with a plotly.js that notes its calls. */
async function run(script: string, containers: object[], plotly: unknown): Promise<void> {
  const body = script.replace(/^<script>/, "").replace(/<\/script>$/, "").trim().replace(/;$/, "");
  const document = { querySelectorAll: () => containers };
  await new Function("document", "window", `return ${body}`)(document, { nablaPlotly: plotly });
}

Deno.test("the script draws into every container of its id", async () => {
  const drawn: unknown[] = [];
  const react = (element: unknown, data: unknown) => drawn.push([element, data]);
  const [first, second] = [{ style: {} }, { style: {} }];
  await run(drawScript("id", '{"data":[1],"layout":{"height":300}}'), [first, second], Promise.resolve({ react }));
  assert.deepEqual(drawn, [[first, [1]], [second, [1]]]);
  assert.deepEqual(first.style, { height: "300px" });
});

Deno.test("the script waits for a container that is not there yet", async () => {
  const drawn: unknown[] = [];
  const containers: object[] = [];
  setTimeout(() => containers.push({ style: {} }), 20);
  await run(drawScript("id", '{"data":[],"layout":{}}'), containers, Promise.resolve({ react: () => drawn.push(1) }));
  assert.equal(drawn.length, 1);
});

Deno.test("a container has its height before it is drawn into, so that the page does not jump", () => {
  assert.match(container("id", 380), /data-plot="id".*height: 380px/);
});
