import assert from "node:assert/strict";
import {
  currentKernels,
  deviceInfo,
  type DeviceName,
  type DeviceOptions,
  useDevice,
  withKernels,
} from "../../kernels/device.ts";
import { reference } from "../../kernels/reference/mod.ts";
import { Tensor } from "../../mod.ts";

Deno.test("the device in use is cpu, unless another is chosen", () => {
  const { device, precision, threads } = deviceInfo();
  assert.deepEqual([device, precision, threads], ["cpu", "float32", navigator.hardwareConcurrency]);
});

Deno.test("cpu takes a number of threads, and stays the same device", async () => {
  await useDevice("cpu");
  const before = Tensor.ones([2]);
  assert.equal((await useDevice("cpu", { threads: 1 })).threads, 1);
  assert.deepEqual(before.add(Tensor.ones([2])).toArray(), [2, 2]);
  for (const threads of [0, 1.5, -2, NaN, 1e9, 4 * Math.max(4, navigator.hardwareConcurrency) + 1]) {
    await assert.rejects(useDevice("cpu", { threads }), {
      name: "RangeError",
      message: new RegExp(
        '^Cannot use a device, as the option "threads" must be a whole number, at least 1 and at most \\d+: ',
      ),
    });
  }
  assert.equal((await useDevice("cpu")).threads, navigator.hardwareConcurrency);
});

Deno.test("an option that a device does not have is rejected, and undefined means the default", async () => {
  await assert.rejects(useDevice("reference", { threads: 2 }), {
    name: "TypeError",
    message: 'Cannot use the device "reference" with the option "threads": only cpu has it',
  });
  await assert.rejects(useDevice("cpu", { engine: "webasm" }), {
    name: "TypeError",
    message: 'Cannot use the device "cpu" with the option "engine": only gpu has it',
  });
  await assert.rejects(useDevice("cpu", { thread: 2 } as DeviceOptions), {
    name: "TypeError",
    message: 'Cannot use a device, as there is no option "thread": there are engine, threads',
  });
  await assert.rejects((useDevice as (...args: unknown[]) => Promise<unknown>)(), /^TypeError: .*"name" must be given/);
  const { threads } = await useDevice("cpu", { threads: undefined, engine: undefined });
  assert.equal(threads, navigator.hardwareConcurrency);
});

Deno.test("of several calls at once, the last one that succeeds decides", async () => {
  const gpu = { device: "gpu", precision: "float32", engine: "cpu" } as const;
  assert.deepEqual((await Promise.all([useDevice("gpu", { engine: "cpu" }), useDevice("reference")]))[0], gpu);
  assert.equal(deviceInfo().device, "reference");
  await Promise.all([useDevice("reference"), useDevice("gpu", { engine: "cpu" })]);
  assert.deepEqual(deviceInfo(), gpu);
  const failing = useDevice("tpu" as DeviceName).catch(() => {});
  await Promise.all([useDevice("gpu", { engine: "cpu" }), useDevice("cpu"), failing]);
  assert.equal(deviceInfo().device, "cpu");
});

Deno.test("useDevice returns the device's properties, and new tensors are made on it", async () => {
  const info = await useDevice("reference");
  assert.deepEqual([info.device, info.precision], ["reference", "float64"]);
  assert.deepEqual(deviceInfo(), info);
  assert.strictEqual(Tensor.zeros([2]).kernels, reference);
});

Deno.test("an unknown device is rejected, and the one in use stays", async () => {
  for (const name of ["tpu", "toString", ""]) {
    await assert.rejects(useDevice(name as DeviceName), (error) => {
      assert.ok(error instanceof RangeError);
      assert.equal(
        error.message,
        `Cannot use a device, as "name" must be "reference" or "cpu" or "gpu": "${name}"`,
      );
      return true;
    });
    assert.strictEqual(currentKernels(), reference);
  }
});

Deno.test("withKernels restores the device that was in use, even after an error", () => {
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
