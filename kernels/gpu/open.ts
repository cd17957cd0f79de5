/** Choosing and starting an engine of the `gpu` device. */

import { Bridge } from "./bridge.ts";
import { type GpuKernels, gpuKernels } from "./mod.ts";
import type { EngineName } from "./program.ts";

/** The engines, best first. */
const ENGINES: readonly EngineName[] = ["webgpu", "webasm", "cpu"];

/** The running devices, at most one of each engine, as a second one could not use the numbers of the first. */
const running = new Map<EngineName, Promise<GpuKernels>>();

/**
 * The device on an engine. Default: `webgpu` if there is a graphics adapter in hardware (`webasm` is faster than one in
 * software), otherwise `webasm` or `cpu`. There is one device of each engine: all calls share it.
 *
 * @throws {RangeError} If there is no engine of this name.
 * @throws {Error} If the engine cannot run here; the message says why.
 */
export async function openGpu({ engine }: { engine?: string | undefined } = {}): Promise<GpuKernels> {
  const chosen = engine === undefined ? await bestEngine() : ENGINES.find((name) => name === engine);
  if (chosen === undefined) {
    throw new RangeError(`Cannot use the engine "${engine}" of the gpu device: there are ${ENGINES.join(", ")}`);
  }
  const opened = runningOr(running.get(chosen), chosen);
  running.set(chosen, opened); // before anything is awaited, so that the next call finds it
  return await opened;
}

/** The device that is already running, or a new one if it does not answer. */
async function runningOr(before: Promise<GpuKernels> | undefined, engine: EngineName): Promise<GpuKernels> {
  const device = await before?.catch(() => undefined);
  return device?.alive ? device : await open(engine);
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
