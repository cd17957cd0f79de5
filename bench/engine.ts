import type { Workload } from "./workloads.ts";

/** Computes a workload once, and returns the result's numbers, so that nothing is left undone. */
export type Task = () => ArrayLike<number> | Promise<ArrayLike<number>>;

/** Something that computes. */
export interface Engine {
  readonly name: string;
  /** What does the workload, with its operands where this engine wants them; nothing if it cannot. */
  prepare(
    workload: Workload,
    operands: readonly Float32Array<ArrayBuffer>[],
  ): Task | undefined;
}
