/** Choosing and starting an engine of the `gpu` device. */

import { Bridge } from "./bridge.ts";
import { type GpuKernels, gpuKernels } from "./mod.ts";
import type { EngineName } from "./program.ts";

/** The engines, best first: on this order the choice falls if none is asked for. */
const ENGINES: readonly EngineName[] = ["webgpu", "webasm", "cpu"];

/** The devices that run, at most one of each engine: a second one could not use the numbers of the first. */
const running = new Map<EngineName, Promise<GpuKernels>>();

/**
 * The device on the engine asked for, or else on the best one: `webgpu` if the graphics adapter is hardware (`webasm` is
 * faster than one made of software), `webasm`, `cpu`. A device that runs already is used again, and calls that come
 * while it starts wait for that same one.
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

/** The device that runs already, if it still answers, or a new one. */
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
