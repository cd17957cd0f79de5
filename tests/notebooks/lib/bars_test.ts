import assert from "node:assert/strict";
import { barChart } from "../../../notebooks/lib/mod.ts";
import { read, untyped } from "./figures.ts";

Deno.test("a bar chart has a bar a name, in the order given, and says what its height is", () => {
  const { data: [trace], layout } = read(barChart({ b: 1, a: 2 }));
  assert.deepEqual([trace?.x, trace?.y], [["b", "a"], [1, 2]]);
  assert.equal(layout.yaxis.title.text, "value");
});

Deno.test("what is no number is refused by name", () => {
  assert.throws(() => untyped(barChart)({ a: "1" }), /Cannot draw a bar chart, as the bar "a" must be a number: "1"/);
  assert.throws(() => untyped(barChart)([1, 2]), /"bars" must be an object with a number for each name/);
  assert.throws(() => untyped(barChart)({ a: 1 }, { logy: true }), /no option "logy"/);
});
