/**
 * The `cpu` device: float32, WebAssembly SIMD, all cores.
 *
 * The kernels are compiled from AssemblyScript. Their results stay in WebAssembly's memory until the program can no
 * longer reach them (memory.ts).
 */

import type { Kernels } from "../kernels.ts";
import { attentionKernels } from "./attention.ts";
import { elementwiseKernels } from "./elementwise.ts";
import { Engine, type EngineOptions } from "./engine.ts";
import { matmulKernels } from "./matmul.ts";
import { movementKernels } from "./movement.ts";
import { reduceKernels } from "./reduce.ts";
import { rowwiseKernels } from "./rowwise.ts";
import { trainingKernels } from "./training.ts";

/** The kernels of the `cpu` device, and what they run on. */
export interface CpuKernels extends Kernels {
  /** The compiled kernels, their memory and their threads. */
  readonly runtime: Engine;
}

/** Makes the kernels of a `cpu` device. */
export function cpuKernels(options: EngineOptions = {}): CpuKernels {
  const engine = new Engine(options);
  return {
    device: "cpu",
    precision: "float32",
    get engine() {
      return { engine: engine.relaxed ? "relaxed SIMD" : "SIMD", threads: engine.pool.threads };
    },
    runtime: engine,

    ...movementKernels(engine),
    ...elementwiseKernels(engine),
    ...reduceKernels(engine),
    ...matmulKernels(engine),
    ...rowwiseKernels(engine),
    ...attentionKernels(engine),
    ...trainingKernels(engine),
  };
}
