/** Choosing the device on which new tensors are made. */

import { checkArguments } from "../checks/mod.ts";
import { defaultThreads } from "./cpu/engine.ts";
import { type CpuKernels, cpuKernels } from "./cpu/mod.ts";
import type { EngineInfo, Kernels } from "./kernels.ts";
import { reference } from "./reference/mod.ts";

/** The devices that `useDevice` knows. */
export type DeviceName = "reference" | "cpu" | "gpu";

/** What a device may be told. */
export interface DeviceOptions {
  /** What the `gpu` device runs on: the best that answers if this is not said. */
  readonly engine?: "webgpu" | "webasm" | "cpu";
  /** How many threads of the `cpu` device share the work: as many as there are processors if this is not said. */
  readonly threads?: number;
}

/** What is known of a device. */
export interface DeviceInfo extends Partial<EngineInfo> {
  /** The name that `useDevice` takes. */
  readonly device: string;
  /** Its arithmetic. */
  readonly precision: "float64" | "float32";
}

const DEVICES: Record<DeviceName, (options: DeviceOptions) => Promise<Kernels>> = {
  reference: () => Promise.resolve(reference),
  cpu: ({ threads }) => Promise.resolve(openCpu(threads)),
  gpu: async (options) => (await import("./gpu/open.ts")).openGpu(options), // gpu.js only for those who ask for it
};

/** There is one cpu device, so that all its tensors belong together, whatever is said of threads later. */
const cpu: CpuKernels = cpuKernels();

let current: Kernels = cpu;

/**
 * Makes a device the one on which new tensors are made from now on, and says what is known of it.
 *
 * Tensors that exist stay where they are.
 *
 * @throws {RangeError} If there is no device or engine of this name, or the number of threads is none; the device in
 * use stays.
 * @throws {Error} If the engine cannot run here, saying why; the device in use stays.
 *
 * @example
 * ```ts
 * import { deviceInfo, useDevice } from "nabla";
 * import assert from "node:assert/strict";
 *
 * await useDevice("reference");
 * assert.equal(deviceInfo().precision, "float64");
 * ```
 */
export async function useDevice(name: DeviceName, options: DeviceOptions = {}): Promise<DeviceInfo> {
  if (!Object.hasOwn(DEVICES, name)) {
    throw new RangeError(`Cannot use the device "${name}": there are ${Object.keys(DEVICES).join(", ")}`);
  }
  if (options.engine !== undefined && name !== "gpu") {
    throw new RangeError(`Cannot use the engine "${options.engine}" of the device "${name}", as only gpu has engines`);
  }
  if (options.threads !== undefined && name !== "cpu") {
    throw new RangeError(`Cannot use ${options.threads} threads of the device "${name}", as only cpu has threads`);
  }
  current = await DEVICES[name](options);
  return deviceInfo();
}

function openCpu(threads = defaultThreads()): CpuKernels {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`Cannot use ${threads} threads, as their number must be a whole one, at least 1`);
  }
  if (threads !== cpu.runtime.pool.threads) cpu.runtime.setThreads(threads);
  return cpu;
}

/**
 * What is known of the device in use.
 *
 * @example
 * ```ts
 * import { deviceInfo } from "nabla";
 * import assert from "node:assert/strict";
 *
 * assert.equal(deviceInfo().device, "cpu"); // the default
 * ```
 */
export function deviceInfo(): DeviceInfo {
  checkArguments("describe the device", arguments, {});
  return { device: current.device, precision: current.precision, ...current.engine };
}

/** The kernels of the device in use. */
export function currentKernels(): Kernels {
  return current;
}

/** Runs `f` with the device of `kernels` in use, and puts back the one that was. */
export function withKernels<T>(kernels: Kernels, f: () => T): T {
  const before = current;
  current = kernels;
  try {
    return f();
  } finally {
    current = before;
  }
}
