import assert from "node:assert/strict";
import { isTruth } from "../../../autograd/ops/truth.ts";
import { Tensor } from "../../../mod.ts";
import "../../support/reference.ts";

const x = Tensor.from([[1, 2], [3, 4]]);

Deno.test("results of comparisons are known to hold only 0 and 1, and so are views of them", () => {
  for (const mask of [x.greater(2), x.less(2), x.equal(2)]) {
    assert.ok(isTruth(mask.view));
    assert.ok(isTruth(mask.transpose().slice(0).view));
    assert.ok(mask.data.every((bit) => bit === 0 || bit === 1));
  }
});

Deno.test("what is computed from a mask is known no longer, and is read before it hides anything", () => {
  const doubled = x.greater(2).mul(2);
  assert.equal(isTruth(doubled.view), false);
  assert.throws(() => x.maskedFill(doubled, 0), { name: "TypeError", message: /^Cannot read a mask, .*: 2$/ });
  assert.deepEqual(x.maskedFill(x.greater(2).mul(1), 0).toArray(), [[1, 2], [0, 0]]);
});
