import assert from "node:assert/strict";
import { nn, Random, Tensor } from "nabla";
import { check } from "../../../../../notebooks/lib/mod.ts";
import { countOf, model, outputOf, parametersOf } from "../../../../../notebooks/lib/exercises/models/laws.ts";

const layer = new nn.Linear(2, 3, { random: new Random(1) });

Deno.test("a model is a module, and nothing else is", () => {
  assert.ok(model().accepts(layer));
  assert.ok(!model().accepts(nn.Linear));
  assert.ok(!model().accepts({ forward: (x: Tensor) => x }));
});

Deno.test("what forward returns must be a tensor, and the message shows what it was", () => {
  class Words extends nn.Module {
    override forward(_: number): Tensor {
      return JSON.parse('"seven"'); // as a learner's function may, whose types nobody has checked
    }
  }
  assert.throws(() => outputOf(new Words(), 1), /^TypeError: forward returned "seven", where a Tensor is wanted$/);
  assert.deepEqual(outputOf(layer, Tensor.ones([4, 2])).shape, [4, 3]);
});

Deno.test("a parameter that is missing is named, with those that there are", () => {
  assert.equal(countOf(layer), 9);
  assert.deepEqual(parametersOf(layer, ["weight"]).weight.shape, [3, 2]);
  assert.throws(
    () => parametersOf(layer, ["direct.weight"]),
    /^TypeError: There is no parameter named direct.weight, but weight, bias$/,
  );
});

Deno.test("a class in place of a function that makes a model fails, and the check says why", () => {
  const result = check("decoder", nn.LayerNorm as never); // a class cannot be called without new
  assert.equal(result.outcome, "failed");
  assert.match(String(result), /TypeError: Class constructor LayerNorm cannot be invoked without 'new'/);
});
