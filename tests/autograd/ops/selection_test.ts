import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type Nested, Tensor } from "../../../mod.ts";
import {
  axisOf,
  broadcastable,
  broadcastingTo,
  fullShapes,
  inputOf,
  shapes,
  tensorOf,
} from "../../support/arbitraries.ts";
import { everyIndex, reader } from "../../support/indices.ts";
import { property } from "../../support/property.ts";
import "../../support/reference.ts";

const lookups = fullShapes({ minRank: 1 }).chain((shape) =>
  fc.tuple(inputOf(shape), axisOf(shape), fc.array(fc.nat(), { maxLength: 5 }))
);
property("gather replaces the axis with the indexed slices", lookups, ([input, axis, wishes]) => {
  const along = (axis + input.shape.length) % input.shape.length;
  const rows = wishes.map((wish) => wish % input.shape[along]!);
  const out = tensorOf(input).gather(rows, axis);
  assert.deepEqual(out.shape, input.shape.with(along, rows.length));
  const expected = everyIndex(out.shape).map((index) => reader(input)(index.with(along, rows[index[along]!]!)));
  assert.deepEqual([...out.data], expected);
  assert.deepEqual(tensorOf(input).gather(Int32Array.from(rows), axis).data, out.data);
});

property("a slice that is gathered n times gets the sum of n gradients", lookups, ([input, axis, wishes]) => {
  const along = (axis + input.shape.length) % input.shape.length;
  const rows = wishes.map((wish) => wish % input.shape[along]!);
  const a = tensorOf(input, true);
  a.gather(rows, axis).sum().backward();
  const expected = everyIndex(input.shape).map((index) => rows.filter((row) => row === index[along]).length);
  assert.deepEqual([...a.grad!.data], expected);
});

Deno.test("a table of three rows, looked up by a matrix of indices, by hand", () => {
  const table = Tensor.from([[1, 2], [3, 4], [5, 6]], { requiresGrad: true }); // [V, C]
  const out = table.gather([[2, 0], [2, -1]]); // [B, T, C]
  assert.deepEqual(out.toArray(), [[[5, 6], [1, 2]], [[5, 6], [5, 6]]]);
  out.mul(Tensor.from([1, 10])).sum().backward();
  assert.deepEqual(table.grad?.toArray(), [[1, 10], [0, 0], [3, 30]]);
  assert.deepEqual(table.gather(1).toArray(), [3, 4]); // a single index drops the axis
  assert.deepEqual(table.gather([0], 1).toArray(), [[1], [3], [5]]);
});

const choices = broadcastable(3).chain(([mask, a, b]) => {
  return fc.tuple(inputOf(mask!, fc.integer({ min: 0, max: 1 })), inputOf(a!), inputOf(b!));
});
property("where selects either operand, element by element, and its complement the other", choices, ([mask, a, b]) => {
  const [m, x, y] = [tensorOf(mask), tensorOf(a), tensorOf(b)];
  const out = x.where(m, y);
  const expected = everyIndex(out.shape).map((index) =>
    reader(mask)(index) !== 0 ? reader(a)(index) : reader(b)(index)
  );
  assert.deepEqual([...out.data], expected);
  assert.deepEqual(y.where(m.equal(0), x).toArray(), out.toArray());
});

const fillings = shapes().chain((shape) =>
  fc.tuple(inputOf(shape), broadcastingTo(shape).chain((mask) => inputOf(mask, fc.integer({ min: 0, max: 1 }))))
);
property("maskedFill is where with a constant, through which no gradient flows", fillings, ([input, mask]) => {
  const [a, m] = [tensorOf(input, true), tensorOf(mask)];
  const out = a.maskedFill(m, -Infinity);
  assert.deepEqual(out.toArray(), Tensor.full(a.shape, -Infinity).where(m, a).toArray());
  out.backward({ seed: a.like(2) });
  assert.deepEqual([...a.grad!.data], everyIndex(a.shape).map((index) => reader(mask)(index) !== 0 ? 0 : 2));
});

Deno.test("masks are booleans, numbers or comparisons, and pass no gradient", () => {
  const a = Tensor.from([1, -2, 3], { requiresGrad: true });
  for (const mask of [[true, false, true], [1, 0, 1], a.greater(0)]) {
    assert.deepEqual(a.where(mask, 0).toArray(), [1, 0, 3]);
  }
  const mask = Tensor.from([1, 0, 1], { requiresGrad: true });
  a.where(mask, 0).sum().backward();
  assert.deepEqual([a.grad?.toArray(), mask.grad], [[1, 0, 1], null]);
});

Deno.test("elements that are not selected have no influence, not even NaN", () => {
  const a = Tensor.from([4, -1], { requiresGrad: true });
  a.maskedFill(a.less(0), 1).sqrt().sum().backward(); // √−1 is never taken
  assert.deepEqual(a.grad?.toArray(), [0.25, 0]);
});

Deno.test("errors", () => {
  const a = Tensor.zeros([2, 3]);
  const untyped = (value: unknown) => value as Nested<number>;
  const rule = "as an index must be an integer from -3 to 2";
  const errors: [() => unknown, "TypeError" | "RangeError", string][] = [
    [() => a.gather([0, 3], 1), "RangeError", `Cannot gather from axis 1 of a tensor of shape [2, 3], ${rule}: 3`],
    [() => a.gather([-4], 1), "RangeError", `Cannot gather from axis 1 of a tensor of shape [2, 3], ${rule}: -4`],
    [() => a.gather([0.5], 1), "TypeError", `Cannot gather from axis 1 of a tensor of shape [2, 3], ${rule}: 0.5`],
    [
      () => a.gather(Float64Array.of(NaN), 1),
      "TypeError",
      `Cannot gather from axis 1 of a tensor of shape [2, 3], ${rule}: NaN`,
    ],
    [
      () => a.gather(untyped([[0], ["1"]])),
      "TypeError",
      'Cannot gather from axis 0 of a tensor of shape [2, 3], as every element must be an integer: "1" at [1, 0]',
    ],
    [
      () => a.gather([0], 2),
      "RangeError",
      "Cannot gather from axis 2 of a tensor of shape [2, 3], as an axis must be an integer from -2 to 1: 2",
    ],
    [
      () => Tensor.zeros([0, 2]).gather([0]),
      "RangeError",
      "Cannot gather from axis 0 of a tensor of shape [0, 2], as there is none: 0",
    ],
    [
      () => a.where(untyped(["x"]), 0),
      "TypeError",
      'Cannot read a mask, as every element must be true, false, 1 or 0 (a mask of 0 and −∞ is added to scores instead: see maskedFill): "x" at [0]',
    ],
    [
      () => a.where([true, false], 0),
      "TypeError",
      "Cannot choose between tensors of shapes [2] and [2, 3], as axis -1 must be equal in both or 1 in one: 2 and 3",
    ],
    [
      () => a.maskedFill([[[true]]], 0),
      "TypeError",
      "Cannot expand a tensor of shape [1, 1, 1] to [2, 3], as only missing axes and axes of size 1 can be repeated",
    ],
    [
      () => a.maskedFill([true], "0" as unknown as number),
      "TypeError",
      'Cannot call maskedFill, as "value" must be a number: "0"',
    ],
  ];
  for (const [attempt, name, message] of errors) assert.throws(attempt, { name, message });
});

Deno.test("a mask of numbers other than 0 and 1 is rejected in any form, and the error names maskedFill", () => {
  const x = Tensor.ones([2, 2]);
  const additive = [[0, -Infinity], [0, 0]];
  for (const mask of [additive, Tensor.from(additive), Tensor.from([[0.5], [1]]), [[NaN], [1]], Tensor.from([2, 1])]) {
    for (const attempt of [() => x.maskedFill(mask, 7), () => x.where(mask, 7)]) {
      assert.throws(attempt, { name: "TypeError", message: /^Cannot read a mask, as .*1 or 0 .*maskedFill\): / });
    }
  }
});

Deno.test("a part of a tensor may be a mask even if the whole is not", () => {
  const numbers = Tensor.from([[0, 1], [5, 5]]);
  assert.deepEqual(Tensor.zeros([2]).maskedFill(numbers.slice(0), 7).toArray(), [0, 7]);
  assert.throws(() => Tensor.zeros([2]).maskedFill(numbers.slice(1), 7), { name: "TypeError" });
  assert.throws(() => Tensor.zeros([2, 2]).maskedFill(numbers, 7), { name: "TypeError" });
});
