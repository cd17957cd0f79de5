/** BERT (arXiv 1810.04805): an encoder that sees both sides of every token, and the heads it is trained and used with. */

import type { Random } from "../../autograd/random.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { bertConfig, bertOptions, bertReading, bertRules } from "../checkpoint/bert.ts";
import { readConfig, readWeights, writeFolder } from "../checkpoint/folder.ts";
import { toOurs, toTheirs } from "../checkpoint/layout.ts";
import { Dropout } from "../layers/dropout.ts";
import { Embedding } from "../layers/embedding.ts";
import { constant, normal, withoutDrawing } from "../layers/initialization.ts";
import { Linear } from "../layers/linear.ts";
import { Module } from "../module.ts";
import { LayerNorm } from "../layers/normalization.ts";
import { Block } from "../layers/block.ts";
import { keyMask, type PaddingMask } from "../layers/padding_mask.ts";

/** What a BERT is made of. */
export interface BertOptions {
  /** V: how many tokens there are. */
  vocabSize: number;
  /** The longest sequence that it can read. */
  contextLength: number;
  layers: number;
  /** H */
  heads: number;
  /** C, the width of the residual stream. */
  dim: number;
  /** The width inside the feed-forward networks; 4 C if not given. */
  hidden?: number;
  /** How many kinds of segments there are: 2, the first sentence and the second, if not given. */
  segments?: number;
  dropout?: number;
  /** What the norms add to the variance. */
  eps?: number;
  random: Random;
}

/** Token numbers, `[B, T]`. */
export type Tokens = readonly (readonly number[])[];

/** What comes with the tokens. */
export interface BertInputs {
  /** The segment of each token, `[B, T]`; 0 for all if not given. */
  segments?: Tokens;
  /** 1 for a real token, 0 for padding, `[B, T]`; all are real if not given. */
  mask?: PaddingMask;
}

/**
 * The encoder: tokens, positions and segments are embedded, added and normed; blocks with norms after their layers follow:
 * `[B, T] → [B, T, C]`. All weights are normal of deviation 0.02 at first.
 */
export class Bert extends Module {
  readonly tokens: Embedding;
  readonly positions: Embedding;
  readonly segments: Embedding;
  readonly norm: LayerNorm;
  readonly dropout: Dropout;
  readonly blocks: Block[];
  readonly options: Readonly<Required<Omit<BertOptions, "random">>>;

  constructor({ segments = 2, dropout = 0.1, eps = 1e-12, random, ...sizes }: BertOptions) {
    super();
    const { vocabSize, contextLength, layers, heads, dim, hidden = 4 * dim } = sizes;
    this.options = { ...sizes, hidden, segments, dropout, eps };
    this.tokens = new Embedding(vocabSize, dim, { random });
    this.positions = new Embedding(contextLength, dim, { random });
    this.segments = new Embedding(segments, dim, { random });
    this.norm = new LayerNorm(dim, { eps });
    this.dropout = new Dropout(dropout, { random });
    const block = { dim, heads, hidden, dropout, eps, activation: "gelu", norm: "post", random } as const;
    this.blocks = Array.from({ length: layers }, () => new Block(block));
    initialize(this, random);
  }

  /** @throws {RangeError} If a sequence is longer than the context, or a token or segment is unknown. */
  override forward(tokens: Tokens, { segments, mask }: BertInputs = {}): Tensor {
    const T = tokens[0]?.length ?? 0;
    if (T > this.options.contextLength) {
      throw new RangeError(`Cannot read ${T} tokens, as the context is of at most ${this.options.contextLength}`);
    }
    const positions = this.positions.weight.slice([0, T]); // [T, C]
    const kinds = this.segments.forward(segments ?? tokens.map((row) => row.map(() => 0))); // [B, T, C]
    const embedded = this.tokens.forward(tokens).add(positions).add(kinds); // [B, T, C]
    const seen = mask === undefined ? {} : { mask: keyMask(mask) };
    const x = this.dropout.forward(this.norm.forward(embedded));
    return this.blocks.reduce((x, block) => block.forward(x, seen), x);
  }
}

/** The first token's vector, `[CLS]`, through one layer more: `[B, T, C] → [B, C]`. */
export class Pooler extends Module {
  readonly linear: Linear;

  constructor(dim: number, { random }: { random: Random }) {
    super();
    this.linear = new Linear(dim, dim, { random });
  }

  override forward(x: Tensor): Tensor {
    return this.linear.forward(x.slice(null, 0)).tanh(); // [B, C]
  }
}

/**
 * BERT with the heads of its pre-training: which token was masked, and whether the second sentence followed the first.
 *
 * The head for masked tokens is a layer, gelu and a norm, and then the embedding table, transposed, with a bias.
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
  readonly bert: Bert;
  readonly pooler: Pooler;
  readonly transform: Linear;
  readonly transformNorm: LayerNorm;
  /** `[V]` */
  outputBias: Tensor;
  readonly nextSentence: Linear;

  constructor(options: BertOptions) {
    super();
    const { dim, vocabSize, eps = 1e-12, random } = options;
    this.bert = new Bert(options);
    this.pooler = new Pooler(dim, { random });
    this.transform = new Linear(dim, dim, { random });
    this.transformNorm = new LayerNorm(dim, { eps });
    this.outputBias = constant([vocabSize], 0);
    this.nextSentence = new Linear(dim, 2, { random });
    for (const head of [this.pooler, this.transform, this.nextSentence]) initialize(head, random);
  }

  /** Logits for every token, `[B, T, V]`, and for the second sentence following the first (0) or not (1), `[B, 2]`. */
  override forward(tokens: Tokens, inputs?: BertInputs): { mlm: Tensor; nsp: Tensor } {
    const x = this.bert.forward(tokens, inputs); // [B, T, C]
    const transformed = this.transformNorm.forward(this.transform.forward(x).gelu());
    return {
      mlm: transformed.matmul(this.bert.tokens.weight.transpose()).add(this.outputBias), // [B, T, V]
      nsp: this.nextSentence.forward(this.pooler.forward(x)), // [B, 2]
    };
  }

  /**
   * Reads a model from a folder in Hugging Face's layout of BERT, `config.json` and `model.safetensors`.
   *
   * The model comes in evaluation mode.
   *
   * @throws {ConfigError | SafetensorsError | StateDictError} If a file is damaged, or asks for another kind of model.
   */
  static async fromPretrained(folder: string): Promise<BertForPreTraining> {
    const options = bertOptions(await readConfig(folder));
    const weights = await readWeights(folder, bertReading(options));
    const model = withoutDrawing((random) => new BertForPreTraining({ ...options, random }));
    model.loadStateDict(toOurs(bertRules(options.layers), weights, model));
    return model.eval();
  }

  /** Writes the model into a folder that `fromPretrained`, and Hugging Face's, reads; no file is ever seen half-written. */
  async savePretrained(folder: string): Promise<void> {
    const { options } = this.bert;
    const weights = toTheirs(bertRules(options.layers), this.stateDict());
    await writeFolder(folder, bertConfig(options, "BertForPreTraining"), weights);
  }
}

/** BERT with a class for each sequence: `[B, T] → [B, classes]`. */
export class BertForSequenceClassification extends Module {
  readonly bert: Bert;
  readonly pooler: Pooler;
  readonly dropout: Dropout;
  readonly classifier: Linear;

  constructor({ classes, ...options }: BertOptions & { classes: number }) {
    super();
    const { dim, dropout = 0.1, random } = options;
    this.bert = new Bert(options);
    this.pooler = new Pooler(dim, { random });
    this.dropout = new Dropout(dropout, { random });
    this.classifier = new Linear(dim, classes, { random });
    for (const head of [this.pooler, this.classifier]) initialize(head, random);
  }

  override forward(tokens: Tokens, inputs?: BertInputs): Tensor {
    return this.classifier.forward(this.dropout.forward(this.pooler.forward(this.bert.forward(tokens, inputs))));
  }
}

/** BERT with a class for each token: `[B, T] → [B, T, classes]`. */
export class BertForTokenClassification extends Module {
  readonly bert: Bert;
  readonly dropout: Dropout;
  readonly classifier: Linear;

  constructor({ classes, ...options }: BertOptions & { classes: number }) {
    super();
    const { dim, dropout = 0.1, random } = options;
    this.bert = new Bert(options);
    this.dropout = new Dropout(dropout, { random });
    this.classifier = new Linear(dim, classes, { random });
    initialize(this.classifier, random);
  }

  override forward(tokens: Tokens, inputs?: BertInputs): Tensor {
    return this.classifier.forward(this.dropout.forward(this.bert.forward(tokens, inputs)));
  }
}

/** Weights normal of deviation 0.02, biases 0, as published. */
function initialize(module: Module, random: Random): void {
  for (const [, part] of module.namedModules()) {
    if (!(part instanceof Linear || part instanceof Embedding)) continue;
    part.weight = normal(part.weight.shape, 0.02, random);
    if (part instanceof Linear && part.bias !== undefined) part.bias = constant(part.bias.shape, 0);
  }
}
