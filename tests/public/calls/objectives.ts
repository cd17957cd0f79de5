/** Valid calls of what nn/objectives exports. */

import { Tensor } from "../../../mod.ts";
import type { Calls } from "../law.ts";

export const OBJECTIVES: Calls = {
  "nn.crossEntropy": () => ({ given: [Tensor.ones([2, 3]), [0, 2], { ignoreIndex: -1, labelSmoothing: 0.1 }] }),
  "nn.mseLoss": () => ({ given: [Tensor.ones([2]), Tensor.zeros([2])] }),
};
