/** What trains a model: optimizers, clipping and schedules. */

export { Adam, type AdamSettings, AdamW } from "./adam.ts";
export { clipGradNorm } from "./clip.ts";
export { type Memory, Optimizer, type OptimizerState, type ParameterGroup, type Parameters } from "./optimizer.ts";
export { ReduceOnPlateau, type Schedule, warmupCosine, warmupLinear } from "./schedules.ts";
export { SGD, type SGDSettings } from "./sgd.ts";
