/** Our own devices. */

import type { Kernels, Storage, View } from "nabla/kernels/kernels.ts";
import { rowMajor, type Shape } from "nabla/kernels/view.ts";
import type { Engine, Task } from "../engine.ts";
import { operationsOf, type Workload } from "../workloads.ts";

/** One of nabla's devices; it skips work of more than `limit` operations. Default: no limit. */
export function nabla(name: string, k: Kernels, limit = Infinity): Engine {
  /** A result's numbers: on cpu they are on the heap already; from other devices they are read. */
  const numbers = (storage: Storage) => storage instanceof Float32Array ? storage : k.read(storage);
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
  const prepare = (w: Workload, operands: readonly Float32Array[]): Task | undefined => {
    if ((operationsOf(w) ?? 0) > limit) return undefined;
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
      return () => numbers(k.matmul(x, y));
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
        const { out, max, sum } = k.attention(q, key, v, options);
        if (!w.backward) return numbers(out);
        const attended = {
          out: { storage: out, ...rowMajor(shape) },
          max: { storage: max, ...rowMajor([w.heads, w.T]) },
          sum: { storage: sum, ...rowMajor([w.heads, w.T]) },
        };
        return numbers(k.attentionBackward(q, key, v, attended, q, options).v);
      };
    }
    const x = view(operands[0]!, [w.rows, w.columns]);
    if (w.kind === "gelu") return () => numbers(k.unary("gelu", x));
    if (w.kind === "softmax") return () => numbers(k.softmax(x));
    const [gain, bias] = [1, 0].map((value) => view(new Float32Array(w.columns).fill(value), [w.columns]));
    return () => numbers(k.layerNorm(x, gain!, bias!, 1e-5));
  };
  return { name, prepare };
}
