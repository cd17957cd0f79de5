import type { Workload } from "./workloads.ts";

/** Computes a workload once, and returns the result's numbers, so that no work is left pending. */
export type Task = () => ArrayLike<number> | Promise<ArrayLike<number>>;

/** A library or device that computes workloads. */
export interface Engine {
  readonly name: string;
  /** The task for a workload, with its operands where this engine needs them; undefined if it cannot do it. */
  prepare(
    workload: Workload,
    operands: readonly Float32Array<ArrayBuffer>[],
  ): Task | undefined;
}
