import assert from "node:assert/strict";
import { Random, Tensor } from "../../mod.ts";
import { reference } from "../../kernels/reference/mod.ts";
import { withKernels } from "../../kernels/device.ts";
import "../support/float64.ts";
import "../support/reference.ts";

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
