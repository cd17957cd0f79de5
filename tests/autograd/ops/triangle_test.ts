import * as fc from "fast-check";
import assert from "node:assert/strict";
import { Tensor } from "../../../mod.ts";
import { inputOf, shapes, tensorOf } from "../../support/arbitraries.ts";
import { property } from "../../support/property.ts";
import "../../support/reference.ts";

Deno.test("triangles of a matrix that is not square, by hand", () => {
  const x = Tensor.from([[1, 2, 3], [4, 5, 6]]);
  assert.deepEqual(x.tril().toArray(), [[1, 0, 0], [4, 5, 0]]);
  assert.deepEqual(x.tril(1).toArray(), [[1, 2, 0], [4, 5, 6]]);
  assert.deepEqual(x.triu().toArray(), [[1, 2, 3], [0, 5, 6]]);
  assert.deepEqual(x.triu(-1).toArray(), [[1, 2, 3], [4, 5, 6]]);
});

const cases = fc.tuple(shapes({ minRank: 2 }).chain((shape) => inputOf(shape)), fc.integer({ min: -4, max: 4 }));

property("a lower triangle and the upper one next to it add up to the matrix", cases, ([input, k]) => {
  const x = tensorOf(input);
  assert.deepEqual(x.tril(k).add(x.triu(k + 1)).data, x.data);
});

Deno.test("elements that are cut off have no influence, not even NaN, and a vector has no triangle", () => {
  assert.deepEqual(Tensor.from([[1, NaN], [2, 3]]).tril().toArray(), [[1, 0], [2, 3]]);
  assert.throws(() => Tensor.ones([3]).tril(), {
    name: "TypeError",
    message: "Cannot take a triangle, as it is part of a matrix: a tensor of shape [3]",
  });
});
