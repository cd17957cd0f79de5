import assert from "node:assert/strict";
import { Tensor } from "../../mod.ts";
import "../support/reference.ts";

const leaf = () => Tensor.from([1, 2], { requiresGrad: true });

Deno.test("a result requires a gradient if an operand does, and is recorded only then", () => {
  const [x, constant] = [leaf(), Tensor.from([3, 4])];
  const results = [x.add(constant), constant.add(x), constant.add(constant), x.greater(0), x.detach().exp()];
  assert.deepEqual(results.map(({ requiresGrad }) => requiresGrad), [true, true, false, false, false]);
  assert.deepEqual(results.map(({ parents }) => parents.length), [2, 2, 0, 0, 0]);
});
