/** jax-js with its WebAssembly backend, compiled by `jit`. */

import { type Array as JaxArray, defaultDevice, grad, init, jit, nn, numpy as np } from "@jax-js/jax";
import type { Engine, Task } from "../engine.ts";
import type { Workload } from "../workloads.ts";

export async function jax(): Promise<Engine> {
  if (!(await init("wasm")).includes("wasm")) {
    throw new Error("jax-js does not use its wasm backend");
  }
  defaultDevice("wasm");
  return { name: "jax-js wasm", prepare };
}

/** Applies a compiled function to arrays that are reused. */
function task(f: (...xs: JaxArray[]) => JaxArray, ...xs: JaxArray[]): Task {
  const compiled = jit(f as never) as unknown as typeof f; // jit's own type needs tuples of known length
  return () => compiled(...xs.map((x) => x.ref)).dataSync() as Float32Array; // every array here is float32
}

function prepare(
  w: Workload,
  operands: readonly Float32Array<ArrayBuffer>[],
): Task {
  const array = (i: number, shape: number[]) => np.array(operands[i]!, { shape });
  if (w.kind === "matmul") {
    const a = array(
      0,
      w.transposeA ? [w.batch, w.K, w.M] : [w.batch, w.M, w.K],
    );
    const b = array(
      1,
      w.transposeB ? [w.batch, w.N, w.K] : [w.batch, w.K, w.N],
    );
    const right = (a: JaxArray, transposed: boolean) => transposed ? np.matrixTranspose(a) : a;
    return task(
      (a, b) => np.matmul(right(a, w.transposeA), right(b, w.transposeB)),
      a,
      b,
    );
  }
  if (w.kind === "attention") {
    const xs = [0, 1, 2].map((i) => array(i, [w.heads, w.T, w.D])) as [
      JaxArray,
      JaxArray,
      JaxArray,
    ];
    const attend = (q: JaxArray, k: JaxArray, v: JaxArray) => {
      return np.matmul(
        nn.softmax(np.matmul(q, np.matrixTranspose(k)).mul(1 / Math.sqrt(w.D))),
        v,
      );
    };
    if (!w.backward) return task(attend, ...xs);
    const loss = (qkv: JaxArray[], weights: JaxArray) => attend(qkv[0]!, qkv[1]!, qkv[2]!).mul(weights).sum();
    const gradients = grad(loss as never) as unknown as (
      qkv: JaxArray[],
      weights: JaxArray,
    ) => JaxArray[]; // as above
    const compiled = jit(gradients as never) as unknown as typeof gradients; // as above
    return () => {
      const found = compiled(xs.map((x) => x.ref), xs[0].ref);
      return found.map((g) => g.dataSync() as Float32Array)[2]!;
    };
  }
  const x = array(0, [w.rows, w.columns]);
  if (w.kind === "softmax") return task((x) => nn.softmax(x), x);
  if (w.kind === "gelu") {
    return task((x) => nn.gelu(x, { approximate: false }), x);
  }
  return task((x) => nn.standardize(x, -1), x);
}
