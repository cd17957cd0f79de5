import assert from "node:assert/strict";
import * as fc from "fast-check";
import { composedLogSoftmax, composedSoftmax } from "../../../autograd/ops/softmax.ts";
import { grad, Tensor } from "../../../mod.ts";
import { tensorOf } from "../../support/arbitraries.ts";
import { assertClose, assertTensorsClose } from "../../support/closeness.ts";
import { derivativeLaws } from "../../support/derivatives.ts";
import { OPERATIONS } from "../../support/operations.ts";
import { property, testLaw } from "../../support/property.ts";
import "../../support/reference.ts";

/** Rows of any size, and their axis. */
const rows = OPERATIONS.softmax.as((axis) => (a) => Tensor.stack([a.softmax(axis), a.logSoftmax(axis)])).cases;

property("log-softmax is the logarithm of softmax, which is positive", rows, ({ inputs, apply }) => {
  const both = apply(tensorOf(inputs[0]!));
  assert.ok(both.slice(0).data.every((p) => p > 0));
  assertTensorsClose(both.slice(0).log(), both.slice(1));
});

const sums = OPERATIONS.softmax.as((axis) => (a) => a.softmax(axis).sum(axis)).cases;
property("the probabilities along the axis sum to 1", sums, ({ inputs, apply }) => {
  const out = apply(tensorOf(inputs[0]!));
  assertTensorsClose(out, out.like(1));
});

property(
  "a constant added to all logits changes nothing",
  fc.tuple(rows, fc.double({ min: -100, max: 100, noNaN: true })),
  ([{ inputs, apply }, shift]) => {
    const a = tensorOf(inputs[0]!);
    assertTensorsClose(apply(a.add(shift)), apply(a));
  },
);

const composed = OPERATIONS.softmax.as((axis) => (a) => a.softmax(axis).sub(composedSoftmax(a, axis)));
const composedLog = OPERATIONS.logSoftmax.as((axis) => (a) => a.logSoftmax(axis).sub(composedLogSoftmax(a, axis)));
for (const { name, cases } of [composed, composedLog]) {
  property(`the kernels of ${name} and its composed twin agree, forward and backward`, cases, ({ inputs, apply }) => {
    const a = tensorOf(inputs[0]!, true);
    const difference = apply(a);
    assertTensorsClose(difference, difference.like(0));
    difference.backward({ seed: Tensor.arange(a.size).reshape(difference.shape) });
    assertTensorsClose(a.grad, a.like(0));
  });
}

for (const law of derivativeLaws(OPERATIONS.softmax.as((axis) => (a) => composedSoftmax(a, axis)))) {
  testLaw({ ...law, says: `composed: ${law.says}` }, 10);
}

Deno.test("by hand", () => {
  const a = Tensor.from([[0, Math.log(3)], [Math.log(4), 0]]);
  assertClose(a.softmax(1).data, [0.25, 0.75, 0.8, 0.2]);
  assertClose(a.softmax(0).data, [0.2, 0.75, 0.8, 0.25]);
  assertClose(a.logSoftmax(-1).data, [0.25, 0.75, 0.8, 0.2].map(Math.log));
  const byFirst = grad((a: Tensor) => a.softmax(0).slice(0))(Tensor.from([0, Math.log(3)]));
  assertClose(byFirst.data, [0.25 * 0.75, -0.25 * 0.75]); // ∂s₀/∂a₀ = s₀ (1 − s₀), ∂s₀/∂a₁ = −s₀ s₁
});

Deno.test("logits of ±800 neither overflow nor lose their logarithm; −∞ is a probability of 0", () => {
  const a = Tensor.from([800, -800, 0], { requiresGrad: true });
  assert.deepEqual(a.softmax(0).toArray(), [1, 0, 0]);
  assert.deepEqual(a.logSoftmax(0).toArray(), [0, -1600, -800]);
  a.logSoftmax(0).sum().backward();
  assert.deepEqual(a.grad?.toArray(), [-2, 1, 1]);
  assert.deepEqual(Tensor.from([0, -Infinity]).softmax(0).toArray(), [1, 0]);
});

Deno.test("no elements have no probabilities; a wrong axis is an error", () => {
  assert.deepEqual(Tensor.zeros([2, 0]).softmax(1).shape, [2, 0]);
  assert.throws(() => Tensor.zeros([2]).logSoftmax(1), {
    name: "RangeError",
    message:
      "Cannot take the softmax over axis 1 of a tensor of shape [2], as an axis must be an integer from -1 to 0: 1",
  });
});
