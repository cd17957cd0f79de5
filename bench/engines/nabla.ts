/** Our own cpu device. */

import { cpuKernels } from "nabla/kernels/cpu/mod.ts";
import type { View } from "nabla/kernels/kernels.ts";
import { rowMajor, type Shape } from "nabla/kernels/view.ts";
import type { Engine, Task } from "../engine.ts";
import type { Workload } from "../workloads.ts";

/** The cpu device on so many threads. */
export function nabla(threads: number): Engine {
  const k = cpuKernels({ threads });
  const view = (values: Float32Array, shape: Shape): View => ({
    storage: k.write(values),
    ...rowMajor(shape),
  });
  const transposed = (v: View): View => {
    const [batch, rows, columns] = v.shape as [number, number, number]; // a matmul's operands have three axes here
    return {
      ...v,
      shape: [batch, columns, rows],
      strides: [rows * columns, 1, columns],
    };
  };
  const prepare = (w: Workload, operands: readonly Float32Array[]): Task => {
    if (w.kind === "matmul") {
      const a = view(
        operands[0]!,
        w.transposeA ? [w.batch, w.K, w.M] : [w.batch, w.M, w.K],
      );
      const b = view(
        operands[1]!,
        w.transposeB ? [w.batch, w.N, w.K] : [w.batch, w.K, w.N],
      );
      const [x, y] = [
        w.transposeA ? transposed(a) : a,
        w.transposeB ? transposed(b) : b,
      ];
      return () => k.matmul(x, y) as Float32Array; // what the cpu device's storages are
    }
    if (w.kind === "attention") {
      const shape = [w.heads, w.T, w.D];
      const [q, key, v] = operands.map((values) => view(values, shape)) as [
        View,
        View,
        View,
      ];
      const options = { scale: 1 / Math.sqrt(w.D), causal: false };
      return () => {
        const { out, logSumExp } = k.attention(q, key, v, options);
        if (!w.backward) return out as Float32Array;
        const attended = { storage: out, ...rowMajor(shape) };
        const logs = { storage: logSumExp, ...rowMajor([w.heads, w.T]) };
        return k.attentionBackward(q, key, v, attended, logs, q, options)
          .v as Float32Array;
      };
    }
    const x = view(operands[0]!, [w.rows, w.columns]);
    if (w.kind === "gelu") return () => k.unary("gelu", x) as Float32Array;
    if (w.kind === "softmax") return () => k.softmax(x) as Float32Array;
    const [gain, bias] = [1, 0].map((value) => view(new Float32Array(w.columns).fill(value), [w.columns]));
    return () => k.layerNorm(x, gain!, bias!, 1e-5) as Float32Array;
  };
  return {
    name: threads === 1 ? "nabla, 1 thread" : `nabla, ${threads} threads`,
    prepare,
  };
}
