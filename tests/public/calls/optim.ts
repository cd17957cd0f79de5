/** Valid calls of what nn/optim exports. */

import { optim, Tensor } from "../../../mod.ts";
import type { Calls } from "../law.ts";

const parameters = () => [Tensor.from([1, 2], { requiresGrad: true }), Tensor.from([[3]], { requiresGrad: true })];
const adam = () => {
  const all = parameters();
  for (const p of all) p.grad = p.like(1);
  return new optim.AdamW(all, { lr: 0.1 });
};
const adamSettings = () => ({ lr: 0.1, betas: [0.9, 0.99], eps: 1e-8, weightDecay: 0.1 });

export const OPTIM: Calls = {
  "optim.Adam": () => ({ given: [parameters(), adamSettings()] }),
  "optim.AdamW": () => ({ given: [parameters(), adamSettings()] }),
  "optim.SGD": () => ({ given: [parameters(), { lr: 0.1, momentum: 0.9, weightDecay: 0.1 }] }),
  "optim.clipGradNorm": () => ({ given: [adam().parameters, 1] }),
  "optim.weightDecayGroups": () => ({ given: [parameters(), 0.1] }),
  "optim.Optimizer#step": () => ({ on: adam(), given: [] }),
  "optim.Optimizer#zeroGrad": () => ({ on: adam(), given: [] }),
  "optim.Optimizer#stateDict": () => ({ on: adam(), given: [] }),
  "optim.Optimizer#loadStateDict": () => ({ on: adam(), given: [adam().stateDict()] }),
  "optim.ReduceOnPlateau": () => ({ given: [{ lr: 1 }, { factor: 0.5, patience: 2, floor: 0.1 }] }),
  "optim.ReduceOnPlateau#report": () => ({ on: new optim.ReduceOnPlateau({ lr: 1 }), given: [2] }),
  "optim.warmupCosine": () => ({ given: [{ peak: 1, warmup: 2, total: 5, floor: 0.1 }] }),
  "optim.warmupLinear": () => ({ given: [{ peak: 1, warmup: 2, total: 5 }] }),
};
