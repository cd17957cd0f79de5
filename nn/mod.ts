/** Neural networks: modules, the layers and models made of them, losses, and generating text. */

export type { SummaryRow } from "./summary.ts";
export { Module } from "./module.ts";
export { type LoadOptions, type LoadReport, type StateDict, StateDictError } from "./state_dict.ts";
export { parameter } from "./parameter.ts";
export type { TokenBatch } from "./tokens.ts";
export { withoutDrawing } from "./layers/initialization.ts";
export { Linear, type LinearOptions } from "./layers/linear.ts";
export { Sequential, type SequentialStep } from "./layers/sequential.ts";
export { Embedding, type EmbeddingOptions } from "./layers/embedding.ts";
export {
  LayerNorm,
  layerNorm,
  type LayerNormOptions,
  RMSNorm,
  rmsNorm,
  type RMSNormOptions,
} from "./layers/normalization.ts";
export { Dropout, dropout, type DropoutOptions } from "./layers/dropout.ts";
export { type Activation, FeedForward, type FeedForwardOptions } from "./layers/feed_forward.ts";
export { attention, type AttentionOptions, attentionWeights } from "./layers/attention.ts";
export {
  type AttendOptions,
  MultiHeadAttention,
  type MultiHeadAttentionOptions,
} from "./layers/multi_head_attention.ts";
export { KeyValueCache } from "./layers/cache.ts";
export { rotate, sinusoidalPositions } from "./layers/positions.ts";
export { Block, type BlockInputs, type BlockOptions } from "./layers/block.ts";
export type { PaddingMask } from "./layers/padding_mask.ts";
export { Transformer, type TransformerOptions } from "./models/transformer.ts";
export { GPT, type GPTInputs, type GPTOptions, type GPTSettings } from "./models/gpt.ts";
export { BERT, type BERTInputs, type BERTOptions, type BERTOutputs, type BERTSettings } from "./models/bert.ts";
export { Pooler } from "./models/pooler.ts";
export {
  BertForMaskedLM,
  BertForPreTraining,
  type BertPredictionOptions,
  type BertPredictions,
} from "./models/bert_predictions.ts";
export { MaskedTokenHead, type MaskedTokenHeadOptions } from "./models/masked_token_head.ts";
export {
  type BertClassifierOptions,
  BertForSequenceClassification,
  BertForTokenClassification,
} from "./models/bert_classifiers.ts";
export { BertForQuestionAnswering, type BertSpans } from "./models/bert_answers.ts";
export { meanPool } from "./models/pooling.ts";
export { crossEntropy, type CrossEntropyOptions, mseLoss, type Targets } from "./objectives/losses.ts";
export { causalBatch, type CausalBatchOptions, type ObjectiveBatch } from "./objectives/causal.ts";
export { maskedBatch, type MaskedBatchOptions } from "./objectives/masked.ts";
export { natsPerByte, perplexity, type TextSizeInputs } from "./objectives/measures.ts";
export { generate, type GenerateOptions } from "./generation/generate.ts";
export * from "./checkpoint/mod.ts";
export * from "./tokenizers/mod.ts";
export * from "./data/mod.ts";
