import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { TextBatch } from "nabla/nn/data/mod.ts";
import type { Introduction, Steps } from "./trainer.ts";

/** A trainer in a process of its own, which speaks as `serve.ts` says. */
export class TrainerProcess {
  readonly #child;
  readonly #lines: AsyncIterator<string>;
  readonly #command: string;
  /** Every step so far. */
  readonly ms: number[] = [];
  readonly losses: number[] = [];

  private constructor(command: string, args: readonly string[]) {
    this.#command = [command, ...args].join(" ");
    this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Starts it, and waits until it is ready. */
  static async start(command: string, ...args: string[]): Promise<TrainerProcess & Introduction> {
    const trainer = new TrainerProcess(command, args);
    return Object.assign(trainer, await trainer.#read() as Introduction); // its first line
  }

  /** Starts an engine of `serve.ts`. */
  static startOurs(...args: string[]): Promise<TrainerProcess & Introduction> {
    const [config, script] = ["../deno.json", "./serve.ts"].map((path) => new URL(path, import.meta.url).pathname);
    return TrainerProcess.start(Deno.execPath(), "run", "-A", "--config", config!, script!, ...args);
  }

  /** Takes one step per batch; returns each step's milliseconds and loss. */
  async train(batches: readonly TextBatch[]): Promise<Steps> {
    this.#child.stdin.write(`${JSON.stringify(batches)}\n`);
    const steps = await this.#read() as Steps; // the answer to batches
    this.ms.push(...steps.ms);
    this.losses.push(...steps.losses);
    return steps;
  }

  /** Ends the process. */
  close(): void {
    this.#child.kill();
  }

  async #read(): Promise<unknown> {
    const { done, value } = await this.#lines.next();
    if (done === true) throw new Error(`The trainer's process has ended: ${this.#command}`);
    return JSON.parse(value);
  }
}
