/** Choosing the device on which new tensors are made. */

import { checkArguments, oneOf, optionsOf, required, whole } from "../checks/mod.ts";
import { defaultThreads } from "./cpu/engine.ts";
import { type CpuKernels, cpuKernels } from "./cpu/mod.ts";
import type { EngineInfo, Kernels } from "./kernels.ts";
import { reference } from "./reference/mod.ts";

/**
 * A device: `reference` computes in float64 with plain loops, `cpu` in float32 with WebAssembly SIMD on several threads,
 * and `gpu` in float32 with gpu.js, on the graphics adapter if there is one.
 *
 * @example
 * ```ts
 * import { type DeviceName, useDevice } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const names: DeviceName[] = ["reference", "cpu"];
 * for (const name of names) assert.equal((await useDevice(name)).device, name);
 * ```
 */
export type DeviceName = "reference" | "cpu" | "gpu";

/**
 * The options of a device.
 *
 * @example
 * ```ts
 * import { type DeviceOptions, useDevice } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const options: DeviceOptions = { threads: 1 };
 * assert.equal((await useDevice("cpu", options)).threads, 1);
 * ```
 */
export interface DeviceOptions {
  /** What the `gpu` device runs on. Default: the best one available. */
  readonly engine?: "webgpu" | "webasm" | "cpu" | undefined;
  /**
   * How many threads of the `cpu` device share the work, at most four for each processor (or 16, if that is more).
   * Default: one for each processor.
   */
  readonly threads?: number | undefined;
}

/**
 * The properties of a device.
 *
 * @example
 * ```ts
 * import { type DeviceInfo, useDevice } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const info: DeviceInfo = await useDevice("gpu", { engine: "webasm" });
 * assert.deepEqual(info, { device: "gpu", precision: "float32", engine: "webasm" });
 * ```
 */
export interface DeviceInfo extends Partial<EngineInfo> {
  /** The name that `useDevice` takes. */
  readonly device: string;
  /** Its arithmetic. */
  readonly precision: "float64" | "float32";
}

/** More threads than processors make nothing faster; four times as many are enough to try that out. */
const MAX_THREADS = Math.max(16, 4 * navigator.hardwareConcurrency);

const OPTIONS = optionsOf<DeviceOptions>({
  engine: oneOf("webgpu", "webasm", "cpu"),
  threads: whole({ min: 1, max: MAX_THREADS }),
});

/** The one device that an option is for. */
const OWNER = { engine: "gpu", threads: "cpu" } as const;

const DEVICES: Record<DeviceName, (options: DeviceOptions) => Promise<Kernels>> = {
  reference: () => Promise.resolve(reference),
  cpu: ({ threads }) => Promise.resolve(openCpu(threads)),
  gpu: async (options) => (await import("./gpu/open.ts")).openGpu(options), // loads gpu.js only when it is needed
};

const DEVICE_NAMES = Object.keys(DEVICES) as DeviceName[]; // the keys of a record of all names

/** The one cpu device: its tensors belong together, even if the number of threads changes. */
const cpu: CpuKernels = cpuKernels();

let current: Kernels = cpu;

/** The calls of `useDevice` so far, and the number of the one whose device is in use. */
let calls = 0;
let inUse = 0;

/**
 * Chooses the device on which new tensors are made from now on, and returns its properties.
 *
 * Existing tensors stay where they are. If several calls run at once, the last one that succeeds decides. All devices
 * agree on NaN and infinities, and closely on everything else; `Kernels` states the guarantees.
 *
 * @throws {RangeError} If there is no device or engine of this name, or the number of threads is out of range; the
 * device in use stays.
 * @throws {TypeError} If an option is unknown, or not one of this device; the device in use stays.
 * @throws {Error} If the engine cannot run here; the message says why, and the device in use stays.
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
  checkArguments("use a device", arguments, { name: required(oneOf(...DEVICE_NAMES)), options: OPTIONS });
  for (const option of ["engine", "threads"] as const) {
    const owner = OWNER[option];
    if (options[option] === undefined || owner === name) continue;
    throw new TypeError(`Cannot use the device "${name}" with the option "${option}": only ${owner} has it`);
  }
  const call = ++calls;
  const kernels = await DEVICES[name](options);
  if (call > inUse) [current, inUse] = [kernels, call];
  return infoOf(kernels);
}

function openCpu(threads = defaultThreads()): CpuKernels {
  if (threads !== cpu.runtime.pool.threads) cpu.runtime.setThreads(threads);
  return cpu;
}

/**
 * The properties of the device in use.
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
  return infoOf(current);
}

function infoOf({ device, precision, engine }: Kernels): DeviceInfo {
  return { device, precision, ...engine };
}

/** The kernels of the device in use. */
export function currentKernels(): Kernels {
  return current;
}

/** Runs `f` with another device in use, and then restores the one before. */
export function withKernels<T>(kernels: Kernels, f: () => T): T {
  const before = current;
  current = kernels;
  try {
    return f();
  } finally {
    current = before;
  }
}
