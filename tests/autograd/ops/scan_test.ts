import assert from "node:assert/strict";
import { grad, Tensor } from "../../../mod.ts";
import { fullShapes, inputOf, tensorOf } from "../../support/arbitraries.ts";
import { assertClose } from "../../support/closeness.ts";
import { property } from "../../support/property.ts";
import "../../support/reference.ts";

Deno.test("running sums along each axis, and their gradient, by hand", () => {
  const x = Tensor.from([[1, 2, 3], [4, 5, 6]]);
  assert.deepEqual(x.cumsum(1).toArray(), [[1, 3, 6], [4, 9, 15]]);
  assert.deepEqual(x.cumsum(0).toArray(), [[1, 2, 3], [5, 7, 9]]);
  assert.deepEqual(grad((x: Tensor) => x.cumsum(-1).sum())(x).toArray(), [[3, 2, 1], [3, 2, 1]]);
});

const inputs = fullShapes({ minRank: 1 }).chain((shape) => inputOf(shape));

property("a running sum is the product with a triangle of ones, and ends at the sum", inputs, (input) => {
  const x = tensorOf(input);
  const n = x.shape.at(-1)!;
  const sums = x.cumsum(-1);
  assertClose(sums.data, x.reshape([-1, n]).matmul(Tensor.ones([n, n]).triu()).data);
  assertClose(sums.reshape([-1, n]).slice(null, -1).data, x.reshape([-1, n]).sum(-1).data);
});
