/** BERT in Hugging Face's layout: `bert.embeddings`, `bert.encoder.layer.0` …, and a head such as `cls.predictions`. */

import type { BERTOptions } from "../models/bert.ts";
import type { Random } from "../../autograd/random.ts";
import { withoutDrawing } from "../layers/initialization.ts";
import type { Module } from "../module.ts";
import { activationName, type Config } from "./config.ts";
import { openFolder } from "./folder.ts";
import { affine, type Layout, type Rule } from "./layout.ts";
import { readParameters } from "./weights.ts";

/** The settings of the encoder, without those that each class decides. */
export type BertSettings = Omit<BERTOptions, "random" | "pooler">;

/** The encoder of a configuration. Defaults: those of the published BERT. */
export function bertOptions(config: Config): BertSettings {
  config.expectModel("bert");
  config.expect("position_embedding_type", "absolute");
  for (const name of ["is_decoder", "add_cross_attention", "is_encoder_decoder"]) config.expect(name, false);
  for (const name of ["pruned_heads", "quantization_config"]) config.expectNone(name);
  const [dim, vocabSize] = [
    config.count("hidden_size", { otherwise: 768 }),
    config.count("vocab_size", { otherwise: 30522 }),
  ];
  const paddingIndex = config.has("pad_token_id") ? config.token("pad_token_id", { most: vocabSize - 1 }) : 0;
  return {
    vocabSize,
    contextLength: config.count("max_position_embeddings", { otherwise: 512 }),
    layers: config.count("num_hidden_layers", { most: 10_000, otherwise: 12 }),
    heads: config.heads("num_attention_heads", dim, 12),
    dim,
    hidden: config.count("intermediate_size", { otherwise: 3072 }),
    activation: config.activation("hidden_act", "gelu"),
    segments: config.count("type_vocab_size", { otherwise: 2 }),
    dropout: config.dropout("hidden_dropout_prob", 0.1),
    attentionDropout: config.dropout("attention_probs_dropout_prob", 0.1),
    eps: config.epsilon("layer_norm_eps", 1e-12),
    ...(paddingIndex !== undefined && { paddingIndex }),
  };
}

/** Whether the head for masked tokens is tied to the table of tokens. */
export function bertTied(config: Config): boolean {
  return config.flag("tie_word_embeddings", true);
}

/** The classes that a configuration names, and the dropout before the classifier. */
export function bertClassifier(config: Config): { classes: number; labels: string[]; classifierDropout?: number } {
  const labels = config.labels();
  const dropout = config.get("classifier_dropout") === undefined ? {} : {
    classifierDropout: config.dropout("classifier_dropout", 0.1),
  };
  return { classes: labels.length, labels, ...dropout };
}

/** The configuration of an encoder in a class of Hugging Face's; `more` holds the settings of its head. */
export function bertConfig(
  settings: BertSettings,
  architecture: string,
  more: { tied?: boolean; labels?: readonly string[]; classifierDropout?: number | undefined } = {},
): Record<string, unknown> {
  const { vocabSize, contextLength, layers, heads, dim, hidden = 4 * dim, segments = 2, eps = 1e-12 } = settings;
  const { activation = "gelu", dropout = 0.1, attentionDropout = dropout } = settings;
  return {
    model_type: "bert",
    architectures: [architecture],
    vocab_size: vocabSize,
    max_position_embeddings: contextLength,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    hidden_size: dim,
    intermediate_size: hidden,
    type_vocab_size: segments,
    hidden_act: activationName(activation),
    hidden_dropout_prob: dropout,
    attention_probs_dropout_prob: attentionDropout,
    classifier_dropout: more.classifierDropout ?? null,
    layer_norm_eps: eps,
    initializer_range: 0.02,
    pad_token_id: settings.paddingIndex ?? null,
    tie_word_embeddings: more.tied ?? true,
    ...(more.labels !== undefined && {
      id2label: Object.fromEntries(more.labels.map((label, i) => [i, label])),
      label2id: Object.fromEntries(more.labels.map((label, i) => [label, i])),
    }),
    dtype: "float32",
  };
}

/** A class of Hugging Face's that contains a BERT. */
export interface BertClass {
  readonly name: string;
  /** Whether its encoder has a pooler. */
  readonly pooler: boolean;
  /** The rules of its head. Default: none. */
  readonly head?: readonly Rule[];
  /** Other classes from whose folders it can be read. */
  readonly from?: readonly string[];
  /** Tensors of such folders that it does not use. */
  readonly spare?: RegExp;
  /** Copies, as in `Layout`. */
  readonly ties?: Layout["ties"];
}

/** Reads a model with a head from a folder, in evaluation mode. */
export async function readBert<Options extends BertSettings, M extends Module>(
  folder: string,
  parse: (config: Config) => Options,
  classOf: (options: Options) => BertClass,
  make: (options: Options & { random: Random }) => M,
): Promise<M> {
  using files = await openFolder(folder, parse);
  const { options, config, weights } = files;
  const parameters = await readParameters(weights, bertLayout(options, classOf(options)), config.architecture);
  const model = withoutDrawing((random) => make({ ...options, random }));
  model.loadStateDict(parameters);
  return model.eval();
}

/** The layout of a model with a head in a folder. */
function bertLayout(settings: BertSettings, own: BertClass): Layout {
  return {
    wanted: own.name,
    held,
    readable: (held) => held === own.name || (own.from ?? []).includes(held),
    canonical: (name) => canonical(name)?.replace(BASE, "bert.$&"),
    rules: () => bertRules(settings, own),
    ties: own.ties ?? {},
    spare: own.spare ?? /^$/,
  };
}

/** The rules of a model with a head, in which the encoder is `bert`. */
export function* bertRules(settings: BertSettings, { pooler, head = [] }: BertClass): Iterable<Rule> {
  for (const { theirs, ours, ...rule } of baseRules(settings, pooler)) {
    yield { ...rule, theirs: `bert.${theirs}`, ours: ours.map((name) => `bert.${name}`) };
  }
  yield* head;
}

/** The layout of the encoder alone in a folder, which may be that of a class with a head. */
export function baseLayout(settings: BertSettings, pooler: boolean): Layout {
  return {
    wanted: "BERT",
    held,
    readable: () => true,
    canonical,
    rules: () => baseRules(settings, pooler),
    ties: {},
    spare: pooler ? HEAD : new RegExp(`${HEAD.source}|^pooler\\.`),
  };
}

/** The prefixes of the encoder's tensors; tensors with other prefixes belong to heads. */
const BASE = /^(embeddings|encoder|pooler)\./;
const HEAD = /^(?!(embeddings|encoder|pooler)\.)/;

/** The names of a norm's gain and bias in the first checkpoints, converted from TensorFlow. */
const OLD_NORMS = { gamma: "weight", beta: "bias" } as const;

/** The encoder's tensors by their names without `bert.`, and the heads' by their own. */
function canonical(name: string): string | undefined {
  if (/(^|\.)embeddings\.(position_ids|token_type_ids)$/.test(name)) return undefined; // numbers of positions, in old files
  return name
    .replace(/LayerNorm\.(gamma|beta)$/, (_, old: keyof typeof OLD_NORMS) => `LayerNorm.${OLD_NORMS[old]}`)
    .replace(/^bert\./, "");
}

/** The classes by the parts in their folders; without a pooler, a classifier is for tokens. */
const CLASSES: readonly (readonly [name: string, parts: string])[] = [
  ["BertForPreTraining", "predictions next"],
  ["BertForMaskedLM", "predictions"],
  ["BertLMHeadModel", "predictions"],
  ["BertForNextSentencePrediction", "next"],
  ["BertForQuestionAnswering", "span"],
  ["BertForSequenceClassification", "classifier pooler"],
  ["BertForMultipleChoice", "classifier pooler"],
  ["BertForTokenClassification", "classifier"],
  ["BertForTokenClassification", "classifier pooler"], // as old versions saved it
  ["BertModel", ""],
];

/** The class of a folder: the one that its configuration names, if its tensors fit that class. */
function held(names: ReadonlySet<string>, architecture: string | undefined): string {
  const has = (part: RegExp) => [...names].some((name) => part.test(name));
  const parts = [
    has(/^cls\.predictions\./) ? "predictions" : [],
    has(/^cls\.seq_relationship\./) ? "next" : [],
    has(/^qa_outputs\./) ? "span" : [],
    has(/^classifier\./) ? has(/^(bert\.)?pooler\./) ? ["classifier", "pooler"] : "classifier" : [],
  ].flat().join(" ");
  const fitting = CLASSES.filter(([, own]) => own === parts).map(([name]) => name);
  const known = CLASSES.some(([name]) => name === architecture);
  if (architecture !== undefined && (fitting.includes(architecture) || !known)) return architecture;
  return fitting[0] ?? "model of another kind";
}

/** The rules of the encoder's tensors. */
function* baseRules(settings: BertSettings, pooler: boolean): Iterable<Rule> {
  const { vocabSize, contextLength, layers, dim, hidden = 4 * dim, segments = 2 } = settings;
  const tables = [["word", "tokens", vocabSize], ["position", "positions", contextLength], [
    "token_type",
    "segments",
    segments,
  ]] as const;
  for (const [theirs, ours, count] of tables) {
    yield { theirs: `embeddings.${theirs}_embeddings.weight`, shape: [count, dim], ours: [`${ours}.weight`] };
  }
  yield* affine("embeddings.LayerNorm", "norm", [dim]);
  for (let i = 0; i < layers; i++) {
    const [theirs, ours] = [`encoder.layer.${i}`, `blocks.${i}`];
    for (const part of ["query", "key", "value"]) {
      yield* affine(`${theirs}.attention.self.${part}`, `${ours}.attention.${part}`, [dim, dim]);
    }
    yield* affine(`${theirs}.attention.output.dense`, `${ours}.attention.out`, [dim, dim]);
    yield* affine(`${theirs}.attention.output.LayerNorm`, `${ours}.attentionNorm`, [dim]);
    yield* affine(`${theirs}.intermediate.dense`, `${ours}.feedForward.up`, [dim, hidden]);
    yield* affine(`${theirs}.output.dense`, `${ours}.feedForward.down`, [hidden, dim]);
    yield* affine(`${theirs}.output.LayerNorm`, `${ours}.feedForwardNorm`, [dim]);
  }
  if (pooler) yield* affine("pooler.dense", "pooler.linear", [dim, dim]);
}
