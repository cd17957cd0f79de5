/** The workloads and their operands: the same numbers for every engine. */

/** `a · b`, batched; a transposed operand is stored as `[K, M]`, or `[N, K]`. */
export interface Matmul {
  readonly kind: "matmul";
  readonly batch: number;
  readonly M: number;
  readonly N: number;
  readonly K: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** `softmax(q kᵀ / √D) v` for q, k and v of `[heads, T, D]`; or its three gradients, the forward pass included. */
export interface Attention {
  readonly kind: "attention";
  readonly heads: number;
  readonly T: number;
  readonly D: number;
  readonly backward: boolean;
}

/** A function of `[rows, columns]`, applied along the rows if it takes more than one number. */
export interface Rowwise {
  readonly kind: "softmax" | "layerNorm" | "gelu";
  readonly rows: number;
  readonly columns: number;
}

export type Workload = Matmul | Attention | Rowwise;

const matmul = (
  size: number,
  transposeA = false,
  transposeB = false,
): Matmul => {
  return {
    kind: "matmul",
    batch: 1,
    M: size,
    N: size,
    K: size,
    transposeA,
    transposeB,
  };
};

const attention = (T: number, backward: boolean): Attention => ({
  kind: "attention",
  heads: 8,
  T,
  D: 64,
  backward,
});

export const WORKLOADS: readonly Workload[] = [
  ...[128, 512, 1024].flatMap((
    size,
  ) => [matmul(size), matmul(size, false, true), matmul(size, true, false)]),
  {
    kind: "matmul",
    batch: 48,
    M: 128,
    N: 128,
    K: 64,
    transposeA: false,
    transposeB: false,
  },
  ...[64, 256, 1024].flatMap((T) => [attention(T, false), attention(T, true)]),
  { kind: "softmax", rows: 3072, columns: 64 },
  { kind: "softmax", rows: 64, columns: 50257 },
  { kind: "layerNorm", rows: 4096, columns: 768 },
  { kind: "gelu", rows: 1024, columns: 3072 },
];

export function nameOf(workload: Workload): string {
  if (workload.kind === "matmul") {
    const { batch, M, N, K, transposeA, transposeB } = workload;
    const form = `A${transposeA ? "ᵀ" : ""}·B${transposeB ? "ᵀ" : ""}`;
    return batch > 1 ? `matmul ${form}, ${batch} × ${M}×${K}×${N}` : `matmul ${form} ${M}`;
  }
  if (workload.kind === "attention") {
    const { heads, T, D, backward } = workload;
    return `attention ${backward ? "forward and backward" : "forward"}, ${heads} heads, T ${T}, D ${D}`;
  }
  return `${workload.kind} [${workload.rows}, ${workload.columns}]`;
}

/** Floating-point operations, where counting them makes sense: a multiplication and an addition are two. */
export function operationsOf(workload: Workload): number | undefined {
  if (workload.kind === "matmul") {
    return 2 * workload.batch * workload.M * workload.N * workload.K;
  }
  if (workload.kind !== "attention") return undefined;
  const { heads, T, D, backward } = workload;
  return 4 * heads * T * T * D * (backward ? 3.5 : 1); // 2 products forward; 5 more backward, recomputing the scores
}

/** Numbers from −1 to 1 that look random but are the same each time. */
export function noise(length: number, seed: number): Float32Array<ArrayBuffer> {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9 | 0;
    return (state >>> 0) / 2 ** 31 - 1;
  });
}

/** The operands of a workload. */
export function operandsOf(workload: Workload): Float32Array<ArrayBuffer>[] {
  if (workload.kind === "matmul") {
    const { batch, M, N, K } = workload;
    return [noise(batch * M * K, 1), noise(batch * K * N, 2)];
  }
  if (workload.kind === "attention") {
    return [1, 2, 3].map((seed) => noise(workload.heads * workload.T * workload.D, seed));
  }
  return [noise(workload.rows * workload.columns, 1)];
}
