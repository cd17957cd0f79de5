import assert from "node:assert/strict";
import { barChart, figure, heatmap, lineChart, slideshow } from "../../../notebooks/lib/mod.ts";
import { read, untyped } from "./figures.ts";

Deno.test("a slide show shows the traces of one figure at a time, the first one's to begin with", () => {
  const { data, layout } = read(slideshow({ one: lineChart({ a: [1] }), two: lineChart({ b: [2], c: [3] }) }));
  assert.deepEqual(data.map((trace) => trace.visible), [true, false, false]);
  const [, second] = layout.sliders[0].steps;
  assert.deepEqual([second?.label, second?.args[0].visible], ["two", [false, true, true]]);
});

Deno.test("a list of pairs keeps its order, and takes numbers as names", () => {
  const slides = [2, -1, 0].map((n) => [n, lineChart({ a: [n] })] as const);
  assert.deepEqual(read(slideshow(slides)).layout.sliders[0].steps.map(({ label }) => label), ["2", "-1", "0"]);
});

Deno.test("axes of one title have one range, with room for every slide", () => {
  const charts = [[0, 1], [5, 10]].map((y, i) => [i, lineChart({ y }, { x: "step" })] as const);
  const { layout } = read(slideshow(charts));
  assert.deepEqual(layout.yaxis.range, [-0.5, 10.5]);
  assert.deepEqual(layout.xaxis.range, [-0.05, 1.05]);
  assert.deepEqual(layout.sliders[0].steps.map(({ args }) => args[1]), [{}, {}]); // and so nothing to change
  assert.equal(read(slideshow(charts, "", { sameScales: false })).layout.yaxis.range, undefined);
});

Deno.test("bars keep their height's meaning, and stand on 0", () => {
  const { layout } = read(slideshow({ cold: barChart({ a: 1, b: 0 }), warm: barChart({ b: 0.5, c: 0.5 }) }));
  assert.deepEqual(layout.yaxis.range, [0, 1.05]);
  assert.equal(layout.xaxis.range, undefined); // other names at each
});

Deno.test("a logarithmic axis has one range too, in powers of ten", () => {
  const charts = [[1, 10], [100, 0]].map((y, i) => [i, lineChart({ y }, { logY: true })] as const);
  assert.deepEqual(read(slideshow(charts)).layout.yaxis.range, [-0.1, 2.1]);
});

Deno.test("axes of different titles go with their slides, and so does the title", () => {
  const { layout } = read(slideshow({
    a: lineChart({ v: [1, 2] }, { y: "size", title: "A" }),
    b: lineChart({ v: [100, 200] }, { y: "slope", title: "B" }),
  }));
  assert.equal(layout.yaxis.range, undefined);
  assert.deepEqual(layout.sliders[0].steps.map(({ args }) => args[1]), [
    { "title.text": "A", "yaxis.title.text": "size" },
    { "title.text": "B", "yaxis.title.text": "slope" },
  ]);
});

Deno.test("a name keeps its colour from slide to slide, and no slide has a colour twice", () => {
  const names = [["f", "tangent 1", "knob"], ["f", "tangent 2", "knob"], ["knob", "other", "f"]];
  const slides = names.map((each, i) =>
    [i, lineChart(Object.fromEntries(each.map((name) => [name, [1, 2]])))] as const
  );
  const { data } = read(slideshow(slides));
  const colors = data.map((trace) => trace.line?.color);
  for (const i of [0, 3, 6]) assert.equal(new Set(colors.slice(i, i + 3)).size, 3);
  assert.equal(new Set([colors[0], colors[3], colors[8]]).size, 1); // f
  assert.equal(new Set([colors[2], colors[5], colors[6]]).size, 1); // knob
  assert.equal(colors[1], colors[4]); // the tangent, whatever it is called
});

Deno.test("heat maps share their colours, unless one would be pale", () => {
  const tops = (a: number, b: number) =>
    read(slideshow({ a: heatmap([[a, 0]]), b: heatmap([[b, 0]]) })).data.map(({ zmax }) => zmax);
  assert.deepEqual([tops(1, 0.2), tops(1000, 0.2)], [[1, 1], [1000, 0.2]]);
});

Deno.test("there is room for the highest slide", () => {
  const slides = [300, 500].map((height) => [height, lineChart({ a: [1, 2] }, { height })] as const);
  assert.equal(read(slideshow(slides)).layout.height, 590);
});

Deno.test("no slides, or something else among them, is refused", () => {
  for (const slides of [{}, [], { a: 3 }, [figure([])], undefined, [["a", figure([]), 1]]]) {
    assert.throws(() => untyped(slideshow)(slides), /Cannot make a slide show, as "slides" must be/);
  }
  assert.throws(() => untyped(slideshow)({ a: figure([]) }, "", { sameAxes: true }), /no option "sameAxes"/);
});
