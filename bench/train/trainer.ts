import type { TextBatch } from "nabla/nn/data/mod.ts";

/** A model and its optimizer, on some engine. */
export interface Trainer {
  readonly name: string;
  /** How it moves the parameters. */
  readonly update: string;
  /** One step: forward, backward and update, all done when the loss is returned. */
  step(batch: TextBatch): number | Promise<number>;
}

/** What a trainer's process says first. */
export type Introduction = Pick<Trainer, "name" | "update">;

/** What a trainer's process answers to some batches, a number a step. */
export interface Steps {
  readonly ms: readonly number[];
  /** Before the step, in nats a token. */
  readonly losses: readonly number[];
}
