/**
 * The memory that long runs need: attention over long sequences, forward and backward, which must never hold all T × T
 * scores, and thousands of training steps on each device in turn.
 *
 * `deno task bench:memory`; resident memory is that of the whole process, and must stay within a limit: after the run,
 * it is at most 1.3 times what it was after the first tenth.
 */

import { deviceInfo, nn, optim, Random, Tensor, useDevice } from "nabla";
import { machineInfo, machineLine, writeFigures } from "./machine.ts";

/** Above this ratio, a run keeps memory that it should free. */
const LIMIT = 1.3;

const RUNS = [{ device: "cpu", steps: 3000 }, { device: "gpu", steps: 500 }] as const;

/** Resident memory, in bytes, after the first tenth of a run's steps and after all of them, in a loop without `await`. */
function train(steps: number): { early: number; late: number } {
  const random = new Random(1);
  const sizes = { vocabSize: 32, contextLength: 16, layers: 1, heads: 2, dim: 32 };
  const gpt = new nn.GPT({ ...sizes, random });
  const adam = new optim.AdamW(gpt.parameters(), { lr: 1e-3 });
  const tokens = Array.from({ length: 8 }, () => Array.from({ length: 16 }, () => random.integer(0, 32)));
  let early = 0;
  for (let step = 1; step <= steps; step++) {
    adam.zeroGrad();
    const loss = nn.crossEntropy(gpt.forward(tokens), tokens);
    loss.backward();
    optim.clipGradNorm(gpt.parameters(), 1); // reads the norm: the device is never far behind
    adam.step();
    if (step === steps / 10) early = Deno.memoryUsage().rss;
  }
  return { early, late: Deno.memoryUsage().rss };
}

/** The peak memory of this process, in bytes; known only on Linux. */
async function peak(): Promise<number | undefined> {
  const status = await Deno.readTextFile("/proc/self/status").catch(() => "");
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(status)?.[1];
  return kilobytes === undefined ? undefined : 1024 * Number(kilobytes);
}

/** Milliseconds of causal attention, forward and backward, `[heads, T, 64]`. */
function attend(heads: number, T: number): number {
  const random = new Random(T);
  const [q, k, v] = [0, 1, 2].map(() => Tensor.randn([heads, T, 64], { random, requiresGrad: true }));
  const start = performance.now();
  nn.attention(q!, k!, v!, { causal: true }).sum().backward();
  void q!.grad!.data; // waits until everything is computed
  return performance.now() - start;
}

const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
const print = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

const machine = await machineInfo();
print(machineLine(machine));

print("\nCausal attention on cpu, forward and backward, 4 heads, D 64"); // first, as the peak is the process's
await useDevice("cpu");
attend(4, 256); // compiles
const attentions = [];
for (const T of [1024, 2048, 4096, 8192]) {
  const [ms, most] = [attend(4, T), await peak()];
  attentions.push({ T, ms, most });
  const scores = `all T × T scores would be ${mib(4 * 4 * T * T)}`;
  print(
    `  T ${String(T).padEnd(5)} ${ms.toFixed(0).padStart(6)} ms  ${(1e6 * ms / T ** 2).toFixed(0).padStart(4)} ns/T²` +
      `  peak of the process ${most === undefined ? "unknown" : mib(most)}; ${scores}`,
  );
}

const runs = [];
for (const { device, steps } of RUNS) {
  await useDevice(device);
  const { engine } = deviceInfo();
  const { early, late } = train(steps);
  runs.push({ device, engine, steps, early, late });
  const mark = late <= LIMIT * early ? "✓" : "✗";
  print(
    `\n${steps} training steps on ${device} (${engine}): resident ${mib(early)} after ${steps / 10}, ${
      mib(late)
    } after ` +
      `all, ${(late / early).toFixed(2)} times as much; the limit is ${LIMIT} ${mark}`,
  );
}

print(`\nAll figures: ${await writeFigures("bench_memory.json", { machine, attentions, runs })}`);
Deno.exit(runs.every(({ early, late }) => late <= LIMIT * early) ? 0 : 1);
