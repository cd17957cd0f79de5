/** Every kernel of the cpu device against `reference`, in both builds. */

import { cpuKernels } from "../../../kernels/cpu/mod.ts";
import { kernelLaws } from "../../support/kernel_laws.ts";
import { testLaw } from "../../support/property.ts";

const BUILDS = {
  "cpu, relaxed SIMD": cpuKernels({ relaxed: true }),
  "cpu, plain SIMD": cpuKernels({ relaxed: false }),
};

for (const [name, kernels] of Object.entries(BUILDS)) {
  for (const law of kernelLaws(kernels, name)) testLaw(law, 150);
}
