/** Neural networks: modules, the layers and models made of them, losses, and generating text. */

export { Module, type StateDict, StateDictError } from "./module.ts";
export { Linear } from "./linear.ts";
export { Embedding } from "./embedding.ts";
export { LayerNorm, layerNorm, RMSNorm, rmsNorm } from "./normalization.ts";
export { Dropout, dropout } from "./dropout.ts";
export { type Activation, FeedForward, type FeedForwardOptions } from "./feed_forward.ts";
export {
  attention,
  type AttentionOptions,
  attentionWeights,
  MultiHeadAttention,
  type MultiHeadAttentionOptions,
} from "./attention.ts";
export { KeyValueCache } from "./cache.ts";
export { rotate, sinusoidalPositions } from "./positions.ts";
export { Block, type BlockOptions, type PaddingMask, Transformer, type TransformerOptions } from "./transformer.ts";
export { GPT, type GPTOptions } from "./gpt.ts";
export {
  Bert,
  BertForPreTraining,
  BertForSequenceClassification,
  BertForTokenClassification,
  type BertInputs,
  type BertOptions,
  Pooler,
} from "./bert.ts";
export { crossEntropy, type CrossEntropyOptions, mseLoss } from "./losses.ts";
export { generate, type GenerateOptions } from "./generate.ts";
export {
  ConfigError,
  loadTraining,
  readSafetensors,
  SafetensorsError,
  saveTraining,
  type Training,
  type WriteOptions,
  writeSafetensors,
} from "./checkpoint/mod.ts";
export * from "./tokenizers/mod.ts";
export * from "./data/mod.ts";
