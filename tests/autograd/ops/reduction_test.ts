import assert from "node:assert/strict";
import * as fc from "fast-check";
import { grad, Tensor } from "../../../mod.ts";
import { axesOf, axisOf, fullShapes, inputOf, tensorOf, tying } from "../../support/arbitraries.ts";
import { assertTensorsClose } from "../../support/closeness.ts";
import { tieLaw } from "../../support/conventions.ts";
import { everyIndex, reader } from "../../support/indices.ts";
import { property, testLaw } from "../../support/property.ts";
import "../../support/reference.ts";

const foldings = fullShapes().chain((shape) => fc.tuple(inputOf(shape), axesOf(shape)));

property("the mean is the sum divided by the number of summands", foldings, ([input, axes]) => {
  const a = tensorOf(input);
  assertTensorsClose(a.mean(axes), a.sum(axes).div(a.like(1).sum(axes)));
});

property(
  "a maximum is one of the elements, and no element is larger; a minimum likewise",
  foldings,
  ([input, axes]) => {
    const a = tensorOf(input);
    const keep = { keepDims: true };
    assert.ok(a.greater(a.max(axes, keep)).data.every((larger) => larger === 0));
    assert.ok(a.equal(a.max(axes, keep)).sum(axes).data.every((ties) => ties >= 1));
    assert.deepEqual(a.max(axes).toArray(), a.neg().min(axes).neg().toArray());
    assert.deepEqual(a.max(axes).data, a.max(axes, keep).data);
  },
);

testLaw(tieLaw("max", (axes, options) => (a) => a.max(axes, options)));
testLaw(tieLaw("min", (axes, options) => (a) => a.min(axes, options)));

const tied = fullShapes({ minRank: 1 }).chain((shape) => fc.tuple(inputOf(shape, tying), axisOf(shape)));
property("argmax is the first index of the maximum", tied, ([input, axis]) => {
  const a = tensorOf(input);
  const along = (axis + a.rank) % a.rank;
  const element = reader(input);
  const rest = a.shape.filter((_, i) => i !== along);
  const expected = everyIndex(rest).map((index) => {
    const row = Array.from({ length: a.shape[along]! }, (_, i) => element(index.toSpliced(along, 0, i)));
    return row.indexOf(Math.max(...row));
  });
  assert.deepEqual(a.argmax(axis), Tensor.from(expected).reshape(rest).toArray());
});

Deno.test("mean, maximum and minimum, by hand", () => {
  const a = Tensor.from([[1, 5, 3], [4, 2, 9]], { requiresGrad: true });
  assert.deepEqual([a.mean().item(), a.mean(0).toArray()], [4, [2.5, 3.5, 6]]);
  assert.deepEqual([a.max().item(), a.max(1).toArray(), a.min(0).toArray()], [9, [5, 9], [1, 2, 3]]);
  a.max(1).mul(Tensor.from([10, 100])).add(a.mean(1)).sum().backward();
  assert.deepEqual(a.grad?.mul(3).toArray(), [[1, 31, 1], [1, 1, 301]]);
});

Deno.test("the mean of no elements is NaN; their maximum is an error", () => {
  const none = Tensor.zeros([2, 0]);
  assert.deepEqual([none.mean().item(), none.mean(1).toArray()], [NaN, [NaN, NaN]]);
  const rule = (axes: string) => `no elements: axes ${axes} of a tensor of shape [2, 0] hold none`;
  const errors: [() => unknown, string][] = [
    [() => none.max(1), `Cannot take the maximum of ${rule("[1]")}`],
    [() => none.min(), `Cannot take the minimum of ${rule("[0, 1]")}`],
    [() => none.argmax(-1), `Cannot take the argmax of ${rule("[1]")}`],
  ];
  for (const [attempt, message] of errors) assert.throws(attempt, { name: "RangeError", message });
  assert.deepEqual(none.max(0).toArray(), []); // no rows, no maxima
});

Deno.test("errors name the action", () => {
  const a = Tensor.zeros([2]);
  const rule = "axis 1 of a tensor of shape [2], as an axis must be an integer from -1 to 0: 1";
  assert.throws(() => a.mean(1), { name: "RangeError", message: `Cannot take the mean over ${rule}` });
  assert.throws(() => a.max(1), { name: "RangeError", message: `Cannot take the maximum over ${rule}` });
  assert.throws(() => a.argmax(1), { name: "RangeError", message: `Cannot take the argmax over ${rule}` });
});

Deno.test("variance and standard deviation divide by n − 1, or by n − correction", () => {
  const x = Tensor.from([[1, 2, 3, 4], [5, 5, 5, 5]]);
  assert.deepEqual(x.var(1).toArray(), [5 / 3, 0]);
  assert.deepEqual(x.var(1, { correction: 0 }).toArray(), [1.25, 0]);
  assert.deepEqual(x.std(1, { correction: 0, keepDims: true }).toArray(), [[Math.sqrt(1.25)], [0]]);
  assert.ok(Number.isNaN(Tensor.from([3]).var().item()), "one element has no spread to estimate from");
  assert.ok(Number.isNaN(Tensor.from([1, NaN]).std().item()));
});

Deno.test("the derivative of a standard deviation of 0 is taken as 0", () => {
  assert.deepEqual(grad((x: Tensor) => x.std())(Tensor.from([2, 2, 2])).toArray(), [0, 0, 0]);
});

Deno.test("argmax is the index of the first NaN, along the last axis by default", () => {
  assert.deepEqual(Tensor.from([[1, NaN, 3], [4, 6, 6]]).argmax(), [1, 1]);
});

Deno.test("min and std name themselves where there is no such axis", () => {
  assert.throws(() => Tensor.zeros([2]).min(1), /^RangeError: Cannot take the minimum over axis 1 of/);
  assert.throws(() => Tensor.zeros([2]).std(1), /^RangeError: Cannot take the deviation over axis 1 of/);
});
