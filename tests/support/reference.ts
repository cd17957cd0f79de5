/** Imported for its effect: tests of the engine compute on the reference device, as float64 shows what is wrong sharply. */

import { useDevice } from "../../kernels/device.ts";

await useDevice("reference");
