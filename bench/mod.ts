/**
 * Benchmarks side by side: every engine computes the same workloads, in interleaved rounds, so that other load on the
 * machine affects all of them alike; the medians are compared.
 *
 * `deno task bench [part of a workload's name …]`; the table goes to the screen, and all figures to build/bench.json.
 */

import type { Engine, Task } from "./engine.ts";
import { gpujs } from "./engines/gpujs.ts";
import { jax } from "./engines/jax.ts";
import { nabla } from "./engines/nabla.ts";
import { plain } from "./engines/plain.ts";
import { tensorflow } from "./engines/tensorflow.ts";
import { cpuKernels } from "nabla/kernels/cpu/mod.ts";
import { openGpu } from "nabla/kernels/gpu/open.ts";
import { reference } from "nabla/kernels/reference/mod.ts";
import { importTimes } from "./import_time.ts";
import { nameOf, operandsOf, operationsOf, type Workload, WORKLOADS } from "./workloads.ts";
import { median } from "./median.ts";
import { report } from "./report.ts";

/** The result of one engine for one workload. */
export interface Result {
  readonly engine: string;
  /** The median, in milliseconds, and the number of runs. */
  readonly ms: number;
  readonly runs: number;
  /** 10⁹ floating-point operations per second. */
  readonly gflops?: number;
}

/** The results of all engines for one workload. */
export interface Comparison {
  readonly workload: string;
  readonly results: readonly Result[];
}

/** The reference device is not built for speed: larger work would take it minutes. */
const REFERENCE_OPERATIONS = 3e8;

const ROUNDS = 9;
/** A slow engine runs less often. */
const SLOW_MS = 250;
const ROUNDS_WHEN_SLOW = 3;

async function compare(
  engines: readonly Engine[],
  workload: Workload,
): Promise<Comparison> {
  const operands = operandsOf(workload);
  const tasks: {
    engine: string;
    task: Task;
    times: number[];
    rounds: number;
  }[] = [];
  let expected: ArrayLike<number> | undefined;
  for (const { name, prepare } of engines) {
    const task = prepare(workload, operands);
    if (!task) continue;
    const result = Float32Array.from(await task()); // the first run compiles
    expected ??= result;
    assertSame(`${name}, ${nameOf(workload)}`, result, expected);
    const first = await time(task);
    tasks.push({
      engine: name,
      task,
      times: [],
      rounds: first > SLOW_MS ? ROUNDS_WHEN_SLOW : ROUNDS,
    });
    if (first < SLOW_MS) { for (let i = 0; i < 5; i++) await task(); }
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const { task, times, rounds } of tasks) {
      if (round < rounds) times.push(await time(task));
    }
  }
  const operations = operationsOf(workload);
  const results = tasks.map(({ engine, times }): Result => {
    const ms = median(times);
    return {
      engine,
      ms,
      runs: times.length,
      ...(operations ? { gflops: operations / ms / 1e6 } : {}),
    };
  });
  return { workload: nameOf(workload), results };
}

/** How many milliseconds a task takes; a short one runs several times in a row. */
async function time(task: Task): Promise<number> {
  const start = performance.now();
  let count = 0;
  do {
    await task();
    count++;
  } while (performance.now() - start < 3);
  return (performance.now() - start) / count;
}

/** Checks an engine's result: a wrong result does not count, however fast. */
function assertSame(
  what: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
): void {
  if (actual.length !== expected.length) {
    throw new Error(
      `${what}: ${actual.length} numbers, not ${expected.length}`,
    );
  }
  for (let i = 0; i < expected.length; i++) {
    const [x, y] = [actual[i]!, expected[i]!];
    if (!(Math.abs(x - y) <= 1e-3 * Math.max(1, Math.abs(y)))) {
      throw new Error(`${what}: [${i}] is ${x}, not ${y}`);
    }
  }
}

if (import.meta.main) {
  const wanted = Deno.args.map((part) => part.toLowerCase());
  const threads = navigator.hardwareConcurrency;
  const cpu = (threads: number) => {
    return nabla(threads === 1 ? "nabla, 1 thread" : `nabla, ${threads} threads`, cpuKernels({ threads }));
  };
  const gpu = await openGpu();
  const engines = [
    plain,
    ...(threads > 1 ? [cpu(1), cpu(threads)] : [cpu(1)]),
    nabla(`nabla gpu, ${gpu.engine.engine}`, gpu),
    nabla("nabla reference", reference, REFERENCE_OPERATIONS),
    await gpujs(),
    await tensorflow(),
    await jax(),
  ];
  const comparisons: Comparison[] = [];
  for (const workload of WORKLOADS) {
    const name = nameOf(workload).toLowerCase();
    if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) {
      continue;
    }
    comparisons.push(await compare(engines, workload));
  }
  await report(
    comparisons,
    wanted.length === 0 ? await importTimes() : undefined,
  );
  Deno.exit(); // some engines keep the program alive
}
