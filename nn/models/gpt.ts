import type { Random } from "../../autograd/random.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import {
  anything,
  checkArguments,
  flag,
  instance,
  listOf,
  optionsOf,
  rate,
  required,
  show,
  size,
} from "../../checks/mod.ts";
import { folderRules, openFolder, writeFolder } from "../checkpoint/folder.ts";
import { gpt2Config, gpt2Layout, gpt2Options, gpt2Rules } from "../checkpoint/gpt2.ts";
import { toTheirs } from "../checkpoint/layout.ts";
import { readParameters } from "../checkpoint/weights.ts";
import { Block } from "../layers/block.ts";
import { KeyValueCache } from "../layers/cache.ts";
import { Dropout } from "../layers/dropout.ts";
import { Embedding } from "../layers/embedding.ts";
import { type Activation, activationRule } from "../layers/feed_forward.ts";
import { constant, normal, withoutDrawing } from "../layers/initialization.ts";
import { Linear } from "../layers/linear.ts";
import { LayerNorm } from "../layers/normalization.ts";
import { Module } from "../module.ts";
import { chance, count, epsilon } from "../rules.ts";
import type { TokenBatch } from "../tokens.ts";
import { rowsInContext } from "./context.ts";

/** The options of a GPT. */
export interface GPTOptions {
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
  /** The activation of the feed-forward networks. Default: "geluTanh". */
  activation?: Activation;
  /** The dropout rate of what is added to the residual stream. Default: 0. */
  dropout?: number;
  /** The same for attention weights. Default: `dropout`. */
  attentionDropout?: number;
  /** The same for the embedded tokens. Default: `dropout`. */
  embeddingDropout?: number;
  /** Whether linear layers and norms have biases, as in GPT-2. Default: true. */
  bias?: boolean;
  /** Use the table of tokens for the logits too, rather than a separate table. Default: true. */
  tied?: boolean;
  /** Added to the variance in norms. Default: 1e-5. */
  eps?: number;
  /** The token that begins a text, stored for other programs. Default: none. */
  bosToken?: number;
  /** The token that ends a text, stored for other programs. Default: none. */
  eosToken?: number;
  /** The random numbers for initial weights and for dropout. */
  random: Random;
}

/** The options of a GPT, with defaults filled in. */
export type GPTSettings = Readonly<
  & Required<Omit<GPTOptions, "random" | "bosToken" | "eosToken">>
  & Pick<GPTOptions, "bosToken" | "eosToken">
>;

const gptRules = {
  options: optionsOf<GPTOptions>({
    vocabSize: required(size),
    contextLength: required(size),
    layers: required(size),
    heads: required(size),
    dim: required(size),
    hidden: size,
    activation: activationRule,
    dropout: rate,
    attentionDropout: rate,
    embeddingDropout: rate,
    bias: flag,
    tied: flag,
    eps: epsilon,
    bosToken: count,
    eosToken: count,
    random: chance,
  }),
};

/** The options of one call of a GPT. */
export interface GPTInputs {
  /** One cache per block with the positions before `tokens`, to which those of `tokens` are added. Default: none. */
  caches?: KeyValueCache[] | undefined;
  /** Compute only the logits of the last position, `[B, 1, V]`, as generation needs no others. Default: false. */
  last?: boolean;
}

const inputRules = {
  tokens: anything, // `rowsInContext` checks them
  options: optionsOf<GPTInputs>({
    caches: listOf(instance(KeyValueCache, "new nn.KeyValueCache()"), "caches"),
    last: flag,
  }),
};

/**
 * GPT-2 ("Language models are unsupervised multitask learners", 2019): a decoder-only transformer that predicts the
 * next token at every position.
 *
 * The embeddings of tokens and positions are added; blocks with pre-norm and a final norm follow; the transposed table
 * of tokens gives the logits. Weights start normal with standard deviation 0.02, or `0.02 / √(2 · layers)` where they
 * write to the residual stream, as 2 · layers of them add up there.
 *
 * @example
 * ```ts
 * import { nn, Random } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const sizes = { vocabSize: 65, contextLength: 8, layers: 2, heads: 2, dim: 16 };
 * const gpt = new nn.GPT({ ...sizes, random: new Random(1) });
 * const logits = gpt.forward([[1, 2, 3], [4, 5, 6]]);
 * assert.deepEqual(logits.shape, [2, 3, 65]); // [B, T, V]
 * const loss = nn.crossEntropy(logits, [[2, 3, 4], [5, 6, 7]]);
 * assert.ok(Math.abs(loss.item() - Math.log(65)) < 0.1); // nats; before training all tokens are about as likely
 * ```
 */
export class GPT extends Module {
  /** The table of tokens, `[V, C]`. */
  readonly tokens: Embedding;
  /** The table of positions. */
  readonly positions: Embedding;
  /** Dropout of the embeddings. */
  readonly dropout: Dropout;
  /** The blocks, in order. */
  readonly blocks: Block[];
  /** The norm before the logits. */
  readonly norm: LayerNorm;
  /** The table of the logits, if it is not tied to the tokens. */
  readonly head: Linear | undefined;
  /** The options, with defaults filled in. */
  readonly options: GPTSettings;

  /**
   * Makes a model with random weights.
   *
   * @throws {TypeError} If an option is missing, unknown or of the wrong kind.
   * @throws {RangeError} If an option is out of range, or the heads do not divide the width.
   */
  constructor(options: GPTOptions) {
    super();
    checkArguments("make a GPT", arguments, gptRules);
    const { vocabSize, contextLength, layers, heads, dim, random, bosToken, eosToken } = options;
    const { hidden = 4 * dim, activation = "geluTanh", bias = true, tied = true, eps = 1e-5 } = options;
    const { dropout = 0, attentionDropout = dropout, embeddingDropout = dropout } = options;
    for (const token of [bosToken ?? 0, eosToken ?? 0]) {
      if (token < vocabSize) continue;
      throw new RangeError(
        `Cannot make a GPT, as bosToken and eosToken must be below vocabSize: ${token}, of ${vocabSize}`,
      );
    }
    this.options = {
      ...{ vocabSize, contextLength, layers, heads, dim, hidden, activation, bias, tied, eps },
      ...{ dropout, attentionDropout, embeddingDropout },
      ...(bosToken !== undefined && { bosToken }),
      ...(eosToken !== undefined && { eosToken }),
    };
    this.tokens = new Embedding(vocabSize, dim, { random });
    this.positions = new Embedding(contextLength, dim, { random });
    this.dropout = new Dropout(embeddingDropout, { random });
    const parts = { dim, heads, hidden, activation, dropout, attentionDropout, bias, eps };
    const block = { ...parts, norm: "pre", random } as const;
    this.blocks = Array.from({ length: layers }, () => new Block(block));
    this.norm = new LayerNorm(dim, { eps, bias });
    this.head = tied ? undefined : new Linear(dim, vocabSize, { bias: false, random });

    const residual = this.blocks.flatMap(({ attention, feedForward }) => [attention.out, feedForward.down]);
    for (const [, module] of this.namedModules()) {
      if (module instanceof Embedding) module.weight = normal(module.weight.shape, 0.02, random);
      if (!(module instanceof Linear)) continue;
      const deviation = residual.includes(module) ? 0.02 / Math.sqrt(2 * layers) : 0.02;
      module.weight = normal(module.weight.shape, deviation, random);
      if (module.bias !== undefined) module.bias = constant(module.bias.shape, 0);
    }
  }

  /**
   * Logits for the token after each position, `[B, T] → [B, T, V]`, or only after the last one, `[B, 1, V]`.
   *
   * @throws {TypeError} If the tokens are not `[B, T]`: pass a single sequence as `[tokens]`.
   * @throws {RangeError} If the sequence is longer than the context, or a token is not in the vocabulary.
   */
  override forward(tokens: TokenBatch, options: GPTInputs = {}): Tensor {
    checkArguments("run a GPT", arguments, inputRules);
    const { caches, last = false } = options;
    if (caches !== undefined && caches.length !== this.blocks.length) {
      throw new TypeError(
        `Cannot run a GPT, as there must be one cache for each block: ${caches.length} for ${this.blocks.length}`,
      );
    }
    const start = caches?.[0]?.length ?? 0;
    if (caches !== undefined && (new Set(caches).size < caches.length || caches.some((c) => c.length !== start))) {
      throw new TypeError(
        "Cannot run a GPT, as each block must have a cache of its own, all of the same length: " +
          (new Set(caches).size < caches.length ? "one is given twice" : show(caches.map(({ length }) => length))),
      );
    }
    const { rows, T } = rowsInContext("run a GPT", tokens, this.options.contextLength, start);
    const positions = this.positions.weight.slice([start, start + T]); // [T, C]
    let x = this.dropout.forward(this.tokens.forward(rows).add(positions)); // [B, T, C]
    this.blocks.forEach((block, i) => x = block.forward(x, { causal: true, cache: caches?.[i] }));
    if (last) x = x.slice(null, [-1]); // [B, 1, C]
    const table = (this.head ?? this.tokens).weight; // [V, C]
    return this.norm.forward(x).matmul(table.transpose()); // [B, T, V]
  }

  /**
   * Reads a model from a folder in Hugging Face's layout of GPT-2: `config.json`, and `model.safetensors` or its shards.
   *
   * Both GPT2LMHeadModel and GPT2Model are read. Names with and without the prefix `transformer.`, a head that is a copy
   * of the embedding or left out, and queries, keys and values in one tensor or three (`q_proj` …) are all supported.
   * The model is in evaluation mode.
   *
   * @throws {ConfigError} If the configuration is damaged, or needs something that is not supported.
   * @throws {ModelFolderError} If the folder holds another model, or its tensors are not those of its configuration.
   * @throws {SafetensorsError | FileError} If a file of the weights is damaged, or in another format.
   *
   * @example
   * ```ts
   * import { nn, Random } from "nabla";
   * import assert from "node:assert/strict";
   *
   * const folder = await Deno.makeTempDir();
   * const sizes = { vocabSize: 65, contextLength: 8, layers: 2, heads: 2, dim: 16 };
   * const gpt = new nn.GPT({ ...sizes, random: new Random(1) });
   * await gpt.savePretrained(folder);
   * const same = await nn.GPT.fromPretrained(folder);
   * assert.deepEqual(same.forward([[1, 2]]).toArray(), gpt.forward([[1, 2]]).toArray());
   * ```
   */
  static async fromPretrained(folder: string): Promise<GPT> {
    checkArguments("read a GPT", arguments, folderRules);
    using files = await openFolder(folder, gpt2Options);
    const { options, config, weights } = files;
    const separate = [...weights.entries.keys()].some((name) => name.endsWith("h.0.attn.q_proj.weight"));
    const parameters = await readParameters(weights, gpt2Layout(options, { separate }), config.architecture);
    const gpt = withoutDrawing((random) => new GPT({ ...options, random }));
    gpt.loadStateDict(parameters);
    return gpt.eval();
  }

  /**
   * Writes the model into a folder that `fromPretrained` and Hugging Face's library read.
   *
   * Numbers are written as float32. A reader of the folder always finds either the old model or the new one. GPT-2
   * has biases everywhere: a model without biases is written with zeros, which is equivalent.
   *
   * @throws {TypeError} If Hugging Face's layout has no name for the activation: "swiglu".
   * @throws {FileError} If the file system rejects the write.
   */
  async savePretrained(folder: string): Promise<void> {
    checkArguments("save a GPT", arguments, folderRules);
    const state = this.stateDict();
    const none = Object.entries(state).map(([name, weight]) => {
      const perOutput = weight.rank === 1 ? weight : weight.slice(null, 0); // [out]
      return [name.replace(/weight$/, "bias"), perOutput.like(0)] as const;
    });
    const weights = toTheirs(gpt2Rules(this.options), { ...Object.fromEntries(none), ...state });
    await writeFolder(folder, gpt2Config(this.options), weights);
  }
}
