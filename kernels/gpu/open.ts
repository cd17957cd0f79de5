/** Choosing and starting an engine of the `gpu` device. */

import { Bridge } from "./bridge.ts";
import { type GpuKernels, gpuKernels } from "./mod.ts";
import type { EngineName } from "./program.ts";

/** The engines, best first: on this order the choice falls if none is asked for. */
const ENGINES: readonly EngineName[] = ["webgpu", "webasm", "cpu"];

/** The devices that run, at most one an engine: a second one could not use the numbers of the first. */
const running = new Map<EngineName, Promise<GpuKernels>>();

/**
 * The device on the engine asked for, or else on the best one: `webgpu` if a graphics adapter answers that is hardware
 * (`webasm` is faster than one made of software), `webasm`, `cpu`.
 *
 * @throws {RangeError} If there is no engine of this name.
 * @throws {Error} If it cannot run here: why.
 */
export async function openGpu({ engine }: { engine?: string } = {}): Promise<GpuKernels> {
  const chosen = engine === undefined ? await bestEngine() : ENGINES.find((name) => name === engine);
  if (chosen === undefined) {
    throw new RangeError(`Cannot use the engine "${engine}" of the gpu device: there are ${ENGINES.join(", ")}`);
  }
  const device = await running.get(chosen)?.catch(() => undefined);
  if (device?.alive) return device;
  const opened = open(chosen);
  running.set(chosen, opened);
  return await opened;
}

async function open(engine: EngineName): Promise<GpuKernels> {
  try {
    return gpuKernels(await Bridge.open(engine));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot use the device "gpu" with the engine "${engine}": ${reason}`, { cause });
  }
}

async function bestEngine(): Promise<EngineName> {
  const adapter = await navigator.gpu?.requestAdapter();
  if (adapter && !adapter.info.isFallbackAdapter) return "webgpu";
  return typeof WebAssembly === "object" ? "webasm" : "cpu";
}
