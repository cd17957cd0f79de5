/** Valid calls of what nn/data exports. */

import type { Calls } from "../law.ts";

export const DATA: Calls = {};
