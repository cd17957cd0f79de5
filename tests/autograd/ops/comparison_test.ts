import * as fc from "fast-check";
import assert from "node:assert/strict";
import { grad, Tensor } from "../../../mod.ts";
import { inputOf, shapes, tensorOf, tying } from "../../support/arbitraries.ts";
import { property } from "../../support/property.ts";
import "../../support/reference.ts";

Deno.test("maximum, minimum and clamp, by hand", () => {
  const [a, b] = [Tensor.from([[1], [4]]), Tensor.from([3, 4])];
  assert.deepEqual(a.maximum(b).toArray(), [[3, 4], [4, 4]]);
  assert.deepEqual(a.minimum(b).toArray(), [[1, 1], [3, 4]]);
  assert.deepEqual(Tensor.from([-2, 0, 5]).clamp(-1, 3).toArray(), [-1, 0, 3]);
});

Deno.test("NaN propagates, and a number can be an operand", () => {
  assert.deepEqual(Tensor.from([NaN, 1]).maximum(Tensor.from([2, NaN])).toArray(), [NaN, NaN]);
  assert.deepEqual(Tensor.from([NaN, 1]).minimum(0).toArray(), [NaN, 0]);
  assert.deepEqual(Tensor.from([NaN, 9]).clamp(0, 1).toArray(), [NaN, 1]);
});

const pairs = shapes().chain((shape) => fc.tuple(inputOf(shape, tying), inputOf(shape, tying)));

property("elements that tie share the gradient equally; the gradients always sum to the result's", pairs, ([p, q]) => {
  for (const fold of ["maximum", "minimum"] as const) {
    const [a, b] = [tensorOf(p, true), tensorOf(q, true)];
    a[fold](b).sum().backward();
    const sum = a.grad!.add(b.grad!);
    assert.deepEqual(sum.data, Tensor.ones(sum.shape).data);
    a.data.forEach((x, i) => {
      const wins = fold === "maximum" ? x > b.data[i]! : x < b.data[i]!;
      assert.equal(a.grad!.data[i], x === b.data[i] ? 0.5 : Number(wins));
    });
  }
});

property("maximum and minimum return the two operands: a + b = max + min", pairs, ([p, q]) => {
  const [a, b] = [tensorOf(p), tensorOf(q)];
  assert.deepEqual(a.maximum(b).add(a.minimum(b)).data, a.add(b).data);
  assert.deepEqual(a.maximum(b).data, b.maximum(a).data);
});

Deno.test("the gradient of clamp is 1 on the bounds and 0 beyond them; an open bound has no effect", () => {
  const slope = (low?: number, high?: number) =>
    grad((x: Tensor) => x.clamp(low, high).sum())(Tensor.from([-2, -1, 0, 1, 2])).toArray();
  assert.deepEqual(slope(-1, 1), [0, 1, 1, 1, 0]);
  assert.deepEqual(slope(-1), [0, 1, 1, 1, 1]);
  assert.deepEqual(slope(undefined, 1), [1, 1, 1, 1, 0]);
});

Deno.test("errors", () => {
  const x = Tensor.ones([2]);
  const errors: [() => unknown, string, string][] = [
    [
      () => x.clamp(),
      "TypeError",
      "Cannot clamp a tensor without bounds: pass clamp(low, high), or undefined for one of them",
    ],
    [
      () => x.clamp(1, 0),
      "RangeError",
      "Cannot clamp a tensor, as the lower bound must be at most the upper one: 1 and 0",
    ],
    [
      () => x.clamp(NaN),
      "RangeError",
      "Cannot clamp a tensor, as the lower bound must be at most the upper one: NaN and Infinity",
    ],
    [
      () => x.maximum(Tensor.ones([3])),
      "TypeError",
      "Cannot take the maximum of tensors of shapes [2] and [3], as axis -1 must be equal in both or 1 in one: 2 and 3",
    ],
  ];
  for (const [attempt, name, message] of errors) assert.throws(attempt, { name, message });
});
