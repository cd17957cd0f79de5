import assert from "node:assert/strict";
import { record } from "../../autograd/record.ts";
import { gradcheck, GradcheckError, Random, Tensor } from "../../mod.ts";
import { withKernels } from "../../kernels/device.ts";
import { reference } from "../../kernels/reference/mod.ts";
import "../support/reference.ts";

const x = Tensor.from([[1, 2], [-3, 0.5]]);

/** The square, with the derivative of one element off by a factor. */
function square(x: Tensor, wrongAt: number, factor: number): Tensor {
  const factors = Tensor.full([x.size], 2).data;
  factors[wrongAt]! *= factor;
  return record("square", [x], x.detach().mul(x.detach()).view, (grad) => [
    grad.mul(x).mul(Tensor.from(factors, { shape: x.shape })),
  ]);
}

Deno.test("gradcheck compares every element of every input", () => {
  const report = gradcheck((a, b) => a!.mul(b!), [x, Tensor.from([5, 7])]);
  assert.equal(report.checked, 6);
  assert.ok(report.worst < 1e-9, `${report.worst}`);
});

Deno.test("gradcheck finds a single derivative that is off by two millionths, and names it", () => {
  for (let i = 0; i < x.size; i++) {
    assert.throws(() => gradcheck((x) => square(x!, i, 1 + 2e-6), [x]), (error) => {
      assert.ok(error instanceof GradcheckError);
      assert.deepEqual([error.input, error.index], [0, [i >> 1, i % 2]]);
      assert.match(error.message, /^Wrong gradient for element \[\d, \d\] of input 0, as it must be the limit of the/);
      return true;
    });
    gradcheck((x) => square(x!, i, 1 + 1e-7), [x]); // within the tolerance
    assert.throws(() => gradcheck((x) => square(x!, i, 1 + 1e-7), [x], { tolerance: 1e-8 }), GradcheckError);
  }
});

Deno.test("gradcheck reports where rounding swamps the derivative, and still refutes what it can", () => {
  const high = (x: Tensor) => x.add(1e12);
  assert.deepEqual(gradcheck((x) => high(x!), [x]), { checked: 0, inconclusive: 4, worst: 0 });
  const flat = (x: Tensor) => x.mul(0).add(1e12); // its differences are exactly 0, as its gradient is
  assert.deepEqual(gradcheck((x) => flat(x!), [x]), { checked: 4, inconclusive: 0, worst: 0 });
  const steep = (x: Tensor) => record("steep", [x], x.detach().mul(1e12).view, (grad) => [grad.mul(2e12)]);
  assert.throws(() => gradcheck((x) => steep(x!), [x]), GradcheckError);
});

Deno.test("gradcheck is not fooled by errors that cancel in a plain sum, nor by NaN", () => {
  const rolled = (x: Tensor) => record("rolled", [x], x.view, (grad) => [grad.gather([1, 0])]); // right only in the sum
  assert.throws(() => gradcheck((x) => rolled(x!), [x]), GradcheckError);
  const lost = (x: Tensor) => record("lost", [x], x.view, (grad) => [grad.mul(NaN)]);
  assert.throws(() => gradcheck((x) => lost(x!), [x]), GradcheckError);
});

Deno.test("gradcheck leaves its inputs alone, and computes on the reference device", () => {
  const leaf = Tensor.from([1, 2], { requiresGrad: true });
  const devices = new Set<string>();
  withKernels({ ...reference, device: "other" }, () => {
    gradcheck((x) => (devices.add(x!.kernels.device), x!.exp()), [leaf]);
  });
  assert.deepEqual([[...devices], leaf.grad, leaf.toArray()], [["reference"], null, [1, 2]]);
});

Deno.test("gradcheck refuses a function whose result changes shape", () => {
  const random = new Random(1);
  const restless = () => Tensor.zeros([random.integer(1, 1000)], { requiresGrad: true });
  assert.throws(() => gradcheck(restless, [x]), {
    name: "TypeError",
    message: /as the function must return one shape for all values of its inputs: \[\d+\] and \[\d+\]$/,
  });
});
