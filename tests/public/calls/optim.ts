/** Valid calls of what nn/optim exports. */

import type { Calls } from "../law.ts";

export const OPTIM: Calls = {};
