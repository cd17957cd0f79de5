/** Neural networks: modules, the layers and models made of them, losses, and generating text. */

export { Module, type StateDict, StateDictError } from "./module.ts";
export { Linear } from "./layers/linear.ts";
export { Embedding } from "./layers/embedding.ts";
export { LayerNorm, layerNorm, RMSNorm, rmsNorm } from "./layers/normalization.ts";
export { Dropout, dropout } from "./layers/dropout.ts";
export { type Activation, FeedForward, type FeedForwardOptions } from "./layers/feed_forward.ts";
export { attention, type AttentionOptions, attentionWeights } from "./layers/attention.ts";
export { MultiHeadAttention, type MultiHeadAttentionOptions } from "./layers/multi_head_attention.ts";
export { KeyValueCache } from "./layers/cache.ts";
export { rotate, sinusoidalPositions } from "./layers/positions.ts";
export { Block, type BlockOptions } from "./layers/block.ts";
export type { PaddingMask } from "./layers/padding_mask.ts";
export { Transformer, type TransformerOptions } from "./models/transformer.ts";
export { GPT, type GPTOptions } from "./models/gpt.ts";
export {
  Bert,
  BertForPreTraining,
  BertForSequenceClassification,
  BertForTokenClassification,
  type BertInputs,
  type BertOptions,
  Pooler,
} from "./models/bert.ts";
export { crossEntropy, type CrossEntropyOptions, mseLoss } from "./objectives/losses.ts";
export { generate, type GenerateOptions } from "./generation/generate.ts";
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
