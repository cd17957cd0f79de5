/** Valid calls of what nn/checkpoint exports. */

import type { Calls } from "../law.ts";

export const CHECKPOINT: Calls = {};
