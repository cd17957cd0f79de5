/** The kernels of the oracle, each on a case worked by hand; the operations of tensors have their own tests. */

import assert from "node:assert/strict";
import type { Storage, View } from "../../../kernels/kernels.ts";
import { reference } from "../../../kernels/reference/mod.ts";
import { rowMajor, type Shape } from "../../../kernels/view.ts";

const view = (values: number[], shape: Shape): View => ({ storage: reference.write(values), ...rowMajor(shape) });
const read = (storage: Storage) => [...reference.read(storage)];
/** [[1, 2, 3], [4, 5, 6]], stored column by column. */
const a: View = { storage: reference.write([1, 4, 2, 5, 3, 6]), shape: [2, 3], strides: [1, 2], offset: 0 };

Deno.test("write, read, full and copy return numbers that nothing else shares", () => {
  const given = [1, 2];
  const storage = reference.write(given);
  given[0] = 9;
  reference.read(storage).fill(9);
  reference.read(reference.copy(view([1, 2], [2]))).fill(9);
  assert.deepEqual([read(storage), storage.length, read(reference.full(3, 7))], [[1, 2], 2, [7, 7, 7]]);
  assert.deepEqual(read(reference.copy(a)), [1, 2, 3, 4, 5, 6]);
});

Deno.test("functions of one and of two numbers", () => {
  const b = view([6, 5, 4, 3, 2, 1], [2, 3]);
  const binary = (op: Parameters<typeof reference.binary>[0]) => read(reference.binary(op, a, b));
  assert.deepEqual(read(reference.unary("neg", a)), [-1, -2, -3, -4, -5, -6]);
  assert.deepEqual(read(reference.unaryBackward("relu", view([-1, 0, 2], [3]), b, view([5, 6, 7], [3]))), [0, 0, 7]);
  assert.deepEqual([binary("add"), binary("sub")], [[7, 7, 7, 7, 7, 7], [-5, -3, -1, 1, 3, 5]]);
  assert.deepEqual([binary("mul"), binary("div")], [[6, 10, 12, 12, 10, 6], [1 / 6, 0.4, 0.75, 4 / 3, 2.5, 6]]);
  assert.deepEqual([binary("pow"), binary("greater")], [[1, 32, 81, 64, 25, 6], [0, 0, 0, 1, 1, 1]]);
  assert.deepEqual([binary("maximum"), binary("minimum")], [[6, 5, 4, 4, 5, 6], [1, 2, 3, 3, 2, 1]]);
  assert.deepEqual(read(reference.binary("equal", a, view([1, 0, 3, 0, 0, 6], [2, 3]))), [1, 0, 1, 0, 0, 1]);
  assert.deepEqual(read(reference.select(view([1, 0, -2, 0, 0, 3], [2, 3]), a, b)), [1, 5, 3, 3, 2, 6]);
});

Deno.test("foldings", () => {
  assert.deepEqual(read(reference.reduce("sum", a, 1)), [6, 15]);
  assert.deepEqual(read(reference.reduce("sum", a, 2)), [21]);
  assert.deepEqual(read(reference.reduce("sum", a, 0)), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(read(reference.reduce("max", view([-3, -1, -2, NaN, 0, 1], [2, 3]), 1)), [-1, NaN]);
  assert.deepEqual(read(reference.reduce("sum", view([], [2, 0]), 1)), [0, 0]);
  assert.deepEqual([...reference.argmax(view([1, 3, 3, 5, 4, 5], [2, 3]))], [1, 0]);
  assert.deepEqual([...reference.argmax(view([1, NaN, 3, NaN, NaN, 5], [2, 3]))], [1, 0]);
  assert.deepEqual(read(reference.cumsum(a, false)), [1, 3, 6, 4, 9, 15]);
  assert.deepEqual(read(reference.cumsum(a, true)), [6, 5, 3, 15, 11, 6]);
});

Deno.test("matrix products, one for each leading index", () => {
  const b = { ...view([1, 0, 0, 1, 1, 1], [3, 2]) };
  assert.deepEqual(read(reference.matmul(a, b)), [4, 5, 10, 11]);
  const batch = { ...a, shape: [2, 2, 3], strides: [0, 1, 2] };
  const scaled = view([1, 0, 0, 2, 0, 0], [2, 3, 1]);
  assert.deepEqual(read(reference.matmul(batch, scaled)), [1, 4, 2, 8]);
});

Deno.test("gather, its dual, and assembly", () => {
  assert.deepEqual(read(reference.gather(a, Int32Array.of(1, 0, 1))), [4, 5, 6, 1, 2, 3, 4, 5, 6]);
  const three = view([1, 2, 3, 4, 5, 6], [3, 2]);
  assert.deepEqual(read(reference.scatterAdd(three, Int32Array.of(1, 1, 2), [4, 2])), [0, 0, 4, 6, 5, 6, 0, 0]);
  const parts = [
    { view: view([1, 2], [2]), layout: { shape: [2], strides: [3], offset: 1 } },
    { view: view([9], []), layout: { shape: [], strides: [], offset: 0 } },
  ];
  assert.deepEqual(read(reference.assemble(6, parts)), [9, 1, 0, 0, 2, 0]);
});
