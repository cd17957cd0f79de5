import assert from "node:assert/strict";
import * as fc from "fast-check";
import * as shape from "../../autograd/shape.ts";
import { axesOf, broadcastable, reshapesOf, shapes } from "../support/arbitraries.ts";
import { property } from "../support/property.ts";
import "../support/reference.ts";

property(
  "shapes broadcast to the same in either order, and each axis comes from one of them",
  broadcastable(2),
  ([a, b]) => {
    const out = shape.broadcastShapes("add", a!, b!);
    assert.deepEqual(shape.broadcastShapes("add", b!, a!), out);
    assert.equal(out.length, Math.max(a!.length, b!.length));
    out.forEach((size, axis) => {
      const found = [a!, b!].map((shape) => shape[axis - out.length + shape.length] ?? 1);
      assert.ok(found.includes(size) && found.every((n) => n === size || n === 1));
    });
  },
);

property("broadcasting is associative, and [] is its neutral element", broadcastable(3), ([a, b, c]) => {
  const join = (a: readonly number[], b: readonly number[]) => shape.broadcastShapes("add", a, b);
  assert.deepEqual(join(join(a!, b!), c!), join(a!, join(b!, c!)));
  assert.deepEqual(join(a!, []), a);
});

const resolved = shapes().chain((from) => fc.tuple(fc.constant(from), reshapesOf(from)));
property("a shape with −1 is resolved to one of as many elements", resolved, ([from, to]) => {
  const out = shape.resolveShape(from, to);
  assert.equal(shape.sizeOf(out), shape.sizeOf(from));
  to.forEach((size, axis) => assert.ok(size === -1 || size === out[axis]));
});

const named = shapes().chain((of) => fc.tuple(fc.constant(of), axesOf(of)));
property(
  "axes are normalised to ascending numbers from 0, and a reduced shape lacks them",
  named,
  ([of, axes]) => {
    const found = shape.normaliseAxes("sum over", axes, of);
    assert.deepEqual(found, [...found].sort());
    assert.ok(found.every((axis) => axis >= 0 && axis < of.length));
    if (axes !== undefined) assert.deepEqual(found, [axes].flat().map((axis) => (axis + of.length) % of.length).sort());
    assert.equal(shape.reducedShape(of, found, true).length, of.length);
    assert.equal(shape.reducedShape(of, found, false).length, of.length - found.length);
    assert.equal(shape.sizeOf(shape.reducedShape(of, found, true)), shape.sizeOf(shape.reducedShape(of, found, false)));
  },
);

Deno.test("by hand", () => {
  assert.deepEqual(shape.broadcastShapes("add", [5, 1, 3], [2, 1]), [5, 2, 3]);
  assert.deepEqual(shape.broadcastShapes("add", [1, 0], [4, 1]), [4, 0]); // an axis without elements stays empty
  assert.deepEqual(shape.resolveShape([2, 6], [3, -1]), [3, 4]);
  assert.deepEqual(shape.normaliseAxes("sum over", [-1, 0], [2, 3, 4]), [0, 2]);
  assert.deepEqual([shape.sameShape([2, 3], [2, 3]), shape.sameShape([2], [2, 1]), shape.sameShape([2], [3])], [
    true,
    false,
    false,
  ]);
  assert.equal(shape.showShape([2, 3]), "[2, 3]");
});

Deno.test("errors", () => {
  const untyped = (value: unknown) => value as number[];
  const errors: [() => unknown, "TypeError" | "RangeError", string][] = [
    [
      () => shape.broadcastShapes("add", [2, 0], [2, 3]),
      "TypeError",
      "Cannot add tensors of shapes [2, 0] and [2, 3], as axis -1 must be equal in both or 1 in one: 0 and 3",
    ],
    [
      () => shape.checkShape("make a tensor", untyped(3)),
      "TypeError",
      "Cannot make a tensor, as a shape must be an array: 3",
    ],
    [
      () => shape.checkShape("make a tensor", untyped([2, undefined])),
      "TypeError",
      "Cannot make a tensor, as every size of a shape must be an integer of at least 0: [2, undefined]",
    ],
    [
      () => shape.checkShape("make a tensor", [2, 0.5]),
      "TypeError",
      "Cannot make a tensor, as every size of a shape must be an integer of at least 0: [2, 0.5]",
    ],
    [
      () => shape.resolveShape([0], [0, -1]),
      "TypeError",
      "Cannot reshape a tensor of shape [0] to [0, -1], as 0 elements cannot be divided evenly by 0",
    ],
    [
      () => shape.resolveShape([2], untyped("2")),
      "TypeError",
      'Cannot reshape a tensor of shape [2] to that, as a shape must be an array: "2"',
    ],
    [
      () => shape.normaliseAxes("sum over", [0, 1.5], [2, 3]),
      "TypeError",
      "Cannot sum over axis 1.5 of a tensor of shape [2, 3], as an axis must be an integer from -2 to 1: 1.5",
    ],
  ];
  for (const [attempt, name, message] of errors) assert.throws(attempt, { name, message });
});

Deno.test("whatever stands for a size or an axis, the error is short and shows it", () => {
  const long = "y".repeat(1e6);
  for (const given of [Symbol("s"), long, 1n, {}, [long]]) {
    const untyped = given as number;
    for (
      const attempt of [
        () => shape.checkShape("make a tensor", [untyped]),
        () => shape.checkShape("make a tensor", given as number[]),
        () => shape.normaliseAxis("sum over", untyped, [2]),
        () => shape.normaliseAxes("sum over", [untyped], [2]),
      ]
    ) {
      assert.throws(attempt, (error: Error) => error.message.length < 300 && /^Cannot (make|sum)/.test(error.message));
    }
  }
  // deno-lint-ignore no-sparse-arrays -- as in a notebook
  assert.throws(() => shape.normaliseAxes("sum over", [0, , 1] as number[], [2, 3]), /axis undefined/);
});

Deno.test("a shape of more elements than any device holds is refused by name", () => {
  shape.checkShape("make a tensor", [2 ** 53, 0]);
  const message = "Cannot make a tensor, as a tensor has at most 4294967296 elements: 8589934592";
  assert.throws(() => shape.checkShape("make a tensor", [2 ** 32, 2]), { name: "RangeError", message });
});
