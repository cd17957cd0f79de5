import assert from "node:assert/strict";
import { noGrad, Tensor } from "../../mod.ts";
import "../support/reference.ts";

const leaf = () => Tensor.from([1, 2], { requiresGrad: true });

Deno.test("noGrad records nothing, returns its function's result, and ends with the function, even on an error", () => {
  const x = leaf();
  const out = noGrad(() => noGrad(() => x.mul(2)).add(x));
  assert.deepEqual([out.toArray(), out.requiresGrad], [[3, 6], false]);
  assert.throws(() =>
    noGrad(() => {
      throw new Error("inside");
    }), /inside/);
  assert.ok(x.mul(2).requiresGrad);
});

Deno.test("noGrad rejects an asynchronous function, and recording resumes afterwards", () => {
  const x = leaf();
  assert.throws(() => noGrad(() => Promise.resolve(x.mul(2))), {
    name: "TypeError",
    message: "Cannot run noGrad on an asynchronous function, as it ends at the first await",
  });
  assert.ok(x.mul(2).requiresGrad);
});
