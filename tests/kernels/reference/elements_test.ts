import assert from "node:assert/strict";
import { elements, joined, matrices, numbers, rows, sum } from "../../../kernels/reference/elements.ts";
import { reference } from "../../../kernels/reference/mod.ts";

const storage = reference.write([0, 1, 2, 3, 4, 5, 6, 7]);
/** [[1, 3], [2, 4], [3, 5]], a view with an offset, transposed, that reads some numbers twice. */
const view = { storage, shape: [3, 2], strides: [1, 2], offset: 1 };

Deno.test("elements, rows and matrices of a view", () => {
  assert.deepEqual([...elements(view)], [1, 3, 2, 4, 3, 5]);
  assert.deepEqual(rows(view).map((row) => [...row]), [[1, 3], [2, 4], [3, 5]]);
  const stacked = { storage, shape: [2, 1, 2], strides: [4, 0, 1], offset: 0 };
  assert.deepEqual(matrices(stacked).map((matrix) => matrix.map((row) => [...row])), [[[0, 1]], [[4, 5]]]);
  assert.deepEqual([...elements({ storage, shape: [], strides: [], offset: 7 })], [7]);
  assert.deepEqual([...elements({ storage, shape: [2, 0], strides: [0, 0], offset: 0 })], []);
});

Deno.test("the elements are copies: writing to them changes nothing else", () => {
  elements(view).fill(9);
  for (const row of rows(view)) row.fill(9);
  assert.deepEqual([...numbers(storage)], [0, 1, 2, 3, 4, 5, 6, 7]);
});

Deno.test("joined and sum", () => {
  assert.deepEqual([...joined([[1, 2], Float64Array.of(3), []])], [1, 2, 3]);
  assert.deepEqual([sum(4, (i) => i * i), sum(0, () => NaN)], [14, 0]);
});
