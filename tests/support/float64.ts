/** Imported for its effect: tests that compare two computations to many digits run both in float64. */

import { useDevice } from "../../mod.ts";

await useDevice("reference");
