/** Training: optimizers, gradient clipping and learning rate schedules. */

export { Adam, AdamFamily, type AdamOptions, type AdamSettings, AdamW } from "./adam.ts";
export { clipGradNorm } from "./clip.ts";
export { type WeightDecayGroup, weightDecayGroups } from "./groups.ts";
export { type Memory, Optimizer, type ParameterGroup, type Parameters } from "./optimizer.ts";
export type { OptimizerState } from "./state.ts";
export {
  type PlateauState,
  type Rated,
  ReduceOnPlateau,
  type ReduceOnPlateauOptions,
  type Schedule,
  warmupCosine,
  type WarmupCosineOptions,
  warmupLinear,
  type WarmupOptions,
} from "./schedules.ts";
export { SGD, type SGDOptions, type SGDSettings } from "./sgd.ts";
