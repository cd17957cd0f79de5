import assert from "node:assert/strict";
import { Random, Tensor, useDevice } from "../../../mod.ts";
import "../../support/float64.ts";
import "../../support/reference.ts";

Deno.test("tensors from nested arrays, typed arrays and numbers", () => {
  assert.deepEqual(Tensor.from([[1, 2], [3, 4]]).toArray(), [[1, 2], [3, 4]]);
  assert.deepEqual(Tensor.from(Float32Array.of(1, 2, 3, 4), { shape: [2, 2] }).toArray(), [[1, 2], [3, 4]]);
  assert.deepEqual(Tensor.from([1, 2, 3, 4], { shape: [2, 2] }).toArray(), [[1, 2], [3, 4]]);
  assert.deepEqual([Tensor.from(3).shape, Tensor.from(3).item(), Tensor.from(3).toArray()], [[], 3, 3]);
  const { shape, size, rank } = Tensor.zeros([2, 0, 3]);
  assert.deepEqual([shape, size, rank], [[2, 0, 3], 0, 3]);
});

Deno.test("tensors by rule", () => {
  assert.deepEqual(Tensor.zeros([2]).toArray(), [0, 0]);
  assert.deepEqual(Tensor.ones([1, 2]).toArray(), [[1, 1]]);
  assert.deepEqual(Tensor.full([2], 7, { requiresGrad: true }).requiresGrad, true);
  assert.deepEqual(Tensor.eye(2).toArray(), [[1, 0], [0, 1]]);
  assert.deepEqual(Tensor.arange(3).toArray(), [0, 1, 2]);
  assert.deepEqual(Tensor.arange(1, 2, 0.25).toArray(), [1, 1.25, 1.5, 1.75]);
  assert.deepEqual(Tensor.arange(3, 0, -1).toArray(), [3, 2, 1]);
  assert.deepEqual(Tensor.arange(3, 0).toArray(), []);
});

Deno.test("random tensors draw from the given source, in row-major order", () => {
  const expected = (f: (random: Random) => number) => {
    const random = new Random(1);
    return Array.from({ length: 6 }, () => f(random));
  };
  const options = () => ({ random: new Random(1), requiresGrad: true });
  assert.deepEqual([...Tensor.randn([2, 3], options()).data], expected((random) => random.normal()));
  assert.deepEqual([...Tensor.rand([2, 3], options()).data], expected((random) => random.uniform()));
  assert.ok(Tensor.rand([1], options()).requiresGrad);
});

Deno.test("uniform deviates are below 1 in float32 too", async () => {
  await useDevice("cpu");
  class Largest extends Random { // as if the largest of all numbers had been drawn
    override uniform() {
      return 1 - 2 ** -53;
    }
  }
  assert.ok(Tensor.rand([3], { random: new Largest(1) }).data.every((x) => x < 1));
  await useDevice("reference");
});

Deno.test("a seed draws the same numbers on every device, up to rounding, and leaves the same state", async () => {
  const drawn = async (device: "reference" | "cpu") => {
    await useDevice(device);
    const random = new Random(3);
    const tensors = [Tensor.rand([5], { random }), Tensor.randn([5], { random }), Tensor.rand([3], { random })];
    return [...tensors.flatMap((tensor) => [...tensor.data]), random.uniform()];
  };
  const [single, double] = [await drawn("cpu"), await drawn("reference")];
  single.forEach((x, i) => assert.ok(Math.abs(x - double[i]!) <= 2 ** -22, `${x} and ${double[i]}`)); // |x| < 4 in float32
});

Deno.test("one-hot vectors have a 1 at each index, and other indices are rejected", () => {
  assert.deepEqual(Tensor.oneHot([[0, 2], [1, 1]], 3).toArray(), [[[1, 0, 0], [0, 0, 1]], [[0, 1, 0], [0, 1, 0]]]);
  assert.deepEqual(Tensor.oneHot(Int32Array.of(1), 2).toArray(), [[0, 1]]);
  for (const [index, name] of [[3, "RangeError"], [-1, "RangeError"], [0.5, "RangeError"]] as const) {
    assert.throws(() => Tensor.oneHot([index], 3), {
      name,
      message: `Cannot make one-hot vectors, as an index must be a whole number, at least 0 and at most 2: ${index}`,
    });
  }
});
