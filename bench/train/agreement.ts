import type { TextBatch } from "nabla/nn/data/mod.ts";
import { TrainerProcess } from "./process.ts";

/** The same steps on another device. */
export interface Agreement {
  readonly name: string;
  readonly ms: readonly number[];
  readonly losses: readonly number[];
  /** The largest difference between its losses and the expected ones, in nats. */
  readonly difference: number;
}

/** float32 rounds each loss and each update before it. */
const TOLERANCE = 1e-3;

/**
 * Takes the first steps on another device of nabla.
 *
 * @param device The name of a device, and optionally its engine: `gpu:webgpu`.
 * @throws {Error} If its losses differ from the expected ones.
 */
export async function agreement(device: string, batches: TextBatch[], expected: readonly number[]): Promise<Agreement> {
  const trainer = await TrainerProcess.startOurs("nabla", ...device.split(":"));
  try {
    const { ms, losses } = await trainer.train(batches);
    return { name: trainer.name, ms, losses, difference: assertAgree(trainer.name, losses, expected) };
  } finally {
    trainer.close();
  }
}

/** The largest difference between two lists of losses, over their common length; an error if it exceeds rounding. */
export function assertAgree(name: string, losses: readonly number[], expected: readonly number[]): number {
  const count = Math.min(losses.length, expected.length);
  const difference = Math.max(...losses.slice(0, count).map((loss, i) => Math.abs(loss - expected[i]!)));
  if (difference <= TOLERANCE) return difference;
  throw new Error(`${name}: losses ${losses.slice(0, count)}, not ${expected.slice(0, count)}`);
}
