/** Valid calls of nn/module.ts and what nn/layers exports. */

import type { Calls } from "../law.ts";

export const LAYERS: Calls = {};
