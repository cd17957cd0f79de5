/** Choosing the device on which new tensors are made. */

import type { Kernels } from "./kernels.ts";
import { reference } from "./reference/mod.ts";

/** The devices that `useDevice` knows. */
export type DeviceName = "reference";

/** What is known of a device. */
export interface DeviceInfo {
  /** The name that `useDevice` takes. */
  readonly device: string;
  /** Its arithmetic. */
  readonly precision: "float64" | "float32";
}

const DEVICES: Record<DeviceName, () => Promise<Kernels>> = {
  reference: () => Promise.resolve(reference),
};

let current: Kernels = reference;

/**
 * Makes a device the one on which new tensors are made from now on, and says what is known of it.
 *
 * Tensors that exist stay where they are.
 *
 * @throws {RangeError} If there is no device of this name; the device in use stays.
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
export async function useDevice(name: DeviceName): Promise<DeviceInfo> {
  if (!Object.hasOwn(DEVICES, name)) {
    throw new RangeError(`Cannot use the device "${name}": there are ${Object.keys(DEVICES).join(", ")}`);
  }
  current = await DEVICES[name]();
  return deviceInfo();
}

/** What is known of the device in use. */
export function deviceInfo(): DeviceInfo {
  return { device: current.device, precision: current.precision };
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
