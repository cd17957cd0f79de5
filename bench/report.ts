// deno-lint-ignore-file no-console -- the report is the purpose of the bench
/** Prints the table, and writes the file with all figures. */

import type { ImportTimes } from "./import_time.ts";
import { machineInfo, machineLine, writeFigures } from "./machine.ts";
import type { Comparison, Result } from "./mod.ts";

export async function report(
  comparisons: readonly Comparison[],
  imports: ImportTimes | undefined,
): Promise<void> {
  const machine = await machineInfo();
  console.log(machineLine(machine));
  console.log(
    "Medians of interleaved runs; the ratio is the speed of nabla's cpu device, with all threads, to the engine's.\n",
  );
  for (const { workload, results } of comparisons) {
    console.log(workload);
    const ours = results.findLast(({ engine }) => /^nabla, \d+ thread/.test(engine));
    for (const result of results) console.log(line(result, ours));
  }
  if (imports) {
    const { empty, firstMatmul } = imports;
    console.log(
      `import and first matmul: ${(firstMatmul - empty).toFixed(0)} ms more than an empty script's`,
    );
    console.log(
      `${empty.toFixed(0)} ms: ${(firstMatmul / empty).toFixed(2)} times as long`,
    );
  }
  const file = await writeFigures("bench.json", { machine, comparisons, imports });
  console.log(`\nAll figures: ${file}`);
}

function line(
  { engine, ms, gflops }: Result,
  ours: Result | undefined,
): string {
  const ratio = ours ? `${(ms / ours.ms).toFixed(2)}×` : "";
  const rate = gflops ? `${gflops.toFixed(1)} GFLOP/s` : "";
  return `  ${engine.padEnd(32)} ${ms.toFixed(3).padStart(10)} ms ${rate.padStart(16)} ${ratio.padStart(9)}`;
}
