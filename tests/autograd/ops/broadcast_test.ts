import assert from "node:assert/strict";
import * as fc from "fast-check";
import { sumTo } from "../../../autograd/ops/broadcast.ts";
import { normaliseAxes, sizeOf } from "../../../autograd/shape.ts";
import { Tensor } from "../../../mod.ts";
import { axesOf, broadcastingTo, inputOf, shapes, tensorOf } from "../../support/arbitraries.ts";
import { assertClose, assertTensorsClose } from "../../support/closeness.ts";
import { everyIndex, reader } from "../../support/indices.ts";
import { property } from "../../support/property.ts";
import "../../support/reference.ts";

/** A shape, and one that broadcasts to it. */
const pairs = shapes().chain((to) => fc.tuple(broadcastingTo(to), fc.constant(to)));
const withNumbers = pairs.chain(([from, to]) => fc.tuple(inputOf(from), inputOf(to)));

property(
  "expand reads each element where broadcasting finds it, and copies nothing",
  withNumbers,
  ([input, { shape }]) => {
    const a = tensorOf(input);
    const out = a.expand(shape);
    assert.strictEqual(out.view.storage, a.view.storage);
    assert.deepEqual(out.toArray(), tensorOf({ shape, data: everyIndex(shape).map(reader(input)) }).toArray());
  },
);

property("sumTo is expand's dual: ⟨expand a, b⟩ = ⟨a, sumTo b⟩", withNumbers, ([small, large]) => {
  const [a, b] = [tensorOf(small), tensorOf(large)];
  assertClose([a.expand(b.shape).mul(b).sum().item()], [a.mul(sumTo(b, a.shape)).sum().item()]);
});

property("a sum after broadcasting is a multiplication", withNumbers, ([input, { shape }]) => {
  const a = tensorOf(input);
  const repetitions = a.size === 0 ? 0 : sizeOf(shape) / a.size;
  assertTensorsClose(sumTo(a.expand(shape), a.shape), a.mul(repetitions));
});

const foldings = shapes().chain((shape) => fc.tuple(inputOf(shape), axesOf(shape)));
property(
  "sum adds up elements that differ only in the reduced axes, with and without keepDims",
  foldings,
  ([input, axes]) => {
    const a = tensorOf(input);
    const folded = normaliseAxes("fold", axes, a.shape);
    const kept = a.shape.map((size, axis) => folded.includes(axis) ? 1 : size);
    const expected = everyIndex(kept).map((group) => {
      const members = everyIndex(a.shape).filter((index) =>
        index.every((i, axis) => folded.includes(axis) || i === group[axis])
      );
      return members.map(reader(input)).reduce((sum, x) => sum + x, 0);
    });
    assert.deepEqual(a.sum(axes, { keepDims: true }).shape, kept);
    assert.deepEqual(a.sum(axes).shape, a.shape.filter((_, axis) => !folded.includes(axis)));
    assertClose(a.sum(axes, { keepDims: true }).data, expected);
    assertClose(a.sum(axes).data, expected);
  },
);

Deno.test("sum and expand, by hand", () => {
  const a = Tensor.from([[1, 2, 3], [4, 5, 6]], { requiresGrad: true });
  assert.equal(a.sum().item(), 21);
  assert.deepEqual(a.sum(0).toArray(), [5, 7, 9]);
  assert.deepEqual(a.sum(-1, { keepDims: true }).toArray(), [[6], [15]]);
  assert.deepEqual(a.sum([]).toArray(), a.toArray());
  a.sum(0).mul(Tensor.from([1, 10, 100])).sum().backward();
  assert.deepEqual(a.grad?.toArray(), [[1, 10, 100], [1, 10, 100]]);

  const row = Tensor.from([1, 2], { requiresGrad: true });
  assert.deepEqual(row.expand([3, 2]).toArray(), [[1, 2], [1, 2], [1, 2]]);
  row.expand([3, 2]).sum().backward();
  assert.deepEqual(row.grad?.toArray(), [3, 3]);
});

Deno.test("the sum of no elements is 0, and its gradient is empty", () => {
  const none = Tensor.zeros([2, 0], { requiresGrad: true });
  const out = none.sum(1);
  out.backward({ seed: Tensor.ones([2]) });
  assert.deepEqual([out.toArray(), none.grad?.shape], [[0, 0], [2, 0]]);
});

Deno.test("errors", () => {
  const a = Tensor.zeros([2, 3]);
  const rule = "as only missing axes and axes of size 1 can be repeated";
  for (const shape of [[2, 4], [3], [3, 2], [2, 3, 1]]) {
    const message = `Cannot expand a tensor of shape [2, 3] to [${shape.join(", ")}], ${rule}`;
    assert.throws(() => a.expand(shape), { name: "TypeError", message });
  }
  assert.throws(() => a.expand([-2, 2, 3]), {
    name: "TypeError",
    message: "Cannot expand a tensor, as every size of a shape must be an integer of at least 0: [-2, 2, 3]",
  });
  assert.throws(() => a.sum([0, -2]), {
    name: "RangeError",
    message: "Cannot sum over axes [0, -2] of a tensor of shape [2, 3], as an axis may be named only once: 0",
  });
  assert.throws(() => Tensor.from(1).sum(0), {
    name: "RangeError",
    message: "Cannot sum over axis 0 of a tensor of shape [], as there is none: 0",
  });
});
