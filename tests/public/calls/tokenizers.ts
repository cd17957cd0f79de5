/** Valid calls of what nn/tokenizers exports. */

import type { Calls } from "../law.ts";

export const TOKENIZERS: Calls = {};
