/** gpu.js as in its documentation: a kernel function for one cell of the result, on its `webasm` engine. */

import { loadGpuJs } from "nabla/kernels/gpu/load.ts";
import type { Engine, Task } from "../engine.ts";
import type { Workload } from "../workloads.ts";

/** The part of gpu.js used here; its own types lack `webasm`. */
type Kernel = (...args: unknown[]) => Promise<Float32Array>;
interface Gpu {
  createKernel(
    f: (this: never, ...args: never[]) => number,
    settings: Record<string, unknown>,
  ): Kernel;
}

export async function gpujs(): Promise<Engine> {
  const { Worker } = globalThis;
  Reflect.deleteProperty(globalThis, "Worker"); // with it, gpu.js asks for a classic worker, which Deno does not have
  const { GPU } = await loadGpuJs() as unknown as {
    GPU: new (options: { mode: string }) => Gpu; // its own types lack `webasm`, see above
  };
  globalThis.Worker = Worker;
  const gpu = new GPU({ mode: "webasm" });
  return {
    name: "gpu.js webasm, one cell per thread",
    prepare: (w, operands) => prepare(gpu, w, operands),
  };
}

/** A kernel's `this` in gpu.js. */
interface This {
  readonly thread: { readonly x: number };
  readonly constants: Record<
    "M" | "N" | "K" | "aM" | "aK" | "bK" | "bN",
    number
  >;
}

function prepare(
  gpu: Gpu,
  w: Workload,
  operands: readonly Float32Array[],
): Task | undefined {
  if (w.kind !== "matmul") return undefined;
  const { M, N, K } = w;
  const [aM, aK] = w.transposeA ? [1, M] : [K, 1];
  const [bK, bN] = w.transposeB ? [1, K] : [N, 1];
  const kernel = gpu.createKernel(
    function (this: This, a: number[], b: number[]): number {
      const row = Math.floor(this.thread.x / this.constants.N);
      const n = Math.floor(row / this.constants.M);
      const i = row - n * this.constants.M;
      const j = this.thread.x - row * this.constants.N;
      let sum = 0;
      for (let k = 0; k < this.constants.K; k++) {
        sum += a[
          n * this.constants.M * this.constants.K + i * this.constants.aM +
          k * this.constants.aK
        ]! *
          b[
            n * this.constants.K * this.constants.N + k * this.constants.bK +
            j * this.constants.bN
          ]!;
      }
      return sum;
    } as (this: never, ...args: never[]) => number,
    { output: [w.batch * M * N], constants: { M, N, K, aM, aK, bK, bN } },
  );
  return async () => await kernel(operands[0], operands[1]);
}
