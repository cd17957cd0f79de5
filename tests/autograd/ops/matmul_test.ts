import assert from "node:assert/strict";
import { Tensor } from "../../../mod.ts";
import { inputsOf, tensorOf } from "../../support/arbitraries.ts";
import { assertClose, assertTensorsClose } from "../../support/closeness.ts";
import { everyIndex, reader } from "../../support/indices.ts";
import { OPERATIONS } from "../../support/operations.ts";
import { property } from "../../support/property.ts";
import "../../support/reference.ts";

property("every element is the product of a row and a column", OPERATIONS.matmul.cases, ({ inputs, apply }) => {
  const [left, right] = [tensorOf(inputs[0]!), tensorOf(inputs[1]!)];
  const out = apply(left, right);
  const a = left.rank === 1 ? left.reshape([1, -1]) : left; // [..., M, K]
  const b = right.rank === 1 ? right.reshape([-1, 1]) : right; // [..., K, N]
  const matrices = apply(a, b); // [..., M, N]
  assert.deepEqual(out.data, matrices.data);
  const axes = matrices.shape.length;
  const dropped = [...(left.rank === 1 ? [axes - 2] : []), ...(right.rank === 1 ? [axes - 1] : [])];
  assert.deepEqual(out.shape, matrices.shape.filter((_, axis) => !dropped.includes(axis)));

  const inner = Array.from({ length: a.shape.at(-1)! }, (_, k) => k);
  const expected = everyIndex(matrices.shape).map((index) => {
    const [batch, m, n] = [index.slice(0, -2), index.at(-2)!, index.at(-1)!];
    return inner.reduce((sum, k) => sum + reader(a)([...batch, m, k]) * reader(b)([...batch, k, n]), 0);
  });
  assertClose(matrices.data, expected);
});

property("(A B) C = A (B C), (A B)ᵀ = Bᵀ Aᵀ and A I = A", inputsOf([[2, 3], [3, 4], [4, 2]]), (inputs) => {
  const [a, b, c] = inputs.map((input) => tensorOf(input)) as [Tensor, Tensor, Tensor]; // three, as asked
  assertTensorsClose(a.matmul(b).matmul(c), a.matmul(b.matmul(c)));
  assertTensorsClose(a.matmul(b).transpose(), b.transpose().matmul(a.transpose()));
  assertTensorsClose(a.matmul(Tensor.eye(3)), a);
});

Deno.test("a product and its gradients, by hand", () => {
  const a = Tensor.from([[1, 2], [3, 4], [5, 6]], { requiresGrad: true });
  const b = Tensor.from([[1, 0, 2], [0, 1, 3]], { requiresGrad: true });
  const out = a.matmul(b);
  assert.deepEqual(out.toArray(), [[1, 2, 8], [3, 4, 18], [5, 6, 28]]);
  out.backward({ seed: Tensor.from([[1, 0, 0], [0, 0, 1], [0, 0, 0]]) }); // of out[0, 0] + out[1, 2]
  assert.deepEqual(a.grad?.toArray(), [[1, 0], [2, 3], [0, 0]]);
  assert.deepEqual(b.grad?.toArray(), [[1, 0, 3], [2, 0, 4]]);
});

Deno.test("the gradient of weights is row-major like them, even if the product uses their transpose", () => {
  const x = Tensor.from([[1, 2], [3, 4], [5, 6]]); // [3, 2]
  for (const transposed of [false, true]) {
    const w = Tensor.from(transposed ? [[1, 0], [0, 1], [2, 2], [1, 3]] : [[1, 0, 2, 1], [0, 1, 2, 3]], {
      requiresGrad: true,
    });
    x.matmul(transposed ? w.transpose() : w).sum().backward();
    const { view, shape, data } = w.grad!;
    assert.deepEqual(view.strides, [shape[1], 1]);
    assert.deepEqual([...data], transposed ? [9, 12, 9, 12, 9, 12, 9, 12] : [9, 9, 9, 9, 12, 12, 12, 12]);
  }
});

Deno.test("vectors are rows on the left and columns on the right", () => {
  const [v, m] = [Tensor.from([1, 2]), Tensor.from([[1, 2], [3, 4]])];
  assert.deepEqual([v.matmul(m).toArray(), m.matmul(v).toArray(), v.matmul(v).toArray()], [[7, 10], [5, 11], 5]);
});

Deno.test("an inner dimension of 0 gives zeros", () => {
  assert.deepEqual(Tensor.zeros([2, 0]).matmul(Tensor.zeros([0, 2])).toArray(), [[0, 0], [0, 0]]);
});

Deno.test("errors", () => {
  const throwsOn = (a: Tensor, b: Tensor, rule: string) =>
    assert.throws(() => a.matmul(b), {
      name: "TypeError",
      message: `Cannot multiply matrices of shapes [${a.shape.join(", ")}] and [${b.shape.join(", ")}], ${rule}`,
    });
  throwsOn(Tensor.zeros([2, 3]), Tensor.zeros([4, 5]), "as the inner dimensions must match: 3 and 4");
  throwsOn(Tensor.zeros([3]), Tensor.zeros([4]), "as the inner dimensions must match: 3 and 4");
  throwsOn(Tensor.zeros([2, 2]), Tensor.from(2), "as a single number is not a matrix: use mul");
  assert.throws(
    () => Tensor.zeros([2, 2]).matmul(2 as unknown as Tensor),
    /\[2, 2\] and \[\], as a single number is no/,
  );
  assert.throws(() => Tensor.zeros([2, 3, 4]).matmul(Tensor.zeros([5, 4, 3])), {
    name: "TypeError",
    message:
      "Cannot multiply matrices in tensors of shapes [2] and [5], as axis -1 must be equal in both or 1 in one: 2 and 5",
  });
});
