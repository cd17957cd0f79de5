import type { Random } from "../../autograd/random.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import type { KeyValueCache } from "../layers/cache.ts";
import { readConfig, readWeights, writeFolder } from "../checkpoint/folder.ts";
import { gpt2Config, gpt2Options, gpt2Reading, gpt2Rules } from "../checkpoint/gpt2.ts";
import { toOurs, toTheirs } from "../checkpoint/layout.ts";
import { Dropout } from "../layers/dropout.ts";
import { Embedding } from "../layers/embedding.ts";
import { constant, normal, withoutDrawing } from "../layers/initialization.ts";
import { Linear } from "../layers/linear.ts";
import { Module } from "../module.ts";
import { LayerNorm } from "../layers/normalization.ts";
import { Block } from "../layers/block.ts";

/** What a GPT is made of. */
export interface GPTOptions {
  /** V: how many tokens there are. */
  vocabSize: number;
  /** The longest sequence that it can read. */
  contextLength: number;
  /** Blocks, one after another. */
  layers: number;
  /** H */
  heads: number;
  /** C, the width of the residual stream. */
  dim: number;
  dropout?: number;
  /** Whether linear layers and norms have biases, as in GPT-2. */
  bias?: boolean;
  /** What the norms add to the variance. */
  eps?: number;
  random: Random;
}

/**
 * GPT-2 ("Language models are unsupervised multitask learners", 2019): a decoder-only transformer that predicts, at every
 * position, the next token.
 *
 * Tokens and positions are embedded and added; blocks with norms before their layers follow; a last norm; and the table
 * of tokens, transposed, gives the logits. Weights are normal of deviation 0.02 at first, those that end in the residual
 * stream of `0.02 / √(2 · layers)`, as 2 · layers of them add up there.
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
  readonly tokens: Embedding;
  readonly positions: Embedding;
  readonly dropout: Dropout;
  readonly blocks: Block[];
  readonly norm: LayerNorm;
  readonly options: Readonly<Required<Omit<GPTOptions, "random">>>;

  constructor({ dropout = 0, bias = true, eps = 1e-5, random, ...sizes }: GPTOptions) {
    super();
    const { vocabSize, contextLength, layers, heads, dim } = sizes;
    this.options = { ...sizes, dropout, bias, eps };
    this.tokens = new Embedding(vocabSize, dim, { random });
    this.positions = new Embedding(contextLength, dim, { random });
    this.dropout = new Dropout(dropout, { random });
    const block = { dim, heads, dropout, bias, eps, activation: "geluTanh", norm: "pre", random } as const;
    this.blocks = Array.from({ length: layers }, () => new Block(block));
    this.norm = new LayerNorm(dim, { eps, bias });

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
   * Logits for the token after each position, `[B, T] → [B, T, V]`.
   *
   * @param options.caches One cache a block, which hold the positions before `tokens` and are given those of `tokens`.
   * @throws {RangeError} If the sequence is longer than the context, or a token is not in the vocabulary.
   */
  override forward(tokens: readonly (readonly number[])[], { caches }: { caches?: KeyValueCache[] } = {}): Tensor {
    const start = caches?.[0]?.length ?? 0;
    const T = tokens[0]?.length ?? 0;
    if (start + T > this.options.contextLength) {
      throw new RangeError(
        `Cannot read ${start + T} tokens, as the context is of at most ${this.options.contextLength}`,
      );
    }
    const positions = this.positions.weight.slice([start, start + T]); // [T, C]
    let x = this.dropout.forward(this.tokens.forward(tokens).add(positions)); // [B, T, C]
    this.blocks.forEach((block, i) => x = block.forward(x, { causal: true, cache: caches?.[i] }));
    return this.norm.forward(x).matmul(this.tokens.weight.transpose()); // [B, T, V]
  }

  /**
   * Reads a model from a folder in Hugging Face's layout of GPT-2, `config.json` and `model.safetensors`.
   *
   * Names with and without the prefix `transformer.`, a head that is a copy of the embedding or left out, and queries,
   * keys and values in one tensor or three (`q_proj` …) are all understood. The model comes in evaluation mode.
   *
   * @throws {ConfigError | SafetensorsError | StateDictError} If a file is damaged, or asks for another kind of model.
   */
  static async fromPretrained(folder: string): Promise<GPT> {
    const options = gpt2Options(await readConfig(folder));
    const weights = await readWeights(folder, gpt2Reading(options));
    const separate = Object.hasOwn(weights, "h.0.attn.q_proj.weight");
    const gpt = withoutDrawing((random) => new GPT({ ...options, random }));
    gpt.loadStateDict(toOurs(gpt2Rules(options.layers, { separate }), weights, gpt));
    return gpt.eval();
  }

  /**
   * Writes the model into a folder that `fromPretrained`, and Hugging Face's, reads; no file is ever seen half-written.
   *
   * Numbers are written as float32. GPT-2 has biases everywhere: a model without gets zeros, which compute the same.
   */
  async savePretrained(folder: string): Promise<void> {
    const state = this.stateDict();
    const none = Object.entries(state).map(([name, weight]) => {
      const perOutput = weight.rank === 1 ? weight : weight.slice(null, 0); // [out]
      return [name.replace(/weight$/, "bias"), perOutput.like(0)] as const;
    });
    const weights = toTheirs(gpt2Rules(this.options.layers), { ...Object.fromEntries(none), ...state });
    await writeFolder(folder, gpt2Config(this.options), weights);
  }
}
