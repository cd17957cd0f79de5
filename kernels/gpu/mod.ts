/**
 * The `gpu` device: float32, all kernels in gpu.js, on the graphics adapter (WebGPU) or, where there is none, on the
 * processor. Numbers stay on the device until they are read.
 */

import type { EngineInfo, Kernels } from "../kernels.ts";
import { attentionKernels } from "./attention.ts";
import type { Bridge } from "./bridge.ts";
import { elementKernels } from "./elements.ts";
import { Gpu } from "./gpu.ts";
import { indexingKernels } from "./indexing.ts";
import { matmul } from "./matmul.ts";
import { rowKernels } from "./rows.ts";
import { runningSums } from "./running_sums.ts";
import type { GpuStorage } from "./storage.ts";
import { trainingKernels } from "./training.ts";

/** The kernels of a running device. */
export interface GpuKernels extends Kernels {
  readonly engine: EngineInfo;
  /** Whether the device still answers. */
  readonly alive: boolean;
  /** The number of arrays on the device that the program can still reach. */
  readonly storages: number;
  /** Ends the device. All its numbers are lost. */
  close(): Promise<void>;
}

/** The kernels of a device behind a bridge. */
export function gpuKernels(bridge: Bridge): GpuKernels {
  const gpu = new Gpu(bridge);
  const kernels: Omit<Kernels, "device" | "precision"> = {
    write: (values) => gpu.write(values),
    read: (storage) => gpu.read(storage as GpuStorage), // what `write` and all the kernels return
    reduce: (op, a, axes) => gpu.fold(op, "x", { x: a }, axes),
    cumsum: (a, reverse) => runningSums(gpu, a, reverse),
    matmul: (a, b) => matmul(gpu, a, b),
    ...elementKernels(gpu),
    ...rowKernels(gpu),
    ...attentionKernels(gpu),
    ...indexingKernels(gpu),
    ...trainingKernels(gpu),
  };
  return {
    ...saying(gpu, kernels),
    device: "gpu",
    precision: "float32",
    engine: bridge.info,
    get alive() {
      return bridge.alive;
    },
    get storages() {
      return gpu.storages;
    },
    close: () => bridge.close(),
  };
}

/** The same kernels, with launches that name them in error messages. */
function saying<K extends object>(gpu: Gpu, kernels: K): K {
  const entries = Object.entries(kernels as Record<string, (...args: unknown[]) => unknown>); // all of them are functions
  const told = entries.map(([name, kernel]) => {
    return [name, (...args: unknown[]) => gpu.during(name, args, () => kernel(...args))] as const;
  });
  return Object.fromEntries(told) as K; // the same names
}
