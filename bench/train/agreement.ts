import type { TextBatch } from "nabla/nn/data/mod.ts";
import { TrainerProcess } from "./process.ts";

/** The same steps on another device. */
export interface Agreement {
  readonly name: string;
  readonly ms: readonly number[];
  readonly losses: readonly number[];
  /** The largest difference of its losses from those expected, in nats. */
  readonly difference: number;
}

/** float32 rounds each loss, and what the steps before have learned. */
const TOLERANCE = 1e-3;

/**
 * Takes the first steps on another device of ours.
 *
 * @param device A device as `useDevice` knows it, and its engine if one is wanted: `gpu:webgpu`.
 * @throws {Error} If its losses are others than those expected.
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

/** The largest difference of two lists of losses, as far as both go; an error if it is more than rounding makes. */
export function assertAgree(name: string, losses: readonly number[], expected: readonly number[]): number {
  const count = Math.min(losses.length, expected.length);
  const difference = Math.max(...losses.slice(0, count).map((loss, i) => Math.abs(loss - expected[i]!)));
  if (difference <= TOLERANCE) return difference;
  throw new Error(`${name}: losses ${losses.slice(0, count)}, not ${expected.slice(0, count)}`);
}
