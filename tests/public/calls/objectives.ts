/** Valid calls of what nn/objectives exports. */

import { Random, Tensor } from "../../../mod.ts";
import type { Calls } from "../law.ts";

export const OBJECTIVES: Calls = {
  "nn.crossEntropy": () => ({ given: [Tensor.ones([2, 3]), [0, 2], { ignoreIndex: -1, labelSmoothing: 0.1 }] }),
  "nn.causalBatch": () => ({ given: [[[1, 2, 0]], { padToken: 0 }] }),
  "nn.maskedBatch": () => ({
    given: [[[1, 2, 3]], { maskToken: 0, vocabSize: 4, rate: 0.5, special: [1], random: new Random(1) }],
  }),
  "nn.natsPerByte": () => ({ given: [1, { tokens: 2, bytes: 8 }] }),
  "nn.perplexity": () => ({ given: [1] }),
  "nn.mseLoss": () => ({ given: [Tensor.ones([2]), Tensor.zeros([2])] }),
};
