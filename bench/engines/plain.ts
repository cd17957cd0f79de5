/** The plain loops that one writes first. */

import type { Engine, Task } from "../engine.ts";
import type { Matmul } from "../workloads.ts";

export const plain: Engine = {
  name: "plain loop",
  prepare: (workload, [a, b]) => workload.kind === "matmul" ? tripleLoop(workload, a!, b!) : undefined,
};

function tripleLoop(
  { batch, M, N, K, transposeA, transposeB }: Matmul,
  a: Float32Array,
  b: Float32Array,
): Task {
  const [aM, aK] = transposeA ? [1, M] : [K, 1];
  const [bK, bN] = transposeB ? [1, K] : [N, 1];
  return () => {
    const out = new Float32Array(batch * M * N);
    for (let n = 0; n < batch; n++) {
      for (let i = 0; i < M; i++) {
        for (let j = 0; j < N; j++) {
          let sum = 0;
          for (let k = 0; k < K; k++) {
            sum += a[n * M * K + i * aM + k * aK]! *
              b[n * K * N + k * bK + j * bN]!;
          }
          out[(n * M + i) * N + j] = sum;
        }
      }
    }
    return out;
  };
}
