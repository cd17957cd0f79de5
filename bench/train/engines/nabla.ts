/** nabla's own training step, as a user writes it. */

import { type DeviceName, type DeviceOptions, nn, optim, Random, useDevice } from "nabla";
import type { TextBatch } from "nabla/nn/data/mod.ts";
import { MAX_NORM, OPTIMIZER, SIZES } from "../configuration.ts";
import type { Trainer } from "../trainer.ts";

/** A GPT and its optimizer, on the device in use when it is made. */
export class Learner {
  readonly gpt: nn.GPT;
  readonly optimizer: optim.AdamW;

  constructor({ vocabSize = SIZES.vocabSize as number } = {}) {
    this.gpt = new nn.GPT({ ...SIZES, vocabSize, bias: false, random: new Random(1) });
    const parameters = this.gpt.parameters();
    const [matrices, gains] = [parameters.filter((p) => p.rank >= 2), parameters.filter((p) => p.rank < 2)];
    this.optimizer = new optim.AdamW([{ params: matrices }, { params: gains, weightDecay: 0 }], OPTIMIZER);
  }

  /** The mean loss of a batch, in nats per token. */
  loss({ inputs, targets }: TextBatch) {
    return nn.crossEntropy(this.gpt.forward(inputs), targets);
  }

  /** Takes a step on a batch, and returns the loss before it. */
  step(batch: TextBatch): number {
    this.optimizer.zeroGrad();
    const loss = this.loss(batch);
    loss.backward();
    optim.clipGradNorm(this.optimizer.parameters, MAX_NORM);
    this.optimizer.step();
    return loss.item();
  }
}

/** How the parameters are updated. */
export const UPDATE = "clipping, AdamW";

/** The library on one of its devices. */
export async function nabla(device: DeviceName, options: DeviceOptions): Promise<Trainer> {
  const { threads, engine, adapter } = await useDevice(device, options);
  const on = device === "cpu" ? `${threads} thread${threads === 1 ? "" : "s"}` : adapter ?? engine;
  const learner = new Learner();
  return {
    name: `nabla ${device}${on === undefined ? "" : `, ${on}`}`,
    update: UPDATE,
    step: (batch) => learner.step(batch),
  };
}
