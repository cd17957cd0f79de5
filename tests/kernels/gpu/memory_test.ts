/** Memory on the gpu device: it is freed automatically, and positions in large arrays are exact. */

import assert from "node:assert/strict";
import { withKernels } from "../../../kernels/device.ts";
import { Bridge } from "../../../kernels/gpu/bridge.ts";
import { collectGarbage } from "../../../kernels/garbage.ts";
import { openGpu } from "../../../kernels/gpu/open.ts";
import { type GpuKernels, gpuKernels } from "../../../kernels/gpu/mod.ts";
import type { View } from "../../../kernels/kernels.ts";
import { rowMajor, type Shape } from "../../../kernels/view.ts";
import { Random, Tensor } from "../../../mod.ts";

/** What is tested here runs on the calling thread, and is the same for all engines; the positions are tested where it matters. */
const device = await openGpu({ engine: "webasm" });

/** A step of training that leaves about forty arrays behind. */
function step([w1, w2]: Tensor[], x: Tensor, y: Tensor): { parameters: Tensor[]; loss: Tensor } {
  const loss = x.matmul(w1!).tanh().matmul(w2!).sub(y).pow(2).mean();
  loss.backward();
  const parameters = [w1!, w2!].map((w) => {
    return Tensor.from(w.detach().sub(w.grad!.mul(0.05)).data, { shape: w.shape, requiresGrad: true });
  });
  return { parameters, loss };
}

Deno.test("300 training steps without await leave no more on the device than a few steps need", () => {
  withKernels(device, () => {
    const random = new Random(1);
    const x = Tensor.randn([32, 8], { random });
    const y = x.mul(x).mean(1, { keepDims: true });
    let parameters = [[8, 16], [16, 1]].map((shape) => {
      return Tensor.from(Tensor.randn(shape, { random }).mul(0.3).data, { shape, requiresGrad: true });
    });
    const losses: number[] = [];
    let most = 0;
    for (let i = 0; i < 300; i++) {
      const { parameters: updated, loss } = step(parameters, x, y);
      parameters = updated;
      most = Math.max(most, device.storages);
      if (i % 100 === 0) losses.push(loss.item());
    }
    assert.ok(losses.at(-1)! < losses[0]! / 2, `the losses should fall: ${losses.join(", ")}`);
    assert.ok(most < 2000, `there were ${most} arrays on the device at once`);
  });
});

Deno.test("unreachable arrays are also freed between turns of the event loop", async () => {
  const bridge = await Bridge.open("cpu");
  const device = gpuKernels(bridge);
  for (let i = 0; i < 300; i++) device.full(10, i); // too few to trigger a sweep
  assert.equal(device.storages, 300);
  for (let turn = 0; turn < 20 && device.storages > 10; turn++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assert.ok(device.storages <= 10, `${device.storages} arrays are left of 300`);
  await bridge.close();
});

/** Counts from an offset past what float32 can number, in an array of a little more than 2²⁴ elements. */
function farCounts(device: GpuKernels, shape: Shape): View {
  const length = 2 ** 24 + 64;
  const layout = { ...rowMajor([40]), offset: 2 ** 24 + 1 };
  const counts = { ...rowMajor([40]), storage: device.write(Array.from({ length: 40 }, (_, i) => i)) };
  return { ...rowMajor(shape), storage: device.assemble(length, [{ view: counts, layout }]), offset: layout.offset };
}

Deno.test("positions past 2²⁴ are exact", () => {
  const read = (storage: View["storage"]) => [...device.read(storage)];
  const row = farCounts(device, [5]);
  assert.deepEqual(read(device.copy(row)), [0, 1, 2, 3, 4]);
  assert.deepEqual(read(device.copy({ ...row, shape: [3, 2], strides: [1, 3] })), [0, 3, 1, 4, 2, 5]);
  assert.deepEqual(read(device.reduce("sum", { ...row, shape: [2, 3], strides: [3, 1] }, 1)), [3, 12]);
  assert.deepEqual(read(device.gather({ ...row, shape: [3, 2], strides: [2, 1] }, Int32Array.of(2, 0))), [4, 5, 0, 1]);
  const [a, b] = [{ ...row, shape: [1, 3], strides: [3, 1] }, { ...row, shape: [3, 1], strides: [1, 1] }];
  assert.deepEqual(read(device.matmul(a, b)), [5]);

  // the array's halves are zipped: the second numbers of some pairs beyond 2²⁴ are counts
  const half = row.storage.length / 2;
  const zipped = device.copy({ ...row, shape: [half, 2], strides: [1, half], offset: 0 });
  assert.deepEqual(read(device.copy({ storage: zipped, shape: [3], strides: [2], offset: 2 ** 24 + 13 })), [
    37,
    38,
    39,
  ]);
});
