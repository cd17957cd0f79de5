/** Running sums along the last axis, in two steps: the sums of whole blocks, and from them every sum up to an element. */

import type { View } from "../kernels.ts";
import { contiguous, sizeOf } from "../view.ts";
import type { Gpu } from "./gpu.ts";
import { program, type Thread } from "./program.ts";
import type { GpuStorage } from "./storage.ts";
import { storageOf, walk } from "./views.ts";

/**
 * `out[r, i] = Σ a[r, j]` over `j ≤ i`: the sums of the blocks before that of i, and the numbers of its own up to i.
 * There are `n` numbers in a row, `size` in a block, and the sums of `blocks` blocks of each row. (The row, below 2²⁴,
 * takes two divisions, as in templates.ts.)
 */
const RUNNING_SUMS = program(
  function (
    this: Thread,
    a: readonly number[],
    aOffset: number,
    aRow: number,
    aColumn: number,
    sums: readonly number[],
    n: number,
    size: number,
    blocks: number,
  ) {
    const near = Math.floor((this.thread.x + 0.5) / n);
    const row = near + Math.floor((this.thread.x - (near | 0) * n + 0.5) / n);
    const block = Math.floor((this.thread.x - (row | 0) * n + 0.5) / size);
    const count = this.thread.x - (row | 0) * n - (block | 0) * size + 1;
    let total = 0;
    for (let k = 0; k < block; k++) total += sums[(row | 0) * blocks + (k | 0)]!;
    for (let k = 0; k < count; k++) {
      total += a[aOffset + (row | 0) * aRow + ((block | 0) * size + (k | 0)) * aColumn]!;
    }
    return total;
  },
  {
    ...{ a: "Array", aOffset: "Integer", aRow: "Integer", aColumn: "Integer" },
    ...{ sums: "Array", n: "Integer", size: "Integer", blocks: "Integer" },
  } as const,
);

/** Running sums along the last axis; from its end if `reverse`. */
export function runningSums(gpu: Gpu, a: View, reverse: boolean): GpuStorage {
  if (sizeOf(a.shape) === 0) return gpu.write([]);
  if (!reverse) return forwards(gpu, a);
  const sums = contiguous(forwards(gpu, reversed(a)), a.shape);
  return gpu.map("x", { x: reversed(sums) });
}

function forwards(gpu: Gpu, a: View): GpuStorage {
  const outer = walk([a], 0, a.shape.length - 1);
  if (outer.shape.length > 1) return forwards(gpu, gpu.contiguous(a));
  const [n, rows] = [a.shape.at(-1)!, sizeOf(outer.shape)];
  const [aRow, aColumn] = [outer.strides[0]![0] ?? 0, a.strides.at(-1)!];
  const size = Math.ceil(Math.sqrt(n));
  const blocks = Math.ceil(n / size) - 1; // the last one's sum is in no sum
  const whole = { ...a, shape: [rows, blocks, size], strides: [aRow, size * aColumn, aColumn] };
  return gpu.launch(RUNNING_SUMS, [rows * n], {
    ...{ a: storageOf(a), aOffset: a.offset, aRow, aColumn, n, size, blocks },
    sums: blocks === 0 ? gpu.write([0]) : gpu.fold("sum", "x", { x: whole }),
  });
}

/** The same numbers with the last axis the other way round. */
function reversed(a: View): View {
  const [n, stride] = [a.shape.at(-1)!, a.strides.at(-1)!];
  return { ...a, offset: a.offset + (n - 1) * stride, strides: a.strides.with(-1, -stride) };
}
