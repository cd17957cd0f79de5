/**
 * A process of one trainer, so that no engine's threads and memory disturb another's.
 *
 * It writes its introduction. Then it reads lists of batches, one per line, takes a step with each, and writes the
 * steps' times and losses as one line. All lines are JSON.
 */

import process from "node:process";
import { createInterface } from "node:readline";
import type { DeviceName, DeviceOptions } from "nabla";
import type { TextBatch } from "nabla/nn/data/mod.ts";
import type { Introduction, Steps, Trainer } from "./trainer.ts";

type EngineName = NonNullable<DeviceOptions["engine"]>;

/** The trainers by name. An engine is loaded only when it is used. */
const TRAINERS: Record<string, (...args: string[]) => Promise<Trainer>> = {
  nabla: async (device, option) =>
    await (await import("./engines/nabla.ts")).nabla(
      device as DeviceName, // useDevice rejects other names, and options that the device does not have
      option === undefined ? {} : device === "cpu" ? { threads: Number(option) } : { engine: option as EngineName },
    ),
  jax: async () => await (await import("./engines/jax.ts")).jaxTrainer(),
  tensorflow: async () => (await import("./engines/tensorflow.ts")).tensorflowTrainer(),
};

if (import.meta.main) {
  const [name = "", ...args] = Deno.args;
  const trainer = await TRAINERS[name]?.(...args);
  if (trainer === undefined) throw new RangeError(`Cannot train with "${name}": there are ${Object.keys(TRAINERS)}`);
  answer({ name: trainer.name, update: trainer.update });
  for await (const line of createInterface({ input: process.stdin })) {
    const batches: TextBatch[] = JSON.parse(line);
    const steps = { ms: [] as number[], losses: [] as number[] };
    for (const batch of batches) {
      const start = performance.now();
      steps.losses.push(await trainer.step(batch));
      steps.ms.push(performance.now() - start);
    }
    answer(steps);
  }
  Deno.exit(); // some engines keep the program alive
}

function answer(message: Introduction | Steps): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
