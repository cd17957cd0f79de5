import assert from "node:assert/strict";
import * as fc from "fast-check";
import { broadcastShapes } from "../../../autograd/shape.ts";
import { grad, Tensor } from "../../../mod.ts";
import { inputOf, positive, tensorOf } from "../../support/arbitraries.ts";
import { assertClose } from "../../support/closeness.ts";
import { zeroBaseLaw } from "../../support/conventions.ts";
import { everyIndex, reader } from "../../support/indices.ts";
import { OPERATIONS } from "../../support/operations.ts";
import { property, testLaw } from "../../support/property.ts";
import "../../support/reference.ts";

const DEFINITIONS = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  pow: (x, y) => x ** y,
  greater: (x, y) => Number(x > y),
  equal: (x, y) => Number(x === y),
  less: (x, y) => Number(x < y),
} satisfies Partial<Record<keyof typeof OPERATIONS, (x: number, y: number) => number>>;

for (const [name, definition] of Object.entries(DEFINITIONS)) {
  const { cases } = OPERATIONS[name as keyof typeof DEFINITIONS]; // the keys that `entries` widens to string
  property(`${name} computes each element from those that broadcasting pairs`, cases, ({ inputs, apply }) => {
    const [a, b] = [inputs[0]!, inputs[1]!];
    const out = apply(tensorOf(a), tensorOf(b));
    assert.deepEqual(out.shape, broadcastShapes(name, a.shape, b.shape));
    assert.deepEqual(
      [...out.data],
      everyIndex(out.shape).map((index) => definition(reader(a)(index), reader(b)(index))),
    );
  });
}

/** The values and both gradients of an operation on [[2], [4]] and [1, 3], seeded with ones. */
function worked(operation: (a: Tensor, b: Tensor) => Tensor) {
  const [a, b] = [Tensor.from([[2], [4]], { requiresGrad: true }), Tensor.from([1, 3], { requiresGrad: true })];
  const out = operation(a, b);
  out.sum().backward();
  return [out, a.grad!, b.grad!].map((tensor) => tensor.toArray());
}

Deno.test("sum, difference, product, quotient and power, by hand", () => {
  assert.deepEqual(worked((a, b) => a.add(b)), [[[3, 5], [5, 7]], [[2], [2]], [2, 2]]);
  assert.deepEqual(worked((a, b) => a.sub(b)), [[[1, -1], [3, 1]], [[2], [2]], [-2, -2]]);
  assert.deepEqual(worked((a, b) => a.mul(b)), [[[2, 6], [4, 12]], [[4], [4]], [6, 6]]);
  assert.deepEqual(worked((a, b) => b.div(a)), [[[0.5, 1.5], [0.25, 0.75]], [[-1], [-0.25]], [0.75, 0.75]]);
  assert.deepEqual(worked((a, b) => a.pow(b)), [
    [[2, 8], [4, 64]],
    [[1 + 12], [1 + 48]],
    [2 * Math.log(2) + 4 * Math.log(4), 8 * Math.log(2) + 64 * Math.log(4)],
  ]);
  assert.equal(grad((x: Tensor) => x.neg())(Tensor.from(2)).item(), -1);
  assert.equal(grad((x: Tensor) => x.log())(Tensor.from(2)).item(), 0.5);
});

Deno.test("a number is an operand like a tensor of rank 0", () => {
  const a = Tensor.from([1, 4]);
  const found = [a.add(2), a.sub(2), a.mul(2), a.div(2), a.pow(2), a.greater(2), a.equal(4), a.less(2)];
  assert.deepEqual(found.map((x) => x.toArray()), [[3, 6], [-1, 2], [2, 8], [0.5, 2], [1, 16], [0, 1], [0, 1], [1, 0]]);
});

property("a quotient is the product with the inverse", inputOf([2, 3], positive), (input) => {
  const a = tensorOf(input);
  assertClose(a.div(a.add(1)).data, a.mul(a.add(1).pow(-1)).data);
});

testLaw(zeroBaseLaw((a, b) => a.pow(b)));

Deno.test("a negative base has derivatives for whole exponents", () => {
  assert.equal(grad((x: Tensor) => x.pow(3))(Tensor.from(-2)).item(), 12);
  assert.equal(grad((x: Tensor) => x.pow(-1))(Tensor.from(-2)).item(), -0.25);
  assert.ok(Number.isNaN(grad((b: Tensor) => Tensor.from(-2).pow(b))(Tensor.from(3)).item())); // ln −2 is not real
});

const masked = fc.tuple(inputOf([3]), inputOf([3]), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }));
property("exactly one of less, equal and greater holds", masked, ([a, b]) => {
  const [x, y] = [tensorOf(a), tensorOf(b)];
  assert.deepEqual(x.less(y).add(x.equal(y)).add(x.greater(y)).toArray(), [1, 1, 1]);
  assert.deepEqual(x.less(y).data, y.greater(x).data);
});

Deno.test("errors name the action and both shapes, in the given order", () => {
  const [a, b] = [Tensor.zeros([2, 3]), Tensor.zeros([4])];
  const rule = "tensors of shapes [2, 3] and [4], as axis -1 must be equal in both or 1 in one: 3 and 4";
  const attempts: [string, () => Tensor][] = [
    ["add", () => a.add(b)],
    ["subtract", () => a.sub(b)],
    ["multiply", () => a.mul(b)],
    ["divide", () => a.div(b)],
    ["raise", () => a.pow(b)],
    ["compare", () => a.greater(b)],
    ["compare", () => a.equal(b)],
    ["compare", () => a.less(b)],
  ];
  for (const [action, attempt] of attempts) {
    assert.throws(attempt, { name: "TypeError", message: `Cannot ${action} ${rule}` });
  }
  assert.throws(() => a.less("1" as unknown as number), {
    name: "TypeError",
    message: 'Cannot compare, as an operand must be a Tensor or a number: "1"',
  });
});
