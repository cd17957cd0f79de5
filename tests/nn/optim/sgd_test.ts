import assert from "node:assert/strict";
import { optim, Tensor, useDevice } from "../../../mod.ts";
import { assertClose } from "../../support/closeness.ts";

await useDevice("reference");

Deno.test("SGD worked by hand: momentum of 0.5 on a constant slope of 2", () => {
  const p = Tensor.from([10], { requiresGrad: true });
  const sgd = new optim.SGD([p], { lr: 1, momentum: 0.5 });
  const path = [2, 2, 2].map((g) => {
    p.grad = Tensor.from([g]);
    sgd.step();
    return p.item();
  });
  assert.deepEqual(path, [8, 5, 1.5]); // velocities 2, 3, 3.5
});

Deno.test("SGD worked by hand: weight decay adds λ p to the gradient", () => {
  const p = Tensor.from([4], { requiresGrad: true });
  p.grad = Tensor.from([1]);
  new optim.SGD([p], { lr: 0.5, weightDecay: 0.25 }).step();
  assertClose(p.data, [4 - 0.5 * (1 + 0.25 * 4)]);
});

Deno.test("SGD without momentum keeps no state", () => {
  const p = Tensor.from([4], { requiresGrad: true });
  const sgd = new optim.SGD([p], { lr: 0.5 });
  p.grad = Tensor.from([1]);
  sgd.step();
  assert.deepEqual(sgd.stateDict(), { tensors: {}, numbers: { lr: 0.5, "0.lr": 0.5 } });
});

Deno.test("the velocity is its own: a gradient that is written to later does not change it", () => {
  const [p, grad] = [Tensor.from([1], { requiresGrad: true }), Tensor.from([1])];
  const sgd = new optim.SGD([p], { lr: 1, momentum: 0.5 });
  p.grad = grad;
  sgd.step(); // 1 − 1
  grad.assign([100]);
  p.grad = Tensor.from([1]);
  sgd.step(); // 0 − (0.5 + 1)
  assert.equal(p.item(), -1.5);
});
