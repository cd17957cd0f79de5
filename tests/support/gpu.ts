/** The `gpu` device in tests: each of its engines that runs here, by the name of the one that really runs. */

import assert from "node:assert/strict";
import type { GpuKernels } from "../../kernels/gpu/mod.ts";
import { openGpu } from "../../kernels/gpu/open.ts";
import type { EngineName } from "../../kernels/gpu/program.ts";

export const ENGINES: readonly EngineName[] = ["webgpu", "webasm", "cpu"];

/** The devices on the engines that run; for the others, an ignored test that says why. */
export async function gpuDevices(): Promise<GpuKernels[]> {
  const devices: GpuKernels[] = [];
  for (const engine of ENGINES) {
    try {
      const device = await openGpu({ engine });
      assert.equal(device.engine.engine, engine);
      devices.push(device);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!/no graphics adapter answers/.test(reason)) throw error; // the only reason to skip an engine
      Deno.test({ name: `SKIPPED: ${reason}`, ignore: true, fn: () => {} });
    }
  }
  return devices;
}
