/** Imported for its effect: tests of the engine run on the reference device, as float64 shows errors clearly. */

import { useDevice } from "../../kernels/device.ts";

await useDevice("reference");
