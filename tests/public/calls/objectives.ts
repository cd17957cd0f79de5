/** Valid calls of what nn/objectives exports. */

import type { Calls } from "../law.ts";

export const OBJECTIVES: Calls = {};
