import type { TextBatch } from "nabla/nn/data/mod.ts";

/** A model and its optimizer, on some engine. */
export interface Trainer {
  readonly name: string;
  /** How it updates the parameters. */
  readonly update: string;
  /** One step: forward, backward and update, all done when the loss is returned. */
  step(batch: TextBatch): number | Promise<number>;
}

/** The first line of a trainer's process. */
export type Introduction = Pick<Trainer, "name" | "update">;

/** The answer of a trainer's process to some batches, one number per step. */
export interface Steps {
  readonly ms: readonly number[];
  /** Before the step, in nats per token. */
  readonly losses: readonly number[];
}
