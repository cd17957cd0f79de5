/** BERT (arXiv 1810.04805): an encoder that sees both sides of every token. */

import type { Random } from "../../autograd/random.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { anything, checkArguments, flag, optionsOf, rate, required, size } from "../../checks/mod.ts";
import { baseLayout, bertConfig, bertOptions } from "../checkpoint/bert.ts";
import { folderRules, openFolder, writeFolder } from "../checkpoint/folder.ts";
import { toTheirs } from "../checkpoint/layout.ts";
import { readParameters } from "../checkpoint/weights.ts";
import { Block } from "../layers/block.ts";
import { Dropout } from "../layers/dropout.ts";
import { Embedding } from "../layers/embedding.ts";
import { type Activation, activationRule } from "../layers/feed_forward.ts";
import { constant, normal, withoutDrawing } from "../layers/initialization.ts";
import { Linear } from "../layers/linear.ts";
import { LayerNorm } from "../layers/normalization.ts";
import { keyMask, type PaddingMask } from "../layers/padding_mask.ts";
import { Module } from "../module.ts";
import { chance, count, epsilon, mask, tokenLists } from "../rules.ts";
import type { TokenBatch } from "../tokens.ts";
import { rowsBeside, rowsInContext } from "./context.ts";
import { Pooler } from "./pooler.ts";

/** The options of a BERT. */
export interface BERTOptions {
  /** V, the number of tokens. */
  vocabSize: number;
  /** The longest sequence the model can read. */
  contextLength: number;
  /** The number of blocks. */
  layers: number;
  /** H, the number of attention heads. */
  heads: number;
  /** C, the width of the residual stream. */
  dim: number;
  /** The width inside the feed-forward networks. Default: 4 C. */
  hidden?: number;
  /** The activation of the feed-forward networks. Default: "gelu". */
  activation?: Activation;
  /** The number of segments. Default: 2, the first sentence and the second. */
  segments?: number;
  /** The dropout rate of what is added to the residual stream. Default: 0.1. */
  dropout?: number;
  /** The same for attention weights. Default: `dropout`. */
  attentionDropout?: number;
  /** Added to the variance in norms. Default: 1e-12. */
  eps?: number;
  /** The padding token: its vector starts at 0 and gets no gradient from lookups. Default: none. */
  paddingIndex?: number;
  /** Whether to add a pooler: a layer on the first token's vector, which represents the whole text. Default: true. */
  pooler?: boolean;
  /** The random numbers for initial weights and for dropout. */
  random: Random;
}

/** The options of an encoder, with defaults filled in. */
export type BERTSettings = Readonly<
  & Required<Omit<BERTOptions, "random" | "paddingIndex">>
  & Pick<BERTOptions, "paddingIndex">
>;

/** The rules of an encoder's options, for models that add a head. */
export const bertRules = {
  vocabSize: required(size),
  contextLength: required(size),
  layers: required(size),
  heads: required(size),
  dim: required(size),
  hidden: size,
  activation: activationRule,
  segments: size,
  dropout: rate,
  attentionDropout: rate,
  eps: epsilon,
  paddingIndex: count,
  random: chance,
};

const encoderRules = { options: optionsOf<BERTOptions>({ ...bertRules, pooler: flag }) };

/** The inputs besides the tokens. */
export interface BERTInputs {
  /** The segment of each token, `[B, T]`. Default: 0 for all. */
  segments?: TokenBatch;
  /** 1 for a real token, 0 for padding, `[B, T]`. Default: all are real. */
  mask?: PaddingMask;
}

/** The rules for the inputs of these models. */
export const bertInputRules = {
  tokens: anything, // the encoder checks them and the segments
  inputs: optionsOf<BERTInputs>({ segments: tokenLists, mask }),
};

/** The outputs of the encoder. */
export interface BERTOutputs {
  /** A vector for each token, `[B, T, C]`. */
  readonly hidden: Tensor;
  /** A vector for each text, `[B, C]`; reading it throws if the model has no pooler. */
  readonly pooled: Tensor;
}

/**
 * The encoder: the embeddings of tokens, positions and segments are added and normalized, and blocks with post-norm
 * follow. All weights start normal with standard deviation 0.02.
 *
 * @example
 * ```ts
 * import { nn, Random } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const sizes = { vocabSize: 30, contextLength: 8, layers: 1, heads: 2, dim: 8 };
 * const bert = new nn.BERT({ ...sizes, random: new Random(1) }).eval();
 * const { hidden, pooled } = bert.forward([[1, 2, 3], [4, 5, 0]], { mask: [[1, 1, 1], [1, 1, 0]] });
 * assert.deepEqual([hidden.shape, pooled.shape], [[2, 3, 8], [2, 8]]); // [B, T, C] and [B, C]
 * ```
 */
export class BERT extends Module {
  /** The table of tokens, `[V, C]`. */
  readonly tokens: Embedding;
  /** The table of positions. */
  readonly positions: Embedding;
  /** The table of segments. */
  readonly segments: Embedding;
  /** The norm of the embeddings. */
  readonly norm: LayerNorm;
  /** Dropout of the embeddings. */
  readonly dropout: Dropout;
  /** The blocks, in order. */
  readonly blocks: Block[];
  /** The layer on the first token's vector, if any. */
  readonly pooler: Pooler | undefined;
  /** The options, with defaults filled in. */
  readonly options: BERTSettings;

  /**
   * Makes an encoder with random weights.
   *
   * @throws {TypeError} If an option is missing, unknown or of the wrong kind.
   * @throws {RangeError} If an option is out of range, or the heads do not divide the width.
   */
  constructor(options: BERTOptions) {
    super();
    checkArguments("make a BERT", arguments, encoderRules);
    const { vocabSize, contextLength, layers, heads, dim, random, paddingIndex } = options;
    const { hidden = 4 * dim, activation = "gelu", segments = 2, eps = 1e-12, pooler = true } = options;
    const { dropout = 0.1, attentionDropout = dropout } = options;
    this.options = {
      ...{ vocabSize, contextLength, layers, heads, dim, hidden, activation, segments },
      ...{ dropout, attentionDropout, eps, pooler },
      ...(paddingIndex !== undefined && { paddingIndex }),
    };
    this.tokens = new Embedding(vocabSize, dim, { random, ...(paddingIndex !== undefined && { paddingIndex }) });
    this.positions = new Embedding(contextLength, dim, { random });
    this.segments = new Embedding(segments, dim, { random });
    this.norm = new LayerNorm(dim, { eps });
    this.dropout = new Dropout(dropout, { random });
    const parts = { dim, heads, hidden, activation, dropout, attentionDropout, eps };
    this.blocks = Array.from({ length: layers }, () => new Block({ ...parts, norm: "post", random }));
    this.pooler = pooler ? new Pooler(dim, { random }) : undefined;
    initialize(this, random);
  }

  /**
   * A vector for each token, and one for each text.
   *
   * @throws {TypeError} If tokens or segments are not `[B, T]`: pass a single text as `[tokens]`.
   * @throws {RangeError} If a sequence is longer than the context, or a token or segment is unknown.
   */
  override forward(tokens: TokenBatch, inputs: BERTInputs = {}): BERTOutputs {
    checkArguments("run a BERT", arguments, bertInputRules);
    const { rows, T } = rowsInContext("run a BERT", tokens, this.options.contextLength);
    const beside = (what: string, given: TokenBatch | PaddingMask) =>
      rowsBeside("run a BERT", what, given, rows.length, T);
    const segments = inputs.segments === undefined
      ? rows.map((row) => row.map(() => 0))
      : beside("segments", inputs.segments);
    const positions = this.positions.weight.slice([0, T]); // [T, C]
    const embedded = this.tokens.forward(rows).add(positions).add(this.segments.forward(segments)); // [B, T, C]
    const seen = inputs.mask === undefined ? {} : { mask: keyMask(beside("the mask", inputs.mask), embedded) };
    const x = this.dropout.forward(this.norm.forward(embedded));
    const hidden = this.blocks.reduce((x, block) => block.forward(x, seen), x);
    if (this.pooler !== undefined) return { hidden, pooled: this.pooler.forward(hidden) }; // [B, C]
    return {
      hidden,
      get pooled(): never {
        throw new TypeError("Cannot pool, as this BERT has no pooler: take `hidden`, for example by nn.meanPool");
      },
    };
  }

  /**
   * Reads the encoder from a folder in Hugging Face's layout of BERT: `config.json`, and `model.safetensors` or its
   * shards.
   *
   * The folder may hold a BertModel or a class with a head, which is left out. Without a pooler in the folder, as for
   * masked tokens, the model has none. The model is in evaluation mode.
   *
   * @throws {ConfigError} If the configuration is damaged, or needs something that is not supported.
   * @throws {ModelFolderError} If its tensors are not those of its configuration.
   * @throws {SafetensorsError | FileError} If a file of the weights is damaged, or in another format.
   *
   * @example
   * ```ts
   * import { nn, Random } from "nabla";
   * import assert from "node:assert/strict";
   *
   * const folder = await Deno.makeTempDir();
   * const sizes = { vocabSize: 30, contextLength: 8, layers: 1, heads: 2, dim: 8 };
   * const trained = new nn.BertForPreTraining({ ...sizes, random: new Random(1) });
   * await trained.savePretrained(folder);
   * const bert = await nn.BERT.fromPretrained(folder);
   * const { hidden } = bert.forward([[1, 2, 3]]);
   * assert.deepEqual(hidden.toArray(), trained.eval().bert.forward([[1, 2, 3]]).hidden.toArray());
   * ```
   */
  static async fromPretrained(folder: string): Promise<BERT> {
    checkArguments("read a BERT", arguments, folderRules);
    using files = await openFolder(folder, bertOptions);
    const { options, config, weights } = files;
    const pooler = [...weights.entries.keys()].some((name) => /^(bert\.)?pooler\./.test(name));
    const parameters = await readParameters(weights, baseLayout(options, pooler), config.architecture);
    const bert = withoutDrawing((random) => new BERT({ ...options, pooler, random }));
    bert.loadStateDict(parameters);
    return bert.eval();
  }

  /**
   * Writes the encoder into a folder that `fromPretrained` and Hugging Face's BertModel read.
   *
   * Numbers are written as float32. A reader of the folder always finds either the old model or the new one.
   *
   * @throws {TypeError} If Hugging Face's layout has no name for the activation: "swiglu".
   * @throws {FileError} If the file system rejects the write.
   */
  async savePretrained(folder: string): Promise<void> {
    checkArguments("save a BERT", arguments, folderRules);
    const { options } = this;
    const weights = toTheirs(baseLayout(options, options.pooler).rules(), this.stateDict());
    await writeFolder(folder, bertConfig(options, "BertModel"), weights);
  }
}

/** Weights normal with standard deviation 0.02 and biases 0, as published; the padding token's vector is 0. */
export function initialize(module: Module, random: Random): void {
  for (const [, part] of module.namedModules()) {
    if (!(part instanceof Linear || part instanceof Embedding)) continue;
    part.weight = normal(part.weight.shape, 0.02, random);
    if (part instanceof Linear && part.bias !== undefined) part.bias = constant(part.bias.shape, 0);
    if (part instanceof Embedding && part.paddingIndex !== undefined) {
      const padding = Array.from({ length: part.weight.shape[0]! }, (_, row) => [row === part.paddingIndex]); // [V, 1]
      part.weight.assign(part.weight.maskedFill(padding, 0).detach());
    }
  }
}
