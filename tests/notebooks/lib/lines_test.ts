import * as fc from "fast-check";
import assert from "node:assert/strict";
import { Tensor } from "../../../mod.ts";
import { functionPlot, lineChart } from "../../../notebooks/lib/mod.ts";
import { read, untyped } from "./figures.ts";

Deno.test("a line chart has a curve a name, along 0, 1, 2, … or where it is told", () => {
  const { data, layout } = read(lineChart({ a: [5, 6], b: [7, 8] }, { x: "step", y: "loss", title: "Loss" }));
  assert.deepEqual(data.map((trace) => trace.name), ["a", "b"]);
  assert.deepEqual(data[0]?.x, [0, 1]);
  assert.deepEqual([layout.xaxis.title.text, layout.yaxis.title.text, layout.title.text], ["step", "loss", "Loss"]);
  assert.deepEqual(read(lineChart({ a: [5, 6] }, { at: [10, 20] })).data[0]?.x, [10, 20]);
});

Deno.test("a tensor of one axis and every typed array is drawn as the list of its numbers", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -100, max: 100 })), (values) => {
      const kinds = [
        Tensor.from(values, { shape: [values.length] }),
        Float32Array.from(values),
        Int32Array.from(values),
      ];
      for (const line of kinds) {
        assert.deepEqual(read(lineChart({ line }, { at: line })), read(lineChart({ line: values }, { at: values })));
      }
    }),
    { seed: 24 },
  );
});

Deno.test("what is no list of numbers is refused by name, where it would draw nothing", () => {
  const refused: readonly (readonly [unknown, RegExp])[] = [
    [
      { loss: Tensor.ones([2, 2]) },
      /^Cannot draw a line chart, as the line "loss" must be a list of numbers.*: a Tensor$/,
    ],
    [{ loss: ["1", "2"] }, /the line "loss" must be a list of numbers.*\["1", "2"\]/],
    [{ loss: 3 }, /the line "loss" must be a list of numbers/],
    [{ loss: undefined }, /the line "loss" must be given/],
    [{ loss: BigInt64Array.of(1n) }, /the line "loss" must be a list of numbers/],
    [[1, 2], /"lines" must be an object with a list of numbers for each name: \[1, 2\]/],
    [Tensor.ones([2]), /"lines" must be an object/],
    [undefined, /"lines" must be given/],
  ];
  for (const [lines, message] of refused) {
    assert.throws(() => untyped(lineChart)(lines), { name: "TypeError", message });
  }
});

Deno.test("an unknown option, or one of a wrong kind, is refused by name", () => {
  const chart = (options: object) => untyped(lineChart)({ a: [1] }, options);
  assert.throws(() => chart({ titel: "Loss" }), /there is no option "titel"/);
  assert.throws(() => chart({ logY: "yes" }), /the option "logY" must be true or false: "yes"/);
  assert.throws(() => chart({ height: -1 }), { name: "RangeError" });
  assert.throws(() => untyped(lineChart)({ a: [1] }, {}, 3), /takes at most 2/);
  assert.deepEqual(read(chart({ at: undefined, x: undefined })), read(chart({})));
});

Deno.test("a value without a place is refused", () => {
  assert.throws(
    () => lineChart({ loss: [1, 2, 3] }, { at: [0, 1] }),
    new TypeError(
      'Cannot draw a line chart, as "at" must have a place for each value of the line "loss": 3 values, 2 places',
    ),
  );
});

Deno.test("both axes always have a title", () => {
  const titles = (figure: ReturnType<typeof lineChart>) => {
    const { xaxis, yaxis } = read(figure).layout;
    return [xaxis.title.text, yaxis.title.text];
  };
  assert.deepEqual(titles(lineChart({ loss: [1] })), ["place in the list", "loss"]);
  assert.deepEqual(titles(lineChart({ a: [1], b: [1] })), ["place in the list", "value"]);
  assert.deepEqual(titles(functionPlot({ tanh: Math.tanh }, { from: 0, to: 1 })), ["x", "tanh"]);
});

Deno.test("a line can keep its colour from chart to chart", () => {
  const { data } = read(lineChart({ a: [1, 2], b: [1, 2] }, { colors: { b: "#D55E00" } }));
  assert.deepEqual(data.map((trace) => trace.line?.color), [undefined, "#D55E00"]);
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
  assert.equal(read(lineChart({ a: [5] })).data[0]?.mode, "markers");
});

Deno.test("a function's graph reaches from end to end, and has a gap where the function is not defined", () => {
  const [trace] = read(functionPlot({ log: Math.log }, { from: -1, to: 1 })).data;
  assert.deepEqual([trace?.x.at(0), trace?.x.at(-1)], [-1, 1]);
  assert.equal(trace?.y[0], null);
  assert.equal(trace?.y.at(-1), 0);
});

Deno.test("a function that gives no number is refused, and so is a plot without ends", () => {
  const tensor = (x: number) => Tensor.from([x]);
  assert.throws(
    () => untyped(functionPlot)({ f: tensor }, { from: 0, to: 1 }),
    /what "f" gives must be a list of numbers/,
  );
  assert.throws(() => untyped(functionPlot)({ f: 3 }, { from: 0, to: 1 }), /"f" must be a function: 3/);
  assert.throws(() => untyped(functionPlot)({ f: Math.sin }), /the option "from" must be given/);
});
