import assert from "node:assert/strict";
import { grad, gradcheck, noGrad, Tensor, valueAndGrad } from "../../mod.ts";
import "../support/reference.ts";

Deno.test("grad: one gradient for one input, a list for several", () => {
  const x = Tensor.from([1, 2]);
  assert.deepEqual(grad((x: Tensor) => x.mul(x).sum())(x).toArray(), [2, 4]);
  const [byX, byY] = grad((x: Tensor, y: Tensor) => x.mul(y).sum())(x, Tensor.from([3, 4]));
  assert.deepEqual([byX.toArray(), byY.toArray()], [[3, 4], [1, 2]]);
});

Deno.test("grad: the same tensor twice is two inputs, and an input without influence has gradient 0", () => {
  const x = Tensor.from(3);
  const [a, b] = grad((a: Tensor, b: Tensor) => a.mul(a).mul(b))(x, x);
  assert.deepEqual([a.item(), b.item()], [18, 9]);
  assert.deepEqual(grad((_: Tensor) => Tensor.from(1))(Tensor.from([1, 2])).toArray(), [0, 0]);
});

Deno.test("valueAndGrad computes its function once", () => {
  let calls = 0;
  const [value, gradient] = valueAndGrad((x: Tensor) => (calls++, x.exp()))(Tensor.from(0));
  assert.deepEqual([value.item(), gradient.item(), calls], [1, 1, 1]);
});

Deno.test("grad nests to any depth: the derivatives of x⁵", () => {
  let f = (x: Tensor) => x.pow(5);
  const found = [5, 20, 60, 120, 120, 0].map(() => (f = grad(f))(Tensor.from(1)).item());
  assert.deepEqual(found, [5, 20, 60, 120, 120, 0]);
});

Deno.test("an inner grad treats the outer variable as a constant: perturbations are not confused", () => {
  // d/dx (x · d/dy (x · y)) = d/dx x² = 2x; an engine that confuses the two variables returns 3x or more
  const f = (x: Tensor) => x.mul(grad((y: Tensor) => x.mul(y))(Tensor.from(7)));
  assert.equal(grad(f)(Tensor.from(3)).item(), 6);
});

Deno.test("grad leaves every tensor's grad alone, even of tensors that the function closes over", () => {
  const w = Tensor.from([2, 3], { requiresGrad: true });
  const x = Tensor.from([1, 1], { requiresGrad: true });
  const gradient = grad((x: Tensor) => x.mul(x).mul(w).sum())(x);
  assert.deepEqual([gradient.toArray(), w.grad, x.grad], [[4, 6], null, null]);
  gradient.sum().backward(); // the gradient, 2wx, depends on both
  assert.deepEqual([w.grad?.toArray(), x.grad?.toArray()], [[2, 2], [4, 6]]);
});

Deno.test("if no other tensor requires a gradient, value and gradient are constants without a graph", () => {
  const [value, gradient] = valueAndGrad((x: Tensor) => x.mul(x).exp())(Tensor.from(1));
  assert.deepEqual([value.requiresGrad, gradient.requiresGrad], [false, false]);
  assert.deepEqual([value.parents, gradient.parents], [[], []]);
});

Deno.test("results under noGrad require no gradient, though grad works inside it", () => {
  const w = Tensor.from(2, { requiresGrad: true });
  const [value, gradient] = noGrad(() => valueAndGrad((x: Tensor) => x.mul(w))(Tensor.from(3)));
  assert.deepEqual([value.item(), gradient.item()], [6, 2]);
  assert.deepEqual([value.requiresGrad, gradient.requiresGrad], [false, false]);
});

Deno.test("a gradient penalty: training through a gradient", () => {
  const penalty = (w: Tensor, x: Tensor) => grad((x: Tensor) => w.matmul(x).tanh().sum())(x).pow(2).sum();
  gradcheck((w, x) => penalty(w!, x!), [Tensor.from([[0.5, -1], [2, 0.25]]), Tensor.from([0.3, -0.7])]);
});

Deno.test("a function that does not return a single number is rejected", () => {
  const message = (given: string) => `Cannot take the gradient of a function, as it must return one number: ${given}`;
  const x = Tensor.from([1, 2]);
  assert.throws(() => grad((x: Tensor) => x)(x), { name: "TypeError", message: message("a tensor of shape [2]") });
  assert.throws(() => grad((x: Tensor) => x.sum().item() as unknown as Tensor)(x), {
    name: "TypeError",
    message: message("3"),
  });
});
