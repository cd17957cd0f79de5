/**
 * Every operation of `Tensor` on every device against `reference`, values and gradients, on inputs that hold NaN, ±∞, ±0
 * and ties: the kernels' guarantees (`special_values_test.ts`) extend to what is composed of them.
 */

import assert from "node:assert/strict";
import * as fc from "fast-check";
import { cpuKernels } from "../kernels/cpu/mod.ts";
import { withKernels } from "../kernels/device.ts";
import type { Kernels } from "../kernels/kernels.ts";
import { reference } from "../kernels/reference/mod.ts";
import { Tensor } from "../mod.ts";
import { tensorOf } from "./support/arbitraries.ts";
import { close } from "./support/closeness.ts";
import { gpuDevices } from "./support/gpu.ts";
import { type Case, OPERATIONS } from "./support/operations.ts";
import { property } from "./support/property.ts";
import { sayCovered } from "./support/covered.ts";

/** Numbers that are exact in float32, so that devices are compared in how they treat them, not in how they round. */
const NUMBERS = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 2, -1.5, 0.5];

/** Float32 and the functions of a graphics adapter, over the few terms of these cases. */
const TOLERANCE = 2e-5;

/** The result, and the gradients of its sum for the inputs. */
function results(kernels: Kernels, { inputs, apply }: Case, smooth: boolean): number[][] {
  return withKernels(kernels, () => {
    const leaves = inputs.map((input) => tensorOf(input, smooth));
    const out = apply(...leaves);
    if (!smooth) return [[...out.data]];
    out.sum().backward();
    return [out, ...leaves.map(({ grad }) => grad ?? Tensor.from([]))].map(({ data }) => [...data]);
  });
}

const DEVICES: [name: string, kernels: Kernels, cases: number][] = [
  ["cpu", cpuKernels(), 60],
  ...(await gpuDevices()).map((device): [string, Kernels, number] => {
    return [`gpu (${device.engine.engine})`, device, device.engine.software ? 4 : 20];
  }),
];

for (const [device, kernels, count] of DEVICES) {
  for (const { name, smooth, cases } of Object.values(OPERATIONS)) {
    const special = fc.array(fc.constantFrom(...NUMBERS), { minLength: 5, maxLength: 30 });
    property(
      `${name} on ${device} agrees with reference on special values, and so does its gradient`,
      fc.tuple(cases, special),
      ([drawn, numbers]) => {
        let next = 0;
        const data = ({ length }: readonly number[]) => Array.from({ length }, () => numbers[next++ % numbers.length]!);
        const inputs = drawn.inputs.map((input) => ({ ...input, data: data(input.data) }));
        const wanted = results(reference, { ...drawn, inputs }, smooth);
        results(kernels, { ...drawn, inputs }, smooth).forEach((got, i) => {
          const what = `${i === 0 ? "the result" : `the gradient by input ${i}`} of ${JSON.stringify(inputs)}`;
          assert.ok(
            got.length === wanted[i]!.length && got.every((x, j) => close(x, wanted[i]![j]!, TOLERANCE)),
            `${what} is ${got} where ${wanted[i]} is expected`,
          );
        });
      },
      count,
    );
  }
}

Deno.test("special values reach every operation of Tensor on every device", () => {
  const count = Object.keys(OPERATIONS).length;
  sayCovered(`special values, ${count} operations of Tensor on ${DEVICES.length} devices and engines`);
  assert.ok(count > 40);
});
