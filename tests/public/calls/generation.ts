/** Valid calls of what nn/generation exports. */

import type { Calls } from "../law.ts";

export const GENERATION: Calls = {};
