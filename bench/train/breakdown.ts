/** Where the time of a nabla step goes: each kernel's share, and the sum compared to the least time of the matmuls. */

import type { TextBatch } from "nabla/nn/data/mod.ts";
import { cpuKernels } from "nabla/kernels/cpu/mod.ts";
import { withKernels } from "nabla/kernels/device.ts";
import type { Kernels } from "nabla/kernels/kernels.ts";
import { rowMajor } from "nabla/kernels/view.ts";
import { median } from "../median.ts";
import { operationsPerStep } from "./configuration.ts";
import { Learner } from "./engines/nabla.ts";

/** One kernel's calls and time in a step; means over the steps. */
export interface KernelShare {
  /** With the operation, where a kernel has several: `unary geluTanh`. */
  readonly kernel: string;
  readonly calls: number;
  readonly ms: number;
}

export interface Breakdown {
  readonly threads: number;
  readonly steps: number;
  /** The mean time of a step, timers included. */
  readonly ms: number;
  /** The kernels, the longest first. */
  readonly kernels: readonly KernelShare[];
  /** 10⁹ operations per second in a product of two 512 × 512 matrices, measured between the steps. */
  readonly peak: number;
  /** How long the step's matrix products take at this speed: no step is faster. */
  readonly leastMs: number;
}

/** By then the kernels are fully compiled, and all their memory has been touched once. */
const WARM_UP = 10;
const SIZE = 512;

/** Measures the parts of the steps on a number of threads. */
export function breakdown(batches: Iterator<TextBatch, never>, { threads, steps }: { threads: number; steps: number }) {
  const kernels = cpuKernels({ threads });
  const clock = new Map<string, { calls: number; ms: number }>();
  const peaks: number[] = [];
  const total = withKernels(timed(kernels, clock), () => {
    const learner = new Learner();
    for (let i = 0; i < WARM_UP; i++) learner.step(batches.next().value);
    clock.clear();
    let total = 0;
    for (let i = 0; i < steps; i++) {
      peaks.push(matmulSpeed(kernels));
      const batch = batches.next().value;
      const start = performance.now();
      learner.step(batch);
      total += performance.now() - start;
    }
    return total;
  });
  const shares = [...clock].map(([kernel, { calls, ms }]) => ({ kernel, calls: calls / steps, ms: ms / steps }));
  const peak = median(peaks);
  return {
    threads,
    steps,
    ms: total / steps,
    kernels: shares.sort((a, b) => b.ms - a.ms),
    peak,
    leastMs: operationsPerStep() / peak / 1e6,
  } satisfies Breakdown;
}

/** The same kernels; each call is counted and timed in `clock`. */
function timed(kernels: Kernels, clock: Map<string, { calls: number; ms: number }>): Kernels {
  const entries = Object.entries(kernels).map(([name, member]: [string, unknown]) => {
    if (typeof member !== "function") return [name, member];
    const kernel = (...args: unknown[]) => {
      const start = performance.now();
      const out: unknown = member.apply(kernels, args);
      const elapsed = performance.now() - start;
      const key = typeof args[0] === "string" ? `${name} ${args[0]}` : name; // the operation comes first
      const entry = clock.get(key) ?? { calls: 0, ms: 0 };
      clock.set(key, { calls: entry.calls + 1, ms: entry.ms + elapsed });
      return out;
    };
    return [name, kernel];
  });
  return Object.fromEntries(entries) as Kernels; // the same names, the same functions inside
}

/** 10⁹ operations per second in one product of two square matrices, the best of three. */
function matmulSpeed(kernels: Kernels): number {
  const side = { storage: kernels.full(SIZE * SIZE, 0.5), ...rowMajor([SIZE, SIZE]) };
  const times = Array.from({ length: 3 }, () => {
    const start = performance.now();
    kernels.matmul(side, side);
    return performance.now() - start;
  });
  return 2 * SIZE ** 3 / Math.min(...times) / 1e6;
}
