// deno-lint-ignore-file no-console -- the report is the purpose of the bench
/** Prints the tables, and writes the file with all figures. */

import { machineInfo, machineLine, writeFigures } from "../machine.ts";
import type { Agreement } from "./agreement.ts";
import type { Breakdown } from "./breakdown.ts";
import { BATCH_SIZE, operationsPerStep, SIZES } from "./configuration.ts";
import type { Figures, Result } from "./mod.ts";

/** nabla's goals, in multiples of an engine's tokens per second. */
const GOALS = [{ engine: "jax-js", goal: 3 }, { engine: "TensorFlow.js", goal: 20 }];

export async function report(figures: Figures): Promise<void> {
  const { results, agreements, threadsDifference } = figures;
  const machine = await machineInfo();
  console.log(machineLine(machine));
  const { layers, heads, dim, contextLength, vocabSize } = SIZES;
  console.log(
    `A training step of a GPT: ${layers} layers, ${heads} heads, ${dim} wide, context ${contextLength}, ` +
      `vocabulary ${vocabSize}, batch ${BATCH_SIZE}.`,
  );
  console.log("Medians of interleaved rounds; the ratio is nabla's speed, with all threads, to the engine's.\n");
  const ours = results.findLast(({ name }) => name.startsWith("nabla"))!; // the one with all threads
  console.log(row("", "update", "ms/step", "tokens/s", "ratio", "loss"));
  for (const { name, update, ms, tokensPerSecond, losses } of results) {
    const [first, last] = [losses[0]!, losses.at(-1)!].map((loss) => loss.toFixed(2));
    const ratio = `${(ms / ours.ms).toFixed(2)}×`;
    console.log(row(name, update, ms.toFixed(1), tokensPerSecond.toFixed(0), ratio, `${first} → ${last}`));
  }
  console.log(`\n${comparisons(results, ours, figures.pytorch).join("\n")}`);
  console.log(`\nnabla's losses with one thread and with all differ by at most ${threadsDifference} nats.`);
  for (const agreement of agreements) console.log(agreementLine(agreement));
  console.log(`\n${breakdownTable(figures.breakdown).join("\n")}`);
  console.log(`\nAll figures: ${await writeFigures("bench_train.json", { machine, ...figures })}`);
}

function row(name: string, update: string, ...cells: [string, string, string, string]): string {
  const widths = [10, 9, 8, 14];
  return `  ${name.padEnd(30)} ${update.padEnd(22)} ${cells.map((cell, i) => cell.padStart(widths[i]!)).join(" ")}`;
}

/** How nabla compares to each of the others. */
function comparisons(results: readonly Result[], ours: Result, pytorchNote: string): string[] {
  const lines = GOALS.flatMap(({ engine, goal }) =>
    results.filter(({ name }) => name.startsWith(engine)).map(({ name, ms }) => {
      const ratio = ms / ours.ms;
      return `${ratio >= goal ? "✓" : "✗"} ${ratio.toFixed(2)} times as fast as ${name}; the goal is ${goal}`;
    })
  );
  const torch = results.filter(({ name }) => name.startsWith("PyTorch")).toSorted((a, b) => a.ms - b.ms)[0];
  if (torch === undefined) return [...lines, pytorchNote];
  return [...lines, `${(torch.ms / ours.ms).toFixed(2)} times as fast as ${torch.name}, the faster of the two`];
}

function agreementLine({ name, ms, losses, difference }: Agreement): string {
  const seconds = ms.reduce((a, b) => a + b) / 1000;
  return `${name}: the first losses, ${losses.map((loss) => loss.toFixed(6)).join(" and ")}, ` +
    `differ from those of cpu by at most ${difference.toExponential(1)} nats (${seconds.toFixed(1)} s)`;
}

function breakdownTable({ threads, steps, ms, kernels, peak, leastMs }: Breakdown): string[] {
  const line = (name: string, calls: string, ms: number, share: number) =>
    `  ${name.padEnd(28)} ${calls.padStart(6)} ${ms.toFixed(2).padStart(10)} ${(100 * share).toFixed(1).padStart(7)} %`;
  const sum = kernels.reduce((sum, { ms }) => sum + ms, 0);
  return [
    `Where a step's time goes, ${threads} thread${threads === 1 ? "" : "s"}; means of ${steps} steps`,
    `  ${"kernel".padEnd(28)} ${"calls".padStart(6)} ${"ms".padStart(10)} ${"share".padStart(9)}`,
    ...kernels.map(({ kernel, calls, ms: own }) => line(kernel, calls.toFixed(0), own, own / ms)),
    line("all kernels", "", sum, sum / ms),
    line("graph and JavaScript", "", ms - sum, (ms - sum) / ms),
    line("step", "", ms, 1),
    `${(operationsPerStep() / 1e9).toFixed(2)} GFLOP in the matrix products, at ${
      peak.toFixed(1)
    } GFLOP/s (512 × 512, ` +
    `measured between the steps): ${leastMs.toFixed(1)} ms`,
    `all kernels take ${(sum / leastMs).toFixed(2)} times that, the step ${(ms / leastMs).toFixed(2)} times`,
  ];
}
