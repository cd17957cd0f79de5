/** Valid calls of what nn/generation exports. */

import { nn, Random } from "../../../mod.ts";
import type { Calls } from "../law.ts";

const gpt = () => {
  return new nn.GPT({ vocabSize: 5, contextLength: 4, layers: 1, heads: 1, dim: 4, random: new Random(1) });
};

export const GENERATION: Calls = {
  "nn.generate": () => ({
    given: [gpt(), [1, 2], {
      maxNewTokens: 3,
      temperature: 0,
      topK: 3,
      topP: 0.9,
      stop: [4],
      n: 2,
      random: new Random(1),
      cache: true,
    }],
  }),
};
