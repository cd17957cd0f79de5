/** Every kernel of the gpu device against `reference`, on every engine that answers. */

import { gpuDevices } from "../../support/gpu.ts";
import { kernelLaws } from "../../support/kernel_laws.ts";
import { testLaw } from "../../support/property.ts";

for (const device of await gpuDevices()) {
  const { engine, software } = device.engine;
  // an adapter made of software is slow to compile, and every read takes it some 10 ms
  const cases = software ? 10 : 30;
  for (const law of kernelLaws(device, `gpu on ${engine}`)) testLaw(law, cases);
}
