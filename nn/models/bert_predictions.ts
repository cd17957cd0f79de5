/** BERT with the heads of its pre-training (arXiv 1810.04805): masked tokens, and whether a sentence follows another. */

import type { Tensor } from "../../autograd/tensor.ts";
import { checkArguments, flag, optionsOf } from "../../checks/mod.ts";
import {
  type BertClass,
  bertConfig,
  bertOptions,
  bertRules as tensorRules,
  bertTied,
  readBert,
} from "../checkpoint/bert.ts";
import type { Config } from "../checkpoint/config.ts";
import { folderRules, writeFolder } from "../checkpoint/folder.ts";
import { affine, toTheirs } from "../checkpoint/layout.ts";
import { Linear } from "../layers/linear.ts";
import { Module } from "../module.ts";
import type { StateDict } from "../state_dict.ts";
import type { TokenBatch } from "../tokens.ts";
import { BERT, bertInputRules, type BERTInputs, type BERTOptions, bertRules, initialize } from "./bert.ts";
import { MaskedTokenHead } from "./masked_token_head.ts";

/** The options of a BERT with a head for masked tokens. */
export interface BertPredictionOptions extends Omit<BERTOptions, "pooler"> {
  /** Use the table of tokens for the logits too, rather than a separate table. Default: true. */
  tied?: boolean;
}

const making = { options: optionsOf<BertPredictionOptions>({ ...bertRules, tied: flag }) };

/** The outputs of a pre-trained BERT. */
export interface BertPredictions {
  /** Logits for every token, `[B, T, V]`. */
  readonly mlm: Tensor;
  /** Logits for the second sentence following the first (0) or not (1), `[B, 2]`. */
  readonly nsp: Tensor;
}

/**
 * BERT with the heads of its pre-training: which token was masked, and whether the second sentence followed the first.
 *
 * @example
 * ```ts
 * import { nn, Random } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const sizes = { vocabSize: 30, contextLength: 8, layers: 1, heads: 2, dim: 8 };
 * const bert = new nn.BertForPreTraining({ ...sizes, random: new Random(1) }).eval();
 * const { mlm, nsp } = bert.forward([[1, 2, 3], [4, 5, 0]], { mask: [[1, 1, 1], [1, 1, 0]] });
 * assert.deepEqual([mlm.shape, nsp.shape], [[2, 3, 30], [2, 2]]); // [B, T, V] and [B, 2]
 * ```
 */
export class BertForPreTraining extends Module {
  /** The encoder. */
  readonly bert: BERT;
  /** The head for masked tokens. */
  readonly predictions: MaskedTokenHead;
  /** The head for the next sentence, `[2, C]`. */
  readonly nextSentence: Linear;

  /**
   * Makes an encoder and its heads with random weights.
   *
   * @throws {TypeError | RangeError} If an option is missing, unknown, of the wrong kind or out of range.
   */
  constructor(options: BertPredictionOptions) {
    super();
    checkArguments("make a BertForPreTraining", arguments, making);
    const { tied: _, ...encoder } = options;
    this.bert = new BERT(encoder);
    this.predictions = new MaskedTokenHead(headOptions(options));
    this.nextSentence = new Linear(options.dim, 2, { random: options.random });
    for (const head of [this.predictions, this.nextSentence]) initialize(head, options.random);
  }

  /**
   * The logits of both heads: `{ mlm: [B, T, V], nsp: [B, 2] }`.
   *
   * @throws {TypeError | RangeError} As `BERT.forward`.
   */
  override forward(tokens: TokenBatch, inputs: BERTInputs = {}): BertPredictions {
    checkArguments("run a BertForPreTraining", arguments, bertInputRules);
    const { hidden, pooled } = this.bert.forward(tokens, inputs); // [B, T, C] and [B, C]
    return { mlm: this.predictions.forward(hidden, this.bert.tokens), nsp: this.nextSentence.forward(pooled) };
  }

  /**
   * Reads a model from a folder in Hugging Face's layout of BertForPreTraining, in evaluation mode.
   *
   * @throws {ConfigError | ModelFolderError | SafetensorsError | FileError} As `BERT.fromPretrained`.
   */
  static async fromPretrained(folder: string): Promise<BertForPreTraining> {
    checkArguments("read a BertForPreTraining", arguments, folderRules);
    return await readBert(folder, predictionOptions, preTraining, (options) => new BertForPreTraining(options));
  }

  /**
   * Writes the model into a folder that `fromPretrained` and Hugging Face's class read, as `BERT.savePretrained` does.
   */
  async savePretrained(folder: string): Promise<void> {
    checkArguments("save a BertForPreTraining", arguments, folderRules);
    await savePredictions(folder, this, preTraining);
  }
}

/**
 * BERT with the head for masked tokens alone, without a pooler: `[B, T] → [B, T, V]`.
 *
 * @example
 * ```ts
 * import { nn, Random } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const sizes = { vocabSize: 30, contextLength: 8, layers: 1, heads: 2, dim: 8 };
 * const bert = new nn.BertForMaskedLM({ ...sizes, random: new Random(1) }).eval();
 * assert.deepEqual(bert.forward([[1, 2, 3]]).shape, [1, 3, 30]); // [B, T, V]
 * ```
 */
export class BertForMaskedLM extends Module {
  /** The encoder. */
  readonly bert: BERT;
  /** The head for masked tokens. */
  readonly predictions: MaskedTokenHead;

  /**
   * Makes an encoder and its heads with random weights.
   *
   * @throws {TypeError | RangeError} If an option is missing, unknown, of the wrong kind or out of range.
   */
  constructor(options: BertPredictionOptions) {
    super();
    checkArguments("make a BertForMaskedLM", arguments, making);
    const { tied: _, ...encoder } = options;
    this.bert = new BERT({ ...encoder, pooler: false });
    this.predictions = new MaskedTokenHead(headOptions(options));
    initialize(this.predictions, options.random);
  }

  /**
   * Logits for every token.
   *
   * @throws {TypeError | RangeError} As `BERT.forward`.
   */
  override forward(tokens: TokenBatch, inputs: BERTInputs = {}): Tensor {
    checkArguments("run a BertForMaskedLM", arguments, bertInputRules);
    return this.predictions.forward(this.bert.forward(tokens, inputs).hidden, this.bert.tokens); // [B, T, V]
  }

  /**
   * Reads a model from a folder in Hugging Face's layout of BertForMaskedLM, in evaluation mode. A BertForPreTraining is
   * read too, without its head for the next sentence.
   *
   * @throws {ConfigError | ModelFolderError | SafetensorsError | FileError} As `BERT.fromPretrained`.
   */
  static async fromPretrained(folder: string): Promise<BertForMaskedLM> {
    checkArguments("read a BertForMaskedLM", arguments, folderRules);
    return await readBert(folder, predictionOptions, maskedLM, (options) => new BertForMaskedLM(options));
  }

  /**
   * Writes the model into a folder that `fromPretrained` and Hugging Face's class read, as `BERT.savePretrained` does.
   */
  async savePretrained(folder: string): Promise<void> {
    checkArguments("save a BertForMaskedLM", arguments, folderRules);
    await savePredictions(folder, this, maskedLM);
  }
}

function headOptions({ dim, vocabSize, activation = "gelu", eps = 1e-12, tied = true, random }: BertPredictionOptions) {
  return { dim, vocabSize, activation, eps, tied, random };
}

type PredictionSettings = Omit<BertPredictionOptions, "random">;

function predictionOptions(config: Config): PredictionSettings {
  return { ...bertOptions(config), tied: bertTied(config) };
}

const [TABLE, BIAS] = ["cls.predictions.decoder.weight", "cls.predictions.decoder.bias"];
const TIED_BIAS = "cls.predictions.bias";
/** The other tensors of pre-training, and the unused bias of an untied head. */
const SPARE = /^(bert\.pooler|cls\.seq_relationship)\./;
const SPARE_UNTIED = /^(bert\.pooler\.|cls\.seq_relationship\.|cls\.predictions\.bias$)/;

function preTraining(settings: PredictionSettings): BertClass {
  const { head, ...masked } = maskedLM(settings);
  return {
    ...masked,
    name: "BertForPreTraining",
    pooler: true,
    from: [],
    head: [...head!, ...affine("cls.seq_relationship", "nextSentence", [settings.dim, 2])],
  };
}

function maskedLM({ vocabSize, dim, tied = true }: PredictionSettings): BertClass {
  return {
    name: "BertForMaskedLM",
    pooler: false,
    head: [
      ...affine("cls.predictions.transform.dense", "predictions.transform", [dim, dim]),
      ...affine("cls.predictions.transform.LayerNorm", "predictions.norm", [dim]),
      { theirs: tied ? TIED_BIAS : BIAS, shape: [vocabSize], ours: ["predictions.bias"] },
      ...(tied ? [] : [{ theirs: TABLE, shape: [vocabSize, dim], ours: ["predictions.table.weight"] }]),
    ],
    from: ["BertForPreTraining", "BertLMHeadModel"],
    spare: tied ? SPARE : SPARE_UNTIED,
    ties: tied ? { [TABLE]: "bert.embeddings.word_embeddings.weight", [BIAS]: TIED_BIAS } : {},
  };
}

async function savePredictions(
  folder: string,
  model: BertForPreTraining | BertForMaskedLM,
  classOf: (settings: PredictionSettings) => BertClass,
): Promise<void> {
  const { pooler: _, ...options } = model.bert.options;
  const tied = model.predictions.table === undefined;
  const own = classOf({ ...options, tied });
  const weights = toTheirs(tensorRules(options, own), model.stateDict());
  await writeFolder(folder, bertConfig(options, own.name, { tied }), tied ? weights : withUnusedBias(weights));
}

/** Hugging Face keeps a second, unused bias beside that of an untied table. */
function withUnusedBias(weights: StateDict): StateDict {
  return { ...weights, [TIED_BIAS]: weights[BIAS]! }; // the rules of an untied head name it
}
