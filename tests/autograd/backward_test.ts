import assert from "node:assert/strict";
import * as fc from "fast-check";
import { record } from "../../autograd/record.ts";
import { grad, noGrad, Random, Tensor } from "../../mod.ts";
import * as any from "../support/arbitraries.ts";
import { assertClose, assertTensorsClose } from "../support/closeness.ts";
import { type Operation, OPERATIONS } from "../support/operations.ts";
import { programs, run, tensors } from "../support/programs.ts";
import { property } from "../support/property.ts";
import "../support/reference.ts";

/** A random case of a random operation that has a gradient. */
const anyCase = fc.oneof(
  ...Object.values<Operation>(OPERATIONS).filter(({ smooth }) => smooth).map(({ cases }) => cases),
);

/** A tensor of this shape that is the same each time. */
const weights = (shape: readonly number[], seed = 1) => Tensor.randn(shape, { random: new Random(seed) });

/** The gradients of leaves with the given numbers for a seed. */
function gradients(f: (...leaves: Tensor[]) => Tensor, inputs: readonly any.Input[], seed: (out: Tensor) => Tensor) {
  const leaves = inputs.map((input) => any.tensorOf(input, true));
  const out = f(...leaves);
  out.backward({ seed: seed(out) });
  return leaves.map((leaf) => leaf.grad!);
}

property("backward is linear in its seed", anyCase, ({ inputs, apply }) => {
  const along = (seed: (out: Tensor) => Tensor) => gradients(apply, inputs, seed);
  const [u, v] = [(out: Tensor) => weights(out.shape, 1), (out: Tensor) => weights(out.shape, 2)];
  const [byU, byV] = [along(u), along(v)];
  along((out) => u(out).mul(3).sub(v(out).mul(0.5))).forEach((gradient, i) => {
    assertTensorsClose(gradient, byU[i]!.mul(3).sub(byV[i]!.mul(0.5)));
  });
}, 300);

property("the gradient of g ∘ f is that of f, seeded with that of g", anyCase, ({ inputs, apply }) => {
  const g = (y: Tensor) => y.sin().mul(y).add(y.sigmoid());
  const whole = gradients((...xs) => g(apply(...xs)), inputs, (out) => weights(out.shape));

  const middle = noGrad(() => apply(...inputs.map((input) => any.tensorOf(input)))).detach();
  middle.requiresGrad = true;
  const end = g(middle);
  end.backward({ seed: weights(end.shape) });
  const inTwo = gradients(apply, inputs, () => middle.grad!);
  whole.forEach((gradient, i) => assertTensorsClose(gradient, inTwo[i]!));
}, 300);

property("mixed second derivatives are symmetric", programs({ inputs: 2, smooth: true }), (program) => {
  const f = (x: Tensor, y: Tensor) => run(program, tensors, [x, y]);
  const [x, y] = program.points[0]!.map((value) => Tensor.from(value));
  const byX = (x: Tensor, y: Tensor) => grad((x: Tensor) => f(x, y))(x);
  const byY = (x: Tensor, y: Tensor) => grad((y: Tensor) => f(x, y))(y);
  const first = grad((y: Tensor) => byX(x!, y))(y!).item();
  const second = grad((x: Tensor) => byY(x, y!))(x!).item();
  assertClose([first], [second], 1e-8); // more than a hundred operations, some of them cancelling
}, 200);

property("second derivatives through backward({ createGraph }) are those of grad(grad(f))", programs(), (program) => {
  const points = program.points[0]!;
  const f = (...xs: Tensor[]) => run(program, tensors, xs);
  const leaves = points.map((value) => Tensor.from(value, { requiresGrad: true }));
  f(...leaves).backward({ createGraph: true });
  const [first] = leaves.map(({ grad }) => grad);
  for (const leaf of leaves) leaf.grad = null;
  if (first?.requiresGrad) first.backward();
  const rest = points.slice(1).map((value) => Tensor.from(value));
  const expected = grad(grad((x: Tensor) => f(x, ...rest)))(Tensor.from(points[0]!));
  const [second] = leaves.map(({ grad }) => grad?.item() ?? 0);
  assertClose([second!], [expected.item()], 1e-8);
});

property("gradients add up over calls", anyCase, ({ inputs, apply }) => {
  const leaves = inputs.map((input) => any.tensorOf(input, true));
  const once = gradients(apply, inputs, (out) => weights(out.shape));
  for (let call = 0; call < 3; call++) {
    const out = apply(...leaves);
    out.backward({ seed: weights(out.shape) });
  }
  leaves.forEach((leaf, i) => assertTensorsClose(leaf.grad, once[i]!.mul(3)));
});

property("operations and backward never write into an existing tensor", anyCase, ({ inputs, apply }) => {
  const leaves = inputs.map((input) => any.tensorOf(input, true));
  const out = apply(...leaves);
  const seed = weights(out.shape);
  const kept = [...leaves, out, seed];
  const before = kept.map(({ data }) => data);
  out.backward({ seed, retainGraph: true });
  const first = leaves.map((leaf) => leaf.grad!);
  const firstNumbers = first.map(({ data }) => data);
  out.backward({ seed });
  assert.deepEqual(kept.map(({ data }) => data), before);
  assert.deepEqual(first.map(({ data }) => data), firstNumbers); // the second call put the sums into new tensors
});

Deno.test("leaves with equal gradients do not share a tensor", () => {
  const [a, b] = [Tensor.from(1, { requiresGrad: true }), Tensor.from(2, { requiresGrad: true })];
  for (const options of [{}, { createGraph: true }]) {
    [a.grad, b.grad] = [null, null];
    a.add(b).backward(options);
    a.grad!.assign(9);
    assert.equal(b.grad!.item(), 1);
  }
  const seed = Tensor.from([1, 2]);
  const leaf = Tensor.zeros([2], { requiresGrad: true });
  leaf.backward({ seed });
  leaf.grad!.assign([0, 0]);
  assert.deepEqual(seed.toArray(), [1, 2]);
});

Deno.test("only leaves keep their gradient, and results on which retainGrad was called", () => {
  const x = Tensor.from(3, { requiresGrad: true });
  const square = x.mul(x);
  const kept = square.mul(2).retainGrad();
  kept.add(1).backward();
  assert.deepEqual([x.grad?.item(), square.grad, kept.grad?.item()], [12, null, 1]);
});

Deno.test("backward frees its graph: a stored loss keeps nothing else alive", () => {
  const x = Tensor.from([1, 2], { requiresGrad: true });
  const losses = [1, 2].map((scale) => x.mul(scale).tanh().sum());
  for (const loss of losses) loss.backward();
  for (const loss of losses) assert.deepEqual([loss.parents, loss.requiresGrad], [[], true]);

  const kept = x.mul(x).sum();
  kept.backward({ retainGraph: true });
  kept.backward({ createGraph: true });
  assert.equal(kept.parents.length, 1);
});

Deno.test("a backward that fails halfway leaves every gradient unchanged", () => {
  const x = Tensor.from([1, 2], { requiresGrad: true });
  const y = Tensor.from([3, 4], { requiresGrad: true });
  const shared = x.mul(y);
  shared.sum().backward();
  const before = [x.grad, y.grad];
  assert.throws(() => y.add(shared.exp()).sum().backward(), /freed its graph/);
  assert.deepEqual([x.grad, y.grad], before);
  assert.strictEqual(x.grad, before[0]);
});

Deno.test("an error names the operation with a wrong backward", () => {
  const wrong = record("mutant", [Tensor.from([1, 2], { requiresGrad: true })], Tensor.from([1, 2]).view, () => {
    return [Tensor.zeros([3])];
  });
  assert.throws(() => wrong.sum().backward(), {
    name: "TypeError",
    message: "Cannot differentiate \"mutant\", as an operand's gradient must have the operand's shape: [3] and [2]",
  });
});

Deno.test("backward uses the numbers that its operation used, or refuses", () => {
  const [x, w] = [2, 3].map((value) => Tensor.from(value, { requiresGrad: true }));
  const product = x!.mul(w!);
  w!.assign(100);
  assert.equal(product.item(), 6);
  assert.throws(() => product.backward(), {
    name: "Error",
    message: 'Cannot call backward through "mul", as an operand was assigned new values after it ran: ' +
      "call backward before assign",
  });
  assert.deepEqual([x!.grad, w!.grad], [null, null]);
});

Deno.test("no gradient flows past detach, nor to a tensor that does not require one", () => {
  const x = Tensor.from(3, { requiresGrad: true });
  const constant = Tensor.from(5);
  x.mul(x.detach()).mul(constant).backward();
  assert.deepEqual([x.grad?.item(), constant.grad], [15, null]);
});

Deno.test("gradients that several backward calls add up can be differentiated, if they were recorded", () => {
  const x = Tensor.from(2, { requiresGrad: true });
  x.pow(3).backward({ createGraph: true });
  x.pow(2).backward({ createGraph: true });
  const sum = x.grad!; // 3x² + 2x
  x.grad = null;
  sum.backward();
  assert.equal(x.grad!.item(), 14); // 6x + 2

  x.grad = null;
  x.pow(3).backward({ createGraph: true });
  x.pow(2).backward(); // adds to a recorded gradient, itself unrecorded
  assert.equal(x.grad!.item(), 16);
  assert.equal(x.grad!.requiresGrad, false);
});
