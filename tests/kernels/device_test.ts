import assert from "node:assert/strict";
import { currentKernels, deviceInfo, type DeviceName, useDevice, withKernels } from "../../kernels/device.ts";
import { reference } from "../../kernels/reference/mod.ts";
import { Tensor } from "../../mod.ts";

Deno.test("the device in use is cpu, unless another is chosen", () => {
  const { device, precision, threads } = deviceInfo();
  assert.deepEqual([device, precision, threads], ["cpu", "float32", navigator.hardwareConcurrency]);
});

Deno.test("cpu takes a number of threads, and stays the one device that it is", async () => {
  await useDevice("cpu");
  const before = Tensor.ones([2]);
  assert.equal((await useDevice("cpu", { threads: 1 })).threads, 1);
  assert.deepEqual(before.add(Tensor.ones([2])).toArray(), [2, 2]);
  for (const threads of [0, 1.5, -2, NaN]) {
    await assert.rejects(useDevice("cpu", { threads }), /^RangeError: Cannot use (0|1.5|-2|NaN) threads, as/);
  }
  await assert.rejects(useDevice("reference", { threads: 2 }), /^RangeError: .* as only cpu has threads/);
  assert.equal((await useDevice("cpu")).threads, navigator.hardwareConcurrency);
});

Deno.test("useDevice answers with what is known of the device, and new tensors are made on it", async () => {
  const info = await useDevice("reference");
  assert.deepEqual([info.device, info.precision], ["reference", "float64"]);
  assert.deepEqual(deviceInfo(), info);
  assert.strictEqual(Tensor.zeros([2]).kernels, reference);
});

Deno.test("a device that there is not is refused, and the one in use stays", async () => {
  for (const name of ["tpu", "toString", ""]) {
    await assert.rejects(useDevice(name as DeviceName), (error) => {
      assert.ok(error instanceof RangeError);
      assert.ok(error.message.startsWith(`Cannot use the device "${name}": there are reference`), error.message);
      return true;
    });
    assert.strictEqual(currentKernels(), reference);
  }
});

Deno.test("withKernels puts back the device that was in use, even after an error", () => {
  const other = { ...reference, device: "other" };
  const tensor = withKernels(other, () => {
    assert.deepEqual(deviceInfo().device, "other");
    return Tensor.ones([2]);
  });
  assert.throws(() =>
    withKernels(other, () => {
      throw new Error("inside");
    }), /inside/);
  assert.strictEqual(currentKernels(), reference);
  assert.strictEqual(tensor.add(1).kernels, other); // a tensor stays where it was made
});
