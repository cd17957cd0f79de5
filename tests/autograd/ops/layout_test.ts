import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Tensor } from "../../../mod.ts";
import * as any from "../../support/arbitraries.ts";
import { everyIndex, reader } from "../../support/indices.ts";
import { OPERATIONS } from "../../support/operations.ts";
import { property } from "../../support/property.ts";
import "../../support/reference.ts";

/** A tensor whose elements number their positions. */
const places = (shape: readonly number[]) => Tensor.arange(shape.reduce((n, size) => n * size, 1)).reshape(shape);

property(
  "reshape keeps the elements in row-major order, and is undone by reshape",
  OPERATIONS.reshape.cases,
  (drawn) => {
    const a = any.tensorOf(drawn.inputs[0]!);
    assert.deepEqual(drawn.apply(a).data, a.data);
    assert.deepEqual(drawn.apply(a).reshape(a.shape).toArray(), a.toArray());
  },
);

const permutations = any.shapes().chain((shape) => fc.tuple(any.inputOf(shape), any.permutationOf(shape)));
property("permute takes axis order[i] for axis i, and the inverse order undoes it", permutations, ([input, order]) => {
  const a = any.tensorOf(input);
  const out = a.permute(order);
  const axes = order.map((axis) => (axis + a.rank) % a.rank);
  const inverse = axes.map((_, axis) => axes.indexOf(axis));
  assert.deepEqual(out.shape, axes.map((axis) => a.shape[axis]));
  assert.deepEqual([...out.data], everyIndex(out.shape).map((index) => reader(a)(inverse.map((axis) => index[axis]!))));
  assert.deepEqual(out.permute(inverse).toArray(), a.toArray());
});

property("transposing twice changes nothing", OPERATIONS.transpose.cases, ({ inputs, apply }) => {
  const a = any.tensorOf(inputs[0]!);
  if (a.rank >= 2) assert.deepEqual(a.transpose().transpose().toArray(), a.toArray());
  assert.deepEqual([...apply(a).shape].sort(), [...a.shape].sort());
});

Deno.test("by hand", () => {
  const a = places([2, 3]); // [[0, 1, 2], [3, 4, 5]]
  assert.deepEqual(a.reshape([3, -1]).toArray(), [[0, 1], [2, 3], [4, 5]]);
  assert.deepEqual(a.transpose().toArray(), [[0, 3], [1, 4], [2, 5]]);
  assert.deepEqual(a.transpose().reshape([-1]).toArray(), [0, 3, 1, 4, 2, 5]);
  assert.deepEqual(places([2, 1, 3]).permute([2, 0, 1]).toArray(), [[[0], [3]], [[1], [4]], [[2], [5]]]);
  assert.deepEqual(a.slice(1, [0, null, 2]).toArray(), [3, 5]);
  assert.deepEqual(a.slice(null, -1).toArray(), [2, 5]);
  assert.deepEqual(a.concat([a.slice([0, 1])]).toArray(), [[0, 1, 2], [3, 4, 5], [0, 1, 2]]);
  assert.deepEqual(Tensor.stack([a, a], -1).slice(0).toArray(), [[0, 0], [1, 1], [2, 2]]);
});

Deno.test("gradients, by hand", () => {
  const leaf = () => Tensor.from([[1, 2, 3], [4, 5, 6]], { requiresGrad: true });
  const [a, b] = [leaf(), leaf()];
  a.slice(1, [0, null, 2]).mul(Tensor.from([10, 20])).sum().backward();
  assert.deepEqual(a.grad?.toArray(), [[0, 0, 0], [10, 0, 20]]);
  b.concat(b.mul(2)).slice([1, 3]).sum().backward(); // row 1 once, row 0 doubled
  assert.deepEqual(b.grad?.toArray(), [[2, 2, 2], [1, 1, 1]]);
});

Deno.test("views share the numbers of their source, and cannot change them", () => {
  const a = Tensor.from([[1, 2], [3, 4]]);
  const views = [a.reshape([4]), a.transpose(), a.slice(0), a.expand([2, 2, 2]), a.detach()];
  for (const view of views) assert.strictEqual(view.view.storage, a.view.storage);
  const before = views.map((view) => view.toArray());
  for (const view of [a, ...views]) view.data.fill(7); // a copy
  a.assign([[0, 0], [0, 0]]);
  assert.deepEqual(views.map((view) => view.toArray()), before);
  assert.deepEqual(a.toArray(), [[0, 0], [0, 0]]);
});

Deno.test("errors", () => {
  const a = Tensor.zeros([2, 3]);
  const errors: [() => unknown, "TypeError" | "RangeError", string][] = [
    [
      () => a.reshape([4, -1]),
      "TypeError",
      "Cannot reshape a tensor of shape [2, 3] to [4, -1], as 6 elements cannot be divided evenly by 4",
    ],
    [
      () => a.reshape([-1, -1]),
      "TypeError",
      "Cannot reshape a tensor of shape [2, 3] to [-1, -1], as every size of a shape must be an integer of at least 0: [-1]",
    ],
    [
      () => a.permute([0, 0]),
      "TypeError",
      "Cannot permute the axes of a tensor of shape [2, 3], as the order must name each of its 2 axes once: [0, 0]",
    ],
    [
      () => a.permute([1]),
      "TypeError",
      "Cannot permute the axes of a tensor of shape [2, 3], as the order must name each of its 2 axes once: [1]",
    ],
    [
      () => Tensor.zeros([2]).transpose(),
      "RangeError",
      "Cannot transpose axis -2 of a tensor of shape [2], as an axis must be an integer from -1 to 0: -2",
    ],
    [
      () => a.slice(0, 0, 0),
      "TypeError",
      "Cannot slice a tensor of shape [2, 3], as it takes at most one range per axis: 3 ranges",
    ],
    [
      () => a.slice([0, 2, 0]),
      "TypeError",
      "Cannot slice a tensor of shape [2, 3], as a range must be integers, the step at least 1: [0, 2, 0]",
    ],
    [
      () => a.slice([NaN]),
      "TypeError",
      "Cannot slice a tensor of shape [2, 3], as a range must be integers, the step at least 1: [NaN]",
    ],
    [() => Tensor.concat([]), "TypeError", "Cannot concatenate no tensors, as at least one is needed"],
    [() => Tensor.stack([]), "TypeError", "Cannot stack no tensors, as at least one is needed"],
    [
      () => a.concat(Tensor.zeros([2, 4])),
      "TypeError",
      "Cannot concatenate tensors of shapes [2, 3] and [2, 4] along axis 0, as all the other axes must be equal",
    ],
    [
      () => a.stack(Tensor.zeros([3, 2])),
      "TypeError",
      "Cannot stack tensors of shapes [2, 3] and [3, 2], as they must be equal",
    ],
    [
      () => Tensor.from(1).concat(Tensor.from(2)),
      "RangeError",
      "Cannot concatenate along axis 0 of a tensor of shape [], as there is none: 0",
    ],
    [() => a.concat(3 as unknown as Tensor), "TypeError", "Cannot concatenate, as an operand must be a Tensor: 3"],
    [() => a.stack("a" as unknown as Tensor), "TypeError", 'Cannot stack, as an operand must be a Tensor: "a"'],
  ];
  for (const [attempt, name, message] of errors) assert.throws(attempt, { name, message });
});

Deno.test("squeeze, unsqueeze and flatten, by hand", () => {
  const x = Tensor.arange(6).reshape([1, 2, 1, 3]);
  assert.deepEqual(x.squeeze().shape, [2, 3]);
  assert.deepEqual(x.squeeze(0).shape, [2, 1, 3]);
  assert.deepEqual(x.squeeze([0, -2]).shape, [2, 3]);
  assert.deepEqual([x.unsqueeze(1).shape, x.unsqueeze(-1).shape], [[1, 1, 2, 1, 3], [1, 2, 1, 3, 1]]);
  assert.deepEqual([x.flatten().shape, x.flatten(1, -2).shape, Tensor.from(7).flatten().shape], [[6], [1, 2, 3], [1]]);
  assert.deepEqual(x.squeeze().flatten().toArray(), [0, 1, 2, 3, 4, 5]);
  const errors: [() => unknown, string, string][] = [
    [
      () => x.squeeze(1),
      "TypeError",
      "Cannot squeeze axis 1 of a tensor of shape [1, 2, 1, 3], as its size must be 1: 2",
    ],
    [
      () => x.unsqueeze(5),
      "RangeError",
      "Cannot insert axis 5 of a tensor of shape [1, 2, 1, 3, 1], as an axis must be an integer from -5 to 4: 5",
    ],
    [
      () => x.flatten(2, 1),
      "RangeError",
      "Cannot flatten a tensor of shape [1, 2, 1, 3], as the first axis must not come after the last: 2 and 1",
    ],
  ];
  for (const [attempt, name, message] of errors) assert.throws(attempt, { name, message });
});

Deno.test("a tensor has at most 64 axes, however it is made", () => {
  let nested: unknown = 1;
  for (let depth = 0; depth < 10_000; depth++) nested = [nested];
  const many = new Array<number>(3000).fill(1);
  for (
    const attempt of [
      () => Tensor.from(nested as number[]),
      () => Tensor.zeros(many),
      () => Tensor.zeros([1]).reshape(many),
      () => Tensor.zeros([1]).expand(many),
      () => Tensor.zeros(new Array<number>(64).fill(1)).unsqueeze(0),
    ]
  ) assert.throws(attempt, { name: "RangeError", message: /as a tensor has at most 64 axes: \d+$/ });
});
