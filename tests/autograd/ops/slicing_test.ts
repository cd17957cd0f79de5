import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { Range } from "../../../autograd/ops/slicing.ts";
import { type NestedNumbers, Tensor } from "../../../mod.ts";
import * as any from "../../support/arbitraries.ts";
import { OPERATIONS } from "../../support/operations.ts";
import { property } from "../../support/property.ts";
import "../../support/reference.ts";

/** `slice` in terms of the methods of arrays. */
function sliced(nested: NestedNumbers, [range, ...rest]: readonly Range[]): NestedNumbers {
  if (range === undefined || typeof nested === "number") return nested;
  if (typeof range === "number") return sliced(nested.at(range)!, rest);
  const [start, end, step = 1] = range ?? [0];
  return nested.slice(start, end ?? undefined).filter((_, i) => i % step === 0).map((part) => sliced(part, rest));
}

const parts = any.shapes().chain((shape) => fc.tuple(any.inputOf(shape), any.rangesOf(shape)));
property("slice takes of each axis what Array.prototype.slice would", parts, ([input, ranges]) => {
  const a = any.tensorOf(input);
  const out = a.slice(...ranges);
  if (out.size > 0) assert.deepEqual(out.toArray(), sliced(a.toArray(), ranges));
  assert.strictEqual(out.view.storage, a.view.storage);
}, 300);

const cuts = any.shapes({ minRank: 1 }).chain((shape) =>
  any.axisOf(shape).chain((axis) => fc.tuple(any.inputOf(shape), fc.constant(axis), fc.nat(shape.at(axis)!)))
);
property("what slice cuts, concat joins", cuts, ([input, axis, at]) => {
  const a = any.tensorOf(input);
  const before = a.shape.slice(0, (axis + a.rank) % a.rank).map(() => null);
  const [head, tail] = [a.slice(...before, [0, at]), a.slice(...before, [at])];
  assert.deepEqual(Tensor.concat([head, tail], axis).toArray(), a.toArray());
  assert.deepEqual(head.concat(tail, axis).toArray(), a.toArray());
});

property("slice takes apart what stack puts together", OPERATIONS.stack.cases, ({ inputs }) => {
  const tensors = inputs.map((input) => any.tensorOf(input));
  for (let axis = 0; axis <= tensors[0]!.rank; axis++) {
    const stacked = Tensor.stack(tensors, axis);
    assert.equal(stacked.shape[axis], tensors.length);
    tensors.forEach((tensor, i) => {
      const before = tensor.shape.slice(0, axis).map(() => null);
      assert.deepEqual(stacked.slice(...before, i).toArray(), tensor.toArray());
    });
  }
});

Deno.test("a hundred thousand parts are joined, and their gradient split, in one walk", () => {
  const parts = Array.from({ length: 100_000 }, () => Tensor.ones([1], { requiresGrad: true }));
  Tensor.concat(parts).sum().backward(); // one walk per part would take minutes
  assert.equal(parts.at(-1)!.grad!.item(), 1);
});

Deno.test("a range is null, an integer or two or three of them, and nothing that looks alike", () => {
  const x = Tensor.from([[1, 2, 3], [4, 5, 6]]);
  const wrong = [[0.5, 1.5], "12", ["0", "1"], [0, "1"], {}, true, 1n, Symbol("s"), [], [0, 1, 1, 1], [null, 1], [
    0,
    1,
    0.5,
  ]];
  for (const range of wrong as [number][]) {
    assert.throws(() => x.slice(null, range), /^TypeError: Cannot slice .*, as a range must be integers/);
  }
  assert.deepEqual(x.slice(null, [-Infinity, Infinity, 2]).toArray(), [[1, 3], [4, 6]]);
  assert.deepEqual(x.slice([1, null]).toArray(), [[4, 5, 6]]);
});
