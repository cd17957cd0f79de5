/**
 * Every kernel on every device against `reference`, on special values: NaN, ±∞, ±0, subnormal numbers, the largest and the
 * smallest, negative bases, ties. `Kernels` states the guarantees. A kernel, or an operation of a kernel, without a
 * rule in `special_elements.ts` or `special_rows.ts` does not compile.
 */

import assert from "node:assert/strict";
import { cpuKernels } from "../kernels/cpu/mod.ts";
import type { Kernels } from "../kernels/kernels.ts";
import { gpuDevices } from "./support/gpu.ts";
import { ELEMENT_RULES, OPERATIONS_OF } from "./support/special_elements.ts";
import type { Rules } from "./support/special_numbers.ts";
import { ROW_RULES } from "./support/special_rows.ts";
import { compare } from "./support/special_values.ts";
import { sayCovered } from "./support/covered.ts";

/** The names of the functions of a device. */
type KernelName = {
  [Name in keyof Kernels]-?: Kernels[Name] extends (...args: never[]) => unknown ? Name : never;
}[keyof Kernels];

const RULES: Rules<KernelName> = { ...ELEMENT_RULES, ...ROW_RULES };

const DEVICES: [name: string, kernels: Kernels][] = [
  ["cpu, relaxed SIMD", cpuKernels({ relaxed: true })],
  ["cpu, plain SIMD", cpuKernels({ relaxed: false })],
  ...(await gpuDevices()).map((device): [string, Kernels] => [`gpu on ${device.engine.engine}`, device]),
];

const several: Partial<Record<string, readonly string[]>> = OPERATIONS_OF;
const operations = Object.keys(RULES).flatMap((kernel) => several[kernel] ?? [kernel]).length;
let compared = 0;

for (const [device, kernels] of DEVICES) {
  for (const [name, trials] of Object.entries(RULES)) {
    Deno.test(`${device}: ${name} agrees with reference on special values`, () => {
      const differences: string[] = [];
      for (const trial of trials()) {
        const { count, differences: found } = compare(kernels, trial);
        compared += count;
        differences.push(...found);
      }
      assert.ok(differences.length === 0, `${differences.length} differ:\n${differences.slice(0, 12).join("\n")}`);
    });
  }
}

Deno.test("the law of special values covers every operation, every device, and many values", () => {
  sayCovered(`special values, ${operations} operations on ${DEVICES.length} devices and engines, ${compared} results`);
  assert.ok(operations > 50);
});
