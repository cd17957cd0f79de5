/** BERT with a classifier: a class for each text, or for each token. */

import type { Tensor } from "../../autograd/tensor.ts";
import { checkArguments, listOf, optionsOf, rate, required, size, string } from "../../checks/mod.ts";
import {
  type BertClass,
  bertClassifier,
  bertConfig,
  bertOptions,
  bertRules as tensorRules,
  readBert,
} from "../checkpoint/bert.ts";
import type { Config } from "../checkpoint/config.ts";
import { folderRules, writeFolder } from "../checkpoint/folder.ts";
import { affine, toTheirs } from "../checkpoint/layout.ts";
import { Dropout } from "../layers/dropout.ts";
import { Linear } from "../layers/linear.ts";
import { Module } from "../module.ts";
import type { TokenBatch } from "../tokens.ts";
import { BERT, bertInputRules, type BERTInputs, type BERTOptions, bertRules, initialize } from "./bert.ts";

/** The options of a BERT with a classifier. */
export interface BertClassifierOptions extends Omit<BERTOptions, "pooler"> {
  /** The number of classes. */
  classes: number;
  /** The names of the classes, in order. Default: `LABEL_0`, `LABEL_1` … */
  labels?: readonly string[];
  /** The dropout rate of the classifier's input. Default: `dropout`. */
  classifierDropout?: number;
}

const making = {
  options: optionsOf<BertClassifierOptions>({
    ...bertRules,
    classes: required(size),
    labels: listOf(string, "names"),
    classifierDropout: rate,
  }),
};

/** The parts that both classifiers share. */
function classifierParts(options: BertClassifierOptions, pooler: boolean) {
  const { classes, labels = defaultLabels(classes), classifierDropout, ...encoder } = options;
  if (labels.length !== classes) {
    throw new RangeError(`Cannot make a classifier, as each class must have one name: ${labels.length} for ${classes}`);
  }
  const { dim, dropout = 0.1, random } = encoder;
  const bert = new BERT({ ...encoder, pooler });
  const classifier = new Linear(dim, classes, { random });
  initialize(classifier, random);
  return { bert, classifier, labels, dropout: new Dropout(classifierDropout ?? dropout, { random }) };
}

function defaultLabels(classes: number): string[] {
  return Array.from({ length: classes }, (_, i) => `LABEL_${i}`);
}

/**
 * BERT with a class for each text: `[B, T] → [B, classes]`.
 *
 * @example
 * ```ts
 * import { nn, Random } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const sizes = { vocabSize: 30, contextLength: 8, layers: 1, heads: 2, dim: 8, classes: 2 };
 * const bert = new nn.BertForSequenceClassification({ ...sizes, labels: ["bad", "good"], random: new Random(1) });
 * assert.deepEqual(bert.forward([[1, 2, 3], [4, 5, 6]]).shape, [2, 2]); // [B, classes]
 * ```
 */
export class BertForSequenceClassification extends Module {
  /** The encoder. */
  readonly bert: BERT;
  /** Dropout of the text's vector. */
  readonly dropout: Dropout;
  /** `[classes, C]` */
  readonly classifier: Linear;
  /** The names of the classes. */
  readonly labels: readonly string[];
  readonly #classifierDropout: number | undefined;

  /**
   * Makes an encoder and a classifier with random weights.
   *
   * @throws {TypeError | RangeError} If an option is missing, unknown, of the wrong kind or out of range.
   */
  constructor(options: BertClassifierOptions) {
    super();
    checkArguments("make a BertForSequenceClassification", arguments, making);
    ({ bert: this.bert, dropout: this.dropout, classifier: this.classifier, labels: this.labels } = classifierParts(
      options,
      true,
    ));
    this.#classifierDropout = options.classifierDropout;
  }

  /**
   * Logits of the classes for each text.
   *
   * @throws {TypeError | RangeError} As `BERT.forward`.
   */
  override forward(tokens: TokenBatch, inputs: BERTInputs = {}): Tensor {
    checkArguments("run a BertForSequenceClassification", arguments, bertInputRules);
    return this.classifier.forward(this.dropout.forward(this.bert.forward(tokens, inputs).pooled)); // [B, classes]
  }

  /**
   * Reads a model from a folder in Hugging Face's layout of BertForSequenceClassification, in evaluation mode.
   *
   * @throws {ConfigError | ModelFolderError | SafetensorsError | FileError} As `BERT.fromPretrained`.
   */
  static async fromPretrained(folder: string): Promise<BertForSequenceClassification> {
    checkArguments("read a BertForSequenceClassification", arguments, folderRules);
    return await readBert(folder, classifierOptions, sequences, (options) => {
      return new BertForSequenceClassification(options);
    });
  }

  /**
   * Writes the model into a folder that `fromPretrained` and Hugging Face's class read, as `BERT.savePretrained` does.
   */
  async savePretrained(folder: string): Promise<void> {
    checkArguments("save a BertForSequenceClassification", arguments, folderRules);
    await saveClassifier(folder, this, sequences, this.#classifierDropout);
  }
}

/**
 * BERT with a class for each token, without a pooler: `[B, T] → [B, T, classes]`.
 *
 * @example
 * ```ts
 * import { nn, Random } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const sizes = { vocabSize: 30, contextLength: 8, layers: 1, heads: 2, dim: 8 };
 * const bert = new nn.BertForTokenClassification({ ...sizes, classes: 5, random: new Random(1) });
 * assert.deepEqual(bert.forward([[1, 2, 3]]).shape, [1, 3, 5]); // [B, T, classes]
 * ```
 */
export class BertForTokenClassification extends Module {
  /** The encoder. */
  readonly bert: BERT;
  /** Dropout of the tokens' vectors. */
  readonly dropout: Dropout;
  /** `[classes, C]` */
  readonly classifier: Linear;
  /** The names of the classes. */
  readonly labels: readonly string[];
  readonly #classifierDropout: number | undefined;

  /**
   * Makes an encoder and a classifier with random weights.
   *
   * @throws {TypeError | RangeError} If an option is missing, unknown, of the wrong kind or out of range.
   */
  constructor(options: BertClassifierOptions) {
    super();
    checkArguments("make a BertForTokenClassification", arguments, making);
    ({ bert: this.bert, dropout: this.dropout, classifier: this.classifier, labels: this.labels } = classifierParts(
      options,
      false,
    ));
    this.#classifierDropout = options.classifierDropout;
  }

  /**
   * Logits of the classes for each token.
   *
   * @throws {TypeError | RangeError} As `BERT.forward`.
   */
  override forward(tokens: TokenBatch, inputs: BERTInputs = {}): Tensor {
    checkArguments("run a BertForTokenClassification", arguments, bertInputRules);
    return this.classifier.forward(this.dropout.forward(this.bert.forward(tokens, inputs).hidden)); // [B, T, classes]
  }

  /**
   * Reads a model from a folder in Hugging Face's layout of BertForTokenClassification, in evaluation mode. A pooler,
   * as in old folders, is left out.
   *
   * @throws {ConfigError | ModelFolderError | SafetensorsError | FileError} As `BERT.fromPretrained`.
   */
  static async fromPretrained(folder: string): Promise<BertForTokenClassification> {
    checkArguments("read a BertForTokenClassification", arguments, folderRules);
    return await readBert(folder, classifierOptions, eachToken, (options) => new BertForTokenClassification(options));
  }

  /**
   * Writes the model into a folder that `fromPretrained` and Hugging Face's class read, as `BERT.savePretrained` does.
   */
  async savePretrained(folder: string): Promise<void> {
    checkArguments("save a BertForTokenClassification", arguments, folderRules);
    await saveClassifier(folder, this, eachToken, this.#classifierDropout);
  }
}

type Settings = Omit<BertClassifierOptions, "random">;

function classifierOptions(config: Config): Settings {
  return { ...bertOptions(config), ...bertClassifier(config) };
}

/** The pooler of old folders, which their class does not use. */
const OLD_POOLER = /^bert\.pooler\./;

function sequences({ dim, classes }: Settings): BertClass {
  const head = affine("classifier", "classifier", [dim, classes]);
  return { name: "BertForSequenceClassification", pooler: true, head };
}

function eachToken({ dim, classes }: Settings): BertClass {
  const head = affine("classifier", "classifier", [dim, classes]);
  return { name: "BertForTokenClassification", pooler: false, head, spare: OLD_POOLER };
}

async function saveClassifier(
  folder: string,
  model: BertForSequenceClassification | BertForTokenClassification,
  classOf: (settings: Settings) => BertClass,
  classifierDropout: number | undefined,
): Promise<void> {
  const { pooler: _, ...options } = model.bert.options;
  const { labels } = model;
  const own = classOf({ ...options, classes: labels.length });
  const weights = toTheirs(tensorRules(options, own), model.stateDict());
  await writeFolder(folder, bertConfig(options, own.name, { labels, classifierDropout }), weights);
}
