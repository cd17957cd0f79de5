/** BERT for question answering (arXiv 1810.04805, section 4.2). */

import type { Tensor } from "../../autograd/tensor.ts";
import { checkArguments, optionsOf } from "../../checks/mod.ts";
import {
  type BertClass,
  bertConfig,
  bertOptions,
  bertRules as tensorRules,
  type BertSettings,
  readBert,
} from "../checkpoint/bert.ts";
import { folderRules, writeFolder } from "../checkpoint/folder.ts";
import { affine, toTheirs } from "../checkpoint/layout.ts";
import { Linear } from "../layers/linear.ts";
import { Module } from "../module.ts";
import type { TokenBatch } from "../tokens.ts";
import { BERT, bertInputRules, type BERTInputs, type BERTOptions, bertRules, initialize } from "./bert.ts";

const span = { options: optionsOf<Omit<BERTOptions, "pooler">>(bertRules) };

/** Logits for the beginning and the end of an answer. */
export interface BertSpans {
  /** Logits for each token being the first of the answer, `[B, T]`. */
  readonly start: Tensor;
  /** Logits for each token being the last of the answer, `[B, T]`. */
  readonly end: Tensor;
}

/**
 * BERT that finds an answer in a text: the tokens where it begins and ends, `[B, T] → [B, T]` each.
 *
 * @example
 * ```ts
 * import { nn, Random } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const sizes = { vocabSize: 30, contextLength: 8, layers: 1, heads: 2, dim: 8 };
 * const bert = new nn.BertForQuestionAnswering({ ...sizes, random: new Random(1) });
 * const { start, end } = bert.forward([[1, 2, 3]], { segments: [[0, 1, 1]] });
 * assert.deepEqual([start.shape, end.shape], [[1, 3], [1, 3]]);
 * ```
 */
export class BertForQuestionAnswering extends Module {
  /** The encoder. */
  readonly bert: BERT;
  /** The layer for the beginning and the end, `[2, C]`. */
  readonly outputs: Linear;

  /**
   * Makes an encoder and a head with random weights.
   *
   * @throws {TypeError | RangeError} If an option is missing, unknown, of the wrong kind or out of range.
   */
  constructor(options: Omit<BERTOptions, "pooler">) {
    super();
    checkArguments("make a BertForQuestionAnswering", arguments, span);
    this.bert = new BERT({ ...options, pooler: false });
    this.outputs = new Linear(options.dim, 2, { random: options.random });
    initialize(this.outputs, options.random);
  }

  /**
   * The logits for the answer's start and end, `[B, T]` each.
   *
   * @throws {TypeError | RangeError} As `BERT.forward`.
   */
  override forward(tokens: TokenBatch, inputs: BERTInputs = {}): BertSpans {
    checkArguments("run a BertForQuestionAnswering", arguments, bertInputRules);
    const logits = this.outputs.forward(this.bert.forward(tokens, inputs).hidden); // [B, T, 2]
    return { start: logits.slice(null, null, 0), end: logits.slice(null, null, 1) }; // [B, T]
  }

  /**
   * Reads a model from a folder in Hugging Face's layout of BertForQuestionAnswering, in evaluation mode. A pooler, as
   * in old folders, is left out.
   *
   * @throws {ConfigError | ModelFolderError | SafetensorsError | FileError} As `BERT.fromPretrained`.
   */
  static async fromPretrained(folder: string): Promise<BertForQuestionAnswering> {
    checkArguments("read a BertForQuestionAnswering", arguments, folderRules);
    return await readBert(folder, bertOptions, answers, (options) => new BertForQuestionAnswering(options));
  }

  /**
   * Writes the model into a folder that `fromPretrained` and Hugging Face's class read, as `BERT.savePretrained` does.
   */
  async savePretrained(folder: string): Promise<void> {
    checkArguments("save a BertForQuestionAnswering", arguments, folderRules);
    const { pooler: _, ...options } = this.bert.options;
    const weights = toTheirs(tensorRules(options, answers(options)), this.stateDict());
    await writeFolder(folder, bertConfig(options, "BertForQuestionAnswering"), weights);
  }
}

/** The pooler of old folders, which their class does not use. */
const OLD_POOLER = /^bert\.pooler\./;

function answers({ dim }: BertSettings): BertClass {
  const head = affine("qa_outputs", "outputs", [dim, 2]);
  return { name: "BertForQuestionAnswering", pooler: false, head, spare: OLD_POOLER };
}
