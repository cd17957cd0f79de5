/** Every operation of `Tensor` on the gpu device, values and gradients, against `reference`. */

import * as fc from "fast-check";
import { withKernels } from "../../../kernels/device.ts";
import type { Kernels } from "../../../kernels/kernels.ts";
import { reference } from "../../../kernels/reference/mod.ts";
import { Random, Tensor } from "../../../mod.ts";
import { tensorOf } from "../../support/arbitraries.ts";
import { assertTensorsClose } from "../../support/closeness.ts";
import { gpuDevices } from "../../support/gpu.ts";
import { type Case, OPERATIONS, relaid } from "../../support/operations.ts";
import { property } from "../../support/property.ts";

/** Float32 and the functions of a graphics adapter, over the few terms of these cases. */
const TOLERANCE = 2e-5;

type Lie = "without gaps" | "transposed" | "amid others";

/** An operation's result, and the gradients of its weighted sum, with random weights, for the inputs. */
function results(kernels: Kernels, { inputs, apply }: Case, smooth: boolean, lie: Lie): (Tensor | null)[] {
  return withKernels(kernels, () => {
    const leaves = inputs.map((input) => tensorOf(input, smooth));
    const out = apply(...leaves.map((leaf) => lie === "without gaps" ? leaf : relaid(leaf, lie)));
    if (!smooth) return [out];
    const random = new Random(1);
    const weights = Float64Array.from({ length: out.size }, () => random.uniform()); // the same on every device
    out.mul(Tensor.from(weights, { shape: out.shape })).sum().backward();
    return [out, ...leaves.map((leaf) => leaf.grad)];
  });
}

for (const device of await gpuDevices()) {
  const { engine, software } = device.engine;
  for (const { name, smooth, cases } of Object.values(OPERATIONS)) {
    const lies = fc.constantFrom<Lie>("without gaps", "transposed", "amid others");
    property(
      `${name} on gpu (${engine}) agrees with reference, and so does its gradient`,
      fc.tuple(cases, lies),
      ([drawn, lie]) => {
        const expected = results(reference, drawn, smooth, lie);
        results(device, drawn, smooth, lie).forEach((got, i) => assertTensorsClose(got, expected[i]!, TOLERANCE));
      },
      software ? 4 : 10,
    );
  }
}
