/** Every kernel of the gpu device against `reference`, on every engine that answers. */

import { gpuDevices } from "../../support/gpu.ts";
import { kernelLaws } from "../../support/kernel_laws.ts";
import { testLaw } from "../../support/property.ts";

for (const device of await gpuDevices()) {
  const { engine, software } = device.engine;
  // a software adapter compiles slowly, and each of its reads takes about 10 ms
  const cases = software ? 10 : 30;
  for (const law of kernelLaws(device, `gpu on ${engine}`)) testLaw(law, cases);
}
