import * as fc from "fast-check";
import assert from "node:assert/strict";
import {
  barChart,
  decisionBoundary,
  type Figure,
  functionPlot,
  heatmap,
  lineChart,
  scatterPlot,
  slideshow,
} from "../../../notebooks/lib/mod.ts";

/** The figure as plotly.js reads it. */
const read = (figure: Figure) => JSON.parse(figure.json());

Deno.test("a line chart has a curve a name, along 0, 1, 2, … or where it is told", () => {
  const { data, layout } = read(lineChart({ a: [5, 6], b: [7, 8] }, { x: "step", y: "loss", title: "Loss" }));
  assert.deepEqual(data.map((trace: { name: string }) => trace.name), ["a", "b"]);
  assert.deepEqual(data[0].x, [0, 1]);
  assert.deepEqual([layout.xaxis.title.text, layout.yaxis.title.text, layout.title.text], ["step", "loss", "Loss"]);
  assert.deepEqual(read(lineChart({ a: [5, 6] }, { at: [10, 20] })).data[0].x, [10, 20]);
});

Deno.test("a logarithmic x axis has its ticks where the values stand", () => {
  const { layout } = read(lineChart({ a: [5, 6, 7] }, { at: [64, 128, 256], logX: true, logY: true }));
  assert.deepEqual([layout.xaxis.type, layout.yaxis.type], ["log", "log"]);
  assert.deepEqual([layout.xaxis.tickvals, layout.xaxis.ticktext], [[64, 128, 256], ["64", "128", "256"]]);
});

Deno.test("a logarithmic axis has ticks at 2 and 5 where there is room, and only at every few powers of ten where not", () => {
  const ticks = (y: number[]) => read(lineChart({ a: y }, { logY: true })).layout.yaxis.dtick;
  assert.equal(ticks([1, 200]), "D2");
  assert.equal(ticks([]), "D2");
  assert.equal(ticks([0, -1, 1e-3, 1e3, Infinity]), 1);
  assert.equal(ticks([1e-14, 10]), 2);
});

Deno.test("a single value is a dot, as it makes no line", () => {
  assert.equal(read(lineChart({ a: [5] })).data[0].mode, "markers");
});

Deno.test("a function's graph reaches from end to end, and has a gap where the function is not defined", () => {
  const { data: [trace] } = read(functionPlot({ log: Math.log }, { from: -1, to: 1 }));
  assert.deepEqual([trace.x.at(0), trace.x.at(-1)], [-1, 1]);
  assert.equal(trace.y[0], null);
  assert.equal(trace.y.at(-1), 0);
});

Deno.test("points are drawn by label, each of them once", () => {
  const points = fc.array(fc.tuple(fc.integer(), fc.integer(), fc.constantFrom("a", "b", "c")), { minLength: 1 });
  fc.assert(
    fc.property(points, (examples) => {
      const figure = scatterPlot(examples.map(([x, y]) => [x, y]), { labels: examples.map(([, , label]) => label) });
      const drawn = read(figure).data.flatMap((trace: { name: string; x: number[]; y: number[] }) =>
        trace.x.map((x, i) => [x, trace.y[i], trace.name])
      );
      assert.deepEqual(drawn.map(String).sort(), examples.map(String).sort());
    }),
    { seed: 1 },
  );
});

Deno.test("points and labels have to be as many", () => {
  assert.throws(
    () => scatterPlot([[0, 0]], { labels: [1, 2] }),
    new TypeError("Cannot colour 1 points by 2 labels: each point needs one"),
  );
});

Deno.test("a bar chart has a bar a name, in the order given", () => {
  const { data: [trace] } = read(barChart({ b: 1, a: 2 }));
  assert.deepEqual([trace.x, trace.y], [["b", "a"], [1, 2]]);
});

Deno.test("a heatmap with negative numbers is white at 0; one without begins there", () => {
  const { data: [signed] } = read(heatmap([[-3, 1]]));
  assert.deepEqual([signed.zmin, signed.zmax], [-3, 3]);
  const { data: [unsigned] } = read(heatmap([[2, 1]]));
  assert.deepEqual([unsigned.zmin, unsigned.zmax], [0, 2]);
});

Deno.test("heatmaps share their colours where they are told what the darkest one stands for", () => {
  const [pale, dark] = [[[0.1]], [[0.9]]].map((matrix) => read(heatmap(matrix, { largest: 1 })).data[0]);
  assert.deepEqual([pale.zmax, dark.zmax], [1, 1]);
});

Deno.test("a heatmap's names may repeat", () => {
  const { layout } = read(heatmap([[1, 2]], { columns: ["the", "the"] }));
  assert.deepEqual([layout.xaxis.tickvals, layout.xaxis.ticktext], [[0, 1], ["the", "the"]]);
});

Deno.test("a decision boundary asks the classifier all around the points, and draws it where the score is the level", () => {
  const { data: [scores, boundary, ...points] } = read(
    decisionBoundary((x, y) => x + 10 * y, [[0, 0], [7, 14]], [-1, 1], { resolution: 3, level: 5 }),
  );
  assert.deepEqual([scores.x, scores.y], [[-1, 3.5, 8], [-2, 7, 16]]);
  assert.equal(scores.z[0][2], 8 + 10 * -2 - 5); // rows go along y
  assert.deepEqual([boundary.contours.start, boundary.contours.end], [0, 0]);
  assert.deepEqual(points.map((trace: { name: string }) => trace.name), ["−1", "1"]);
});

Deno.test("there is no boundary around no points", () => {
  assert.throws(() => decisionBoundary(() => 0, [], []), /around no points/);
});

Deno.test("a slide show shows the traces of one figure at a time, the first one's to begin with", () => {
  const { data, layout } = read(slideshow({ one: lineChart({ a: [1] }), two: lineChart({ b: [2], c: [3] }) }));
  assert.deepEqual(data.map((trace: { visible: boolean }) => trace.visible), [true, false, false]);
  const [, second] = layout.sliders[0].steps;
  assert.deepEqual([second.label, second.args[0].visible], ["two", [false, true, true]]);
});
