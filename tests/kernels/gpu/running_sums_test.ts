import assert from "node:assert/strict";
import { contiguous, rowMajor } from "../../../kernels/view.ts";
import { gpuDevices } from "../../support/gpu.ts";

for (const kernels of await gpuDevices()) {
  const { engine } = kernels.engine;

  Deno.test(`running sums are right at the ends of blocks, from both ends (${engine})`, () => {
    for (const n of [1, 2, 3, 4, 5, 99, 100, 101, 1000]) {
      const rows = [0, 1].map((row) => Array.from({ length: n }, (_, i) => (i * 7 + row) % 5));
      const a = contiguous(kernels.write(rows.flat()), [2, n]);
      const sums = (row: number[]) => row.map((_, i) => row.slice(0, i + 1).reduce((x, y) => x + y));
      assert.deepEqual([...kernels.read(kernels.cumsum(a, false))], rows.flatMap(sums));
      const backwards = rows.flatMap((row) => sums(row.toReversed()).toReversed());
      assert.deepEqual([...kernels.read(kernels.cumsum(a, true))], backwards);
    }
  });

  Deno.test(`running sums of rows that are not evenly spaced, and of none (${engine})`, () => {
    const storage = kernels.write(Array.from({ length: 24 }, (_, i) => i));
    const a = { storage, shape: [2, 2, 3], strides: [12, 3, 1], offset: 1 };
    const sums = [1, 3, 6, 4, 9, 15, 13, 27, 42, 16, 33, 51];
    assert.deepEqual([...kernels.read(kernels.cumsum(a, false))], sums);
    assert.deepEqual([...kernels.read(kernels.cumsum({ ...rowMajor([3, 0]), storage }, false))], []);
  });
}
