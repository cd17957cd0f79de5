/**
 * A training step side by side: every engine trains the same model on the same batches, each in a process of its own,
 * in interleaved rounds, so that other load on the machine affects all of them alike; the medians are compared.
 *
 * `deno task bench:train [--rounds n] [--devices gpu,gpu:webgpu]`; the table goes to the screen, and all figures to
 * build/bench_train.json. PyTorch takes part if `$PYTHON`, or `python3`, has it. `--devices` names nabla's devices
 * that must have the same losses in the first steps; `reference` is always checked.
 */

import { parseArgs } from "node:util";
import type { TextBatch } from "nabla/nn/data/mod.ts";
import { median } from "../median.ts";
import { type Agreement, agreement, assertAgree } from "./agreement.ts";
import { type Breakdown, breakdown } from "./breakdown.ts";
import { learnableBatches, MAX_NORM, OPTIMIZER, SIZES, TOKENS_PER_STEP } from "./configuration.ts";
import { TrainerProcess } from "./process.ts";
import { report } from "./report.ts";
import type { Introduction } from "./trainer.ts";

/** The result of one engine. */
export interface Result extends Introduction {
  /** The time of a step, in milliseconds: the median, and all values. */
  readonly ms: number;
  readonly times: readonly number[];
  readonly tokensPerSecond: number;
  /** Of all steps, including the warm-up. */
  readonly losses: readonly number[];
}

export interface Figures {
  readonly results: readonly Result[];
  /** Whether PyTorch took part, or why not. */
  readonly pytorch: string;
  readonly agreements: readonly Agreement[];
  /** The largest difference between nabla's losses with one thread and with all. */
  readonly threadsDifference: number;
  readonly breakdown: Breakdown;
}

/** The first step compiles and loads; the next ones are still slow, as memory is used for the first time. */
const WARM_UP = { steps: 3, ms: 3000 };
/** The target length of a round: several steps of a fast engine, one of a slow one. */
const ROUND_MS = 400;
const MOST_STEPS = 8;
const AGREEING_STEPS = 2;
const BREAKDOWN_STEPS = 20;

/** Runs the trainers in turn, for `rounds` rounds. */
async function compare(trainers: readonly (TrainerProcess & Introduction)[], rounds: number): Promise<Result[]> {
  const turns: Turn[] = [];
  for (const trainer of trainers) turns.push(await warmUp(trainer));
  for (let round = 0; round < rounds; round++) {
    for (const { trainer, batches, steps } of turns) await trainer.train(take(batches, steps));
  }
  return turns.map(({ trainer: { name, update, ms, losses }, warmUp }) => {
    assertLearned(name, losses);
    const times = ms.slice(warmUp);
    return {
      name,
      update,
      ms: median(times),
      times,
      tokensPerSecond: 1000 * TOKENS_PER_STEP / median(times),
      losses,
    };
  });
}

/** What a trainer does in its turn. */
interface Turn {
  readonly trainer: TrainerProcess & Introduction;
  /** The same for all trainers. */
  readonly batches: Iterator<TextBatch, never>;
  /** How many steps it has taken to warm up, and takes in a round. */
  readonly warmUp: number;
  readonly steps: number;
}

/** Runs a trainer until it no longer gets faster. */
async function warmUp(trainer: TrainerProcess & Introduction): Promise<Turn> {
  const batches = learnableBatches();
  const start = performance.now();
  while (trainer.ms.length < WARM_UP.steps || performance.now() - start < WARM_UP.ms) {
    await trainer.train(take(batches, 1));
  }
  const steps = Math.round(ROUND_MS / median(trainer.ms.slice(-WARM_UP.steps)));
  return { trainer, batches, warmUp: trainer.ms.length, steps: Math.min(Math.max(1, steps), MOST_STEPS) };
}

function take(batches: Iterator<TextBatch, never>, count: number): TextBatch[] {
  return Array.from({ length: count }, () => batches.next().value);
}

/** Checks that the loss falls: otherwise the model is not being trained, however fast. */
function assertLearned(name: string, losses: readonly number[]): void {
  const [before, after] = [losses.slice(0, 3), losses.slice(-3)].map(median);
  if (after! < before! - 0.1) return;
  throw new Error(`${name} does not learn: its losses are ${losses.map((loss) => loss.toFixed(3)).join(", ")}`);
}

/** The PyTorch trainers, with one thread and with two, and a note about them. */
async function pytorch(): Promise<{ trainers: (TrainerProcess & Introduction)[]; note: string }> {
  const python = Deno.env.get("PYTHON") ?? "python3";
  if (!await succeeds(python, "-c", "import torch")) {
    return {
      trainers: [],
      note: `PyTorch is left out, as "${python}" does not have it: set PYTHON to one that does`,
    };
  }
  const script = new URL("pytorch.py", import.meta.url).pathname;
  const settings = JSON.stringify({ sizes: SIZES, optimizer: OPTIMIZER, maxNorm: MAX_NORM });
  const threads = navigator.hardwareConcurrency > 1 ? [1, 2] : [1];
  const trainers: (TrainerProcess & Introduction)[] = [];
  for (const count of threads) trainers.push(await TrainerProcess.start(python, script, `${count}`, settings));
  return { trainers, note: "" };
}

/** Whether a command exists and succeeds. */
async function succeeds(command: string, ...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: { rounds: { type: "string", default: "9" }, devices: { type: "string", default: "" } },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new RangeError(`Cannot compare in ${values.rounds} rounds, as there must be at least 1`);
  }
  const threads = navigator.hardwareConcurrency;
  const ours = threads > 1 ? ["1", `${threads}`] : ["1"];
  const commands = [...ours.map((threads) => ["nabla", "cpu", threads]), ["jax"], ["tensorflow"]];
  const trainers: (TrainerProcess & Introduction)[] = [];
  for (const command of commands) trainers.push(await TrainerProcess.startOurs(...command));
  const torch = await pytorch();
  const all = [...trainers, ...torch.trainers];
  const results = await compare(all, rounds);
  for (const trainer of all) trainer.close();

  const [one, most] = [results[0]!.losses, results[ours.length - 1]!.losses];
  const threadsDifference = assertAgree(`nabla with ${threads} threads`, most, one);
  const agreements: Agreement[] = [];
  for (const device of new Set(["reference", ...values.devices.split(",").filter((name) => name !== "")])) {
    agreements.push(await agreement(device, take(learnableBatches(), AGREEING_STEPS), one));
  }
  const parts = breakdown(learnableBatches(), { threads, steps: BREAKDOWN_STEPS });
  await report({ results, pytorch: torch.note, agreements, threadsDifference, breakdown: parts });
  Deno.exit(); // nabla's threads would end on their own, but not those of every engine
}
