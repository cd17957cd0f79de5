import assert from "node:assert/strict";
import { recordFused } from "../../autograd/fused.ts";
import { gradcheck, noGrad, Tensor } from "../../mod.ts";
import "../support/reference.ts";

/** a² b, with a count of how often its backward kernel and its composed twin are used. */
function counted() {
  const used = { kernel: 0, composed: 0 };
  const f = (a: Tensor, b: Tensor) => {
    const composed = (a: Tensor, b: Tensor) => (used.composed++, a.mul(a).mul(b));
    const { view } = noGrad(() => a.mul(a).mul(b));
    return recordFused("fused", [a, b], {
      view,
      backward: (grad) => {
        used.kernel++;
        const g = new Tensor(a.kernels, grad);
        const [byA, byB] = noGrad(() => [g.mul(a).mul(b).mul(2), g.mul(a).mul(a)]);
        return [byA.view.storage, byB.view.storage];
      },
      composed,
    });
  };
  return { f, used };
}

Deno.test("the gradient of a fused operation comes from its kernel", () => {
  const { f, used } = counted();
  const [a, b] = [Tensor.from([2, 3], { requiresGrad: true }), Tensor.from([5, 7], { requiresGrad: true })];
  f(a, b).sum().backward();
  assert.deepEqual([a.grad?.toArray(), b.grad?.toArray()], [[20, 42], [4, 9]]);
  assert.deepEqual(used, { kernel: 1, composed: 0 });
});

Deno.test("a gradient that is itself differentiated comes from the composed twin", () => {
  const { f, used } = counted();
  const [a, b] = [Tensor.from([2, 3], { requiresGrad: true }), Tensor.from([5, 7])];
  f(a, b).sum().backward({ createGraph: true });
  const first = a.grad!;
  first.sum().backward(); // adds the second derivative to the first
  const second = a.grad!.sub(first);
  assert.deepEqual(used, { kernel: 0, composed: 1 });
  assert.deepEqual([first.toArray(), second.toArray()], [[20, 42], [10, 14]]); // 2ab, 2b
});

Deno.test("both pass gradcheck, and nothing is recorded under noGrad", () => {
  const { f } = counted();
  gradcheck((a, b) => f(a!, b!), [Tensor.from([2, 3]), Tensor.from([5, 7])]);
  assert.equal(noGrad(() => f(Tensor.from([1], { requiresGrad: true }), Tensor.from([1]))).requiresGrad, false);
});
