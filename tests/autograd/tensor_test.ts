import assert from "node:assert/strict";
import { Random, Tensor, useDevice } from "../../mod.ts";
import { reference } from "../../kernels/reference/mod.ts";
import { withKernels } from "../../kernels/device.ts";
import "../support/float64.ts";
import "../support/reference.ts";

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

Deno.test("numbers are copied on reading, and when a tensor is made", () => {
  const given = Float64Array.of(1, 2);
  const a = Tensor.from(given);
  given[0] = 9;
  a.data[1] = 9;
  assert.deepEqual(a.toArray(), [1, 2]);
});

Deno.test("assign gives a leaf new numbers; results computed from the old ones keep them", () => {
  const w = Tensor.from([1, 2], { requiresGrad: true });
  const [view, double] = [w.reshape([2, 1]), w.mul(2)];
  for (const values of [Tensor.from([5, 6]), [5, 6], Float32Array.of(5, 6)]) {
    w.assign(values);
    assert.deepEqual([w.toArray(), w.requiresGrad], [[5, 6], true]);
  }
  w.assign(w.mul(2)); // of its own numbers
  assert.deepEqual([w.toArray(), view.toArray(), double.toArray()], [[10, 12], [[1], [2]], [2, 4]]);
  assert.throws(() => double.assign([0, 0]), {
    name: "TypeError",
    message: 'Cannot assign to a result of "mul": only leaves take new values',
  });
});

Deno.test("a tensor that was assigned from does not change with the leaf", () => {
  const [source, target] = [Tensor.from([1, 2]), Tensor.zeros([2])];
  target.assign(source);
  source.assign([8, 9]);
  assert.deepEqual(target.toArray(), [1, 2]);
});

Deno.test("assign copies numbers from another device", () => {
  const here = Tensor.zeros([2]);
  const there = withKernels({ ...reference, device: "other" }, () => Tensor.from([1, 2]));
  here.assign(there);
  assert.deepEqual([here.toArray(), here.kernels.device], [[1, 2], "reference"]);
});

Deno.test("requiresGrad can be set on leaves; a result can only be detached", () => {
  const x = Tensor.from([1, 2]);
  x.requiresGrad = true;
  const y = x.mul(3);
  y.sum().backward();
  assert.deepEqual(x.grad?.toArray(), [3, 3]);
  assert.throws(() => y.requiresGrad = false, {
    name: "TypeError",
    message: 'Cannot stop the gradient of a result of "mul": use detach() instead',
  });
  assert.equal(y.detach().requiresGrad, false);
  x.requiresGrad = false;
  assert.equal(x.mul(3).requiresGrad, false);
});

Deno.test("errors", () => {
  const errors: [() => unknown, "TypeError" | "RangeError", string][] = [
    [
      () => Tensor.from([1, 2]).item(),
      "TypeError",
      "Cannot read a tensor of shape [2] as one number, as it has 2 elements",
    ],
    [
      () => Tensor.from([1, 2], { shape: [3] }),
      "TypeError",
      "Cannot make a tensor of shape [3], as it needs 3 elements: 2",
    ],
    [
      () => Tensor.full([2], "7" as unknown as number),
      "TypeError",
      'Cannot fill a tensor, as "value" must be a number: "7"',
    ],
    [
      () => Tensor.zeros([2, -1]),
      "TypeError",
      "Cannot make a tensor, as every size of a shape must be an integer of at least 0: [2, -1]",
    ],
    [
      () => Tensor.eye(1.5),
      "RangeError",
      'Cannot make an identity matrix, as "n" must be a whole number, at least 0: 1.5',
    ],
    [
      () => Tensor.arange(0, 1, 0),
      "RangeError",
      "Cannot count from 0 to 1 in steps of 0, as the steps must come to an end",
    ],
    [
      () => Tensor.arange(NaN),
      "RangeError",
      "Cannot count from 0 to NaN in steps of 1, as the steps must come to an end",
    ],
    [
      () => Tensor.rand([2.5], { random: new Random(1) }),
      "TypeError",
      "Cannot draw a tensor, as every size of a shape must be an integer of at least 0: [2.5]",
    ],
  ];
  for (const [attempt, name, message] of errors) assert.throws(attempt, { name, message });
});

Deno.test("a console prints a tensor, and a notebook gets text and HTML", () => {
  const a = Tensor.from([1, 2]);
  assert.equal(Deno.inspect(a), "Tensor [2]\n[1, 2]");
  // A symbol is not a key of the class's type.
  const display = (a as unknown as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]!.call(
    a,
  );
  assert.deepEqual(Object.keys(display), ["text/plain", "text/html"]);
  assert.equal(display["text/plain"], String(a));
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

Deno.test("the shape that is handed out cannot be changed, and requiresGrad is true or false", () => {
  const x = Tensor.zeros([2, 3]);
  for (const y of [x, x.transpose(), x.slice(0), x.reshape([6])]) {
    const shape = y.shape as number[];
    assert.throws(() => shape.pop(), TypeError);
    assert.throws(() => shape[0] = 9, TypeError);
  }
  const own = [2];
  Tensor.zeros(own);
  own.push(3); // the caller's own array stays the caller's
  assert.throws(() => x.requiresGrad = "no" as unknown as boolean, /^TypeError: Cannot set requiresGrad, as/);
});
