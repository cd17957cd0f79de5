import * as fc from "fast-check";
import assert from "node:assert/strict";
import { barChart, display, figure, heatmap, lineChart, slideshow } from "../../../notebooks/lib/mod.ts";
import { read, untyped } from "./figures.ts";

const line = (y: readonly number[] | Float32Array) => figure([{ type: "scatter", name: "curve", y }]);

/** What the last script of a figure's HTML draws. */
function drawn(html: string): unknown {
  return JSON.parse(/\}\)\("[^"]+", (\{.*\})\);\n<\/script>$/s.exec(html)?.[1] ?? "");
}

Deno.test("a figure is HTML that draws its JSON, and a line of text: JupyterLab's own renderer lets plots collapse", () => {
  const plot = figure([{ type: "bar", x: ["a"], y: [1] }], { title: { text: "T" } });
  const bundle = plot[display]();
  assert.deepEqual(Object.keys(bundle), ["text/html", "text/plain"]);
  assert.deepEqual(drawn(String(bundle["text/html"])), JSON.parse(plot.json()));
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
  assert.deepEqual(
    (drawn(html) as { layout: { title: { text: string } } }).layout.title.text,
    "&lt;/script&gt;&lt;b&gt;",
  );
});

Deno.test("what the layout says goes before the theme, axis by axis", () => {
  const { layout } = JSON.parse(figure([], { height: 200, xaxis: { ticks: "" } }).json());
  assert.equal(layout.height, 200);
  assert.equal(layout.xaxis.ticks, "");
  assert.equal(layout.yaxis.ticks, "outside");
});

Deno.test("a text is text wherever it stands: plotly.js finds no tag and no entity in it", () => {
  const nasty = ["<b>", "x</b>", "<br>", "&lt;", "&amp;", "<s>", "<a href='x'>y</a>"];
  const names = Object.fromEntries(nasty.map((text) => [text, [1, 2]]));
  const plots = [
    lineChart(names, { title: "<b>", x: "<i>", y: "&lt;" }),
    barChart(Object.fromEntries(nasty.map((text) => [text, 1]))),
    heatmap([[1]], { rows: ["<b>"], columns: ["&amp;"], z: "<sub>" }),
    slideshow({ "<br>": lineChart(names, { title: "<s>" }), "&lt;": lineChart(names, { title: "<u>" }) }, "<b>"),
    figure([{ type: "heatmap", z: [[1]], text: [["<b>"]], hovertemplate: "%{text}<extra></extra>" }]),
  ];
  const ours = ["%{text}<extra></extra>", "row %{y}, column %{x}: %{z:.4~g}<extra></extra>"];
  for (const plot of plots) {
    JSON.parse(plot.json(), (_key, value: unknown) => {
      if (typeof value !== "string" || ours.includes(value)) return value;
      assert.doesNotMatch(value, /[<>]/);
      assert.match(value, /^(&(amp|lt|gt);|[^&])*$/);
      return value;
    });
  }
  const [first] = read(plots[1]!).data;
  assert.deepEqual(first?.x.slice(0, 4), ["&lt;b&gt;", "x&lt;/b&gt;", "&lt;br&gt;", "&amp;lt;"]);
});

Deno.test("no plot offers to upload itself, or asks the network for anything", () => {
  const { config } = read(figure([]));
  assert.deepEqual([config["showSendToCloud"], config["plotlyServerURL"], config["responsive"]], [false, "", false]);
});

Deno.test("what is no trace, and a part that a layout does not have, is refused", () => {
  assert.throws(() => untyped(figure)({ type: "bar" }), /"traces" must be a list of traces/);
  assert.throws(() => untyped(figure)([{ type: "pie" }]), /scatter, bar, histogram, heatmap, contour/);
  assert.throws(() => untyped(figure)([], { xAxis: {} }), /there is no option "xAxis"/);
});
