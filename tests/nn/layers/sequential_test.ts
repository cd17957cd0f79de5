import assert from "node:assert/strict";
import { nn, Random, Tensor, useDevice } from "../../../mod.ts";
import { assertTensorsClose } from "../../support/closeness.ts";

await useDevice("reference");

Deno.test("a Sequential applies layers and functions in order, and names parameters by their index", () => {
  const random = new Random(1);
  const [first, second] = [new nn.Linear(3, 4, { random }), new nn.Linear(4, 2, { random })];
  const whole = new nn.Sequential(first, (x) => x.tanh(), second);
  const x = Tensor.randn([5, 3], { random });
  assertTensorsClose(whole.forward(x), second.forward(first.forward(x).tanh()), 0);
  assert.deepEqual(whole.namedParameters().map(([name]) => name), ["0.weight", "0.bias", "2.weight", "2.bias"]);
  assert.equal(whole.length, 3);
  assert.equal(whole[2], second);
});

Deno.test("modes apply to the steps, and Sequentials nest", () => {
  const random = new Random(1);
  const inner = new nn.Sequential(new nn.Dropout(0.5, { random }));
  const outer = new nn.Sequential(inner, new nn.Linear(2, 2, { random })).eval();
  assert.equal(inner.training, false);
  assert.deepEqual(outer.namedParameters().map(([name]) => name), ["1.weight", "1.bias"]);
  const x = Tensor.ones([1, 2]);
  assert.equal(new nn.Sequential().forward(x), x);
});

Deno.test("steps that are neither layers nor functions are refused", () => {
  const layer = new nn.Linear(1, 1, { random: new Random(1) });
  for (const wrong of [[layer], "relu", undefined, nn.Linear]) {
    assert.throws(() => new nn.Sequential(layer, wrong as unknown as nn.Linear), { // as in a notebook
      name: "TypeError",
      message: /^Cannot make a Sequential, as step 1 must be (given: )?a layer or a function, such as/,
    });
  }
});

Deno.test("a step that returns no tensor is named", () => {
  const forgot = (() => {}) as unknown as (x: Tensor) => Tensor; // an arrow function in braces without return
  const steps = new nn.Sequential((x) => x, forgot, (x) => x.relu());
  const message = "Cannot apply a Sequential, as what step 1 returns must be given: a Tensor";
  assert.throws(() => steps.forward(Tensor.ones([1])), { name: "TypeError", message });
});
