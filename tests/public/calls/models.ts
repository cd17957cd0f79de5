/** Valid calls of what nn/models exports. */

import type { Calls } from "../law.ts";

export const MODELS: Calls = {};
