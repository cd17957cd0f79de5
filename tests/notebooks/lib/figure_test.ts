import * as fc from "fast-check";
import assert from "node:assert/strict";
import { display, figure } from "../../../notebooks/lib/mod.ts";

const mime = "application/vnd.plotly.v1+json";
const line = (y: readonly number[] | Float32Array) => figure([{ type: "scatter", name: "curve", y }]);

/** What the last script of a figure's HTML draws. */
function drawn(html: string): unknown {
  return JSON.parse(/\}\)\((\{.*\})\);\n<\/script>$/s.exec(html)?.[1] ?? "");
}

Deno.test("a figure is plotly's JSON, HTML that draws the same, and a line of text", () => {
  const bundle = figure([{ type: "bar", x: ["a"], y: [1] }], { title: { text: "T" } })[display]();
  assert.deepEqual(Object.keys(bundle), [mime, "text/html", "text/plain"]);
  assert.deepEqual(drawn(String(bundle["text/html"])), bundle[mime]);
  assert.equal(bundle["text/plain"], 'Figure "T": bar');
});

Deno.test("numbers that are not finite become gaps, typed arrays plain ones, and short numbers stay as they are", () => {
  const { data } = JSON.parse(line(Float32Array.of(0.5, NaN, Infinity, -Infinity, 3)).json());
  assert.deepEqual(data[0].y, [0.5, null, null, null, 3]);
  assert.deepEqual(JSON.parse(line([1234567890, 0.1, 1 / 3]).json()).data[0].y, [1234567890, 0.1, 0.3333333]);
});

Deno.test("whatever the numbers, the JSON is one that any reader can parse, with as many numbers", () => {
  fc.assert(
    fc.property(fc.array(fc.double()), (y) => {
      const [trace] = JSON.parse(line(y).json()).data;
      assert.deepEqual(trace.y.map((x: unknown) => x === null), y.map((x) => !Number.isFinite(x)));
    }),
    { seed: 1 },
  );
});

Deno.test("a title cannot end the script that it stands in", () => {
  const title = "</script><b>";
  const html = String(figure([], { title: { text: title } })[display]()["text/html"]);
  assert.ok(!html.includes(title));
  assert.deepEqual((drawn(html) as { layout: { title: { text: string } } }).layout.title.text, title);
});

Deno.test("what the layout says goes before the theme, axis by axis", () => {
  const { layout } = JSON.parse(figure([], { height: 200, xaxis: { ticks: "" } }).json());
  assert.equal(layout.height, 200);
  assert.equal(layout.xaxis.ticks, "");
  assert.equal(layout.yaxis.ticks, "outside");
});
