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
import { reference } from "../reference/mod.ts";
import { rowMajor } from "../view.ts";
import type { GpuStorage } from "./storage.ts";
import { trainingKernels } from "./training.ts";

/** A device that runs, with what is known of it. */
export interface GpuKernels extends Kernels {
  readonly engine: EngineInfo;
  /** Whether it still answers. */
  readonly alive: boolean;
  /** How many arrays on the device the program can still reach. */
  readonly storages: number;
  /** Ends the device; whatever it holds is lost. */
  close(): Promise<void>;
}

/** The kernels of a device behind a bridge. */
export function gpuKernels(bridge: Bridge): GpuKernels {
  const gpu = new Gpu(bridge);
  const kernels: Omit<Kernels, "device" | "precision"> = {
    write: (values) => gpu.write(values),
    read: (storage) => gpu.read(storage as GpuStorage), // what `write` and all the kernels return
    reduce: (op, a, axes) => gpu.fold(op, "x", { x: a }, axes),
    cumsum(a, reverse) { // on the host
      const x = { storage: reference.write(gpu.read(gpu.map("x", { x: a }))), ...rowMajor(a.shape) };
      return gpu.write(reference.read(reference.cumsum(x, reverse)));
    },
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

/** The same kernels, the launches of each knowing what they are for. */
function saying<K extends object>(gpu: Gpu, kernels: K): K {
  const entries = Object.entries(kernels as Record<string, (...args: unknown[]) => unknown>); // functions all
  const told = entries.map(([name, kernel]) => {
    return [name, (...args: unknown[]) => gpu.during(name, args, () => kernel(...args))] as const;
  });
  return Object.fromEntries(told) as K; // the same names
}
