import assert from "node:assert/strict";
import { Tensor } from "../../../mod.ts";
import { heatmap } from "../../../notebooks/lib/mod.ts";
import { read, untyped } from "./figures.ts";

Deno.test("a heat map with negative numbers has the page's ground at 0; one without begins there", () => {
  const { data: [signed] } = read(heatmap([[-3, 1]]));
  assert.deepEqual([signed?.zmin, signed?.zmax], [-3, 3]);
  const { data: [unsigned] } = read(heatmap([[2, 1]]));
  assert.deepEqual([unsigned?.zmin, unsigned?.zmax], [0, 2]);
});

Deno.test("heat maps share their colours where they are told what the strongest one stands for", () => {
  const [pale, dark] = [[[0.1]], [[0.9]]].map((matrix) => read(heatmap(matrix, { largest: 1 })).data[0]);
  assert.deepEqual([pale?.zmax, dark?.zmax], [1, 1]);
});

Deno.test("a heat map's names may repeat", () => {
  const { layout } = read(heatmap([[1, 2]], { columns: ["the", "the"] }));
  assert.deepEqual([layout.xaxis.tickvals, layout.xaxis.ticktext], [[0, 1], ["the", "the"]]);
});

Deno.test("a tensor of two axes is drawn as its rows, also where it is transposed", () => {
  const tensor = Tensor.from([[1, 2, 3], [4, 5, 6]]).transpose();
  assert.deepEqual(read(heatmap(tensor)).data[0]?.z, [[1, 4], [2, 5], [3, 6]]);
});

Deno.test("both axes have a title", () => {
  const { xaxis, yaxis } = read(heatmap([[1]], { x: "key" })).layout;
  assert.deepEqual([xaxis.title.text, yaxis.title.text], ["key", "row"]);
});

Deno.test("what is no matrix is refused, and so are names that are too few", () => {
  for (const matrix of [[1, 2], [[1], [1, 2]], Tensor.ones([2]), [["1"]], 3, undefined]) {
    assert.throws(() => untyped(heatmap)(matrix), /Cannot draw a heat map, as "matrix" must be/);
  }
  assert.throws(() => heatmap([[1, 2]], { columns: ["a"] }), /each of the 2 columns must have a name: there are 1/);
});
