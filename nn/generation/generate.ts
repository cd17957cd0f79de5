import { Random } from "../../autograd/random.ts";
import { noGrad } from "../../autograd/recording.ts";
import {
  checkArguments,
  either,
  flag,
  instance,
  isList,
  listOf,
  optionsOf,
  real,
  required,
  show,
  size,
  whole,
} from "../../checks/mod.ts";
import { KeyValueCache } from "../layers/cache.ts";
import { GPT } from "../models/gpt.ts";
import type { Tokens } from "../tokenizers/tokenizer.ts";

/** The options of `generate`. */
export interface GenerateOptions {
  /** The most tokens to add. */
  maxNewTokens: number;
  /**
   * Divides the logits before softmax: below 1, likely tokens become likelier; above 1, the choice is more varied; 0
   * always takes the likeliest token. Default: 1.
   */
  temperature?: number;
  /** Choose among the k likeliest tokens. Default: all. */
  topK?: number;
  /** Choose among the fewest likeliest tokens whose probabilities sum to at least p (arXiv 1904.09751). Default: 1. */
  topP?: number;
  /** Tokens that end a sequence; the stop token is the last one returned. Default: none. */
  stop?: number | Tokens;
  /** The number of sequences to generate. Default: 1. */
  n?: number;
  /** The random number generator; not needed at temperature 0. */
  random?: Random;
  /** Cache keys and values of earlier positions, rather than recompute them for every token. Default: true. */
  cache?: boolean;
}

const token = whole({ min: 0 });
const choosing = {
  temperature: real({ min: 0 }),
  topK: size,
  topP: real({ above: 0, max: 1 }),
  random: instance(Random, "new Random(1)"),
};
const rules = {
  gpt: required(instance(GPT)),
  prompt: required(listOf(token, "tokens")),
  options: optionsOf<GenerateOptions>({
    ...choosing,
    maxNewTokens: required(whole({ min: 0 })),
    stop: either(token, listOf(token, "tokens")),
    n: size,
    cache: flag,
  }),
};

/**
 * Continues a prompt token by token: each token is drawn from the model's distribution and fed back.
 *
 * The prompt is read only once for all sequences. Of a text longer than the context only the last tokens are read, and
 * without a cache, as all positions shift.
 *
 * @param prompt The tokens of one text.
 * @returns `n` lists of new tokens, without the prompt.
 * @throws {RangeError} If the prompt is empty, an option is out of range, or the model's logits are not numbers, as
 * after training has diverged.
 * @throws {TypeError} If the prompt is not a list of tokens, or `random` is missing at a temperature above 0.
 *
 * @example
 * ```ts
 * import { nn, Random } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const random = new Random(1);
 * const gpt = new nn.GPT({ vocabSize: 9, contextLength: 6, layers: 1, heads: 2, dim: 8, random });
 * const [one, two] = nn.generate(gpt, [1, 2], { maxNewTokens: 8, n: 2, random });
 * assert.deepEqual([one?.length, two?.length], [8, 8]);
 * ```
 */
export function generate(gpt: GPT, prompt: Tokens, options: GenerateOptions): number[][] {
  checkArguments("generate", arguments, rules);
  const { maxNewTokens, n = 1, stop = [] } = options;
  if (prompt.length === 0) throw new RangeError("Cannot generate, as the prompt must hold at least one token: []");
  if ((options.temperature ?? 1) > 0 && options.random === undefined) {
    throw new TypeError(
      "Cannot draw tokens without random numbers: pass { random: new Random(seed) }, or temperature 0",
    );
  }
  const stranger = Array.from(prompt).find((token) => token >= gpt.options.vocabSize); // also one outside the context
  if (stranger !== undefined) {
    const most = gpt.options.vocabSize - 1;
    throw new RangeError(`Cannot generate, as a token of the prompt must be from 0 to ${most}: ${stranger}`);
  }
  const stops = new Set(isList(stop) ? Array.from(stop) : [stop]);
  const written = Array.from({ length: n }, (): number[] => []);
  const modes = gpt.namedModules().map(([, module]) => [module, module.training] as const); // outer modules come first
  gpt.eval();
  try {
    noGrad(() => {
      const reader = new Reader(gpt, prompt, options.cache ?? true);
      const done = written.map(() => false);
      for (let i = 0; i < maxNewTokens && done.includes(false); i++) {
        const logits = i === 0 ? reader.readPrompt(n) : reader.read(written);
        logits.forEach((logits, s) => {
          const token = choose(logits, options);
          written[s]!.push(token);
          done[s] ||= stops.has(token);
        });
      }
    });
    return written.map((tokens) => upToStop(tokens, stops));
  } finally {
    for (const [module, training] of modes) training ? module.train() : module.eval();
  }
}

/** Reads a prompt once, then what each sequence adds to it. */
class Reader {
  readonly #gpt: GPT;
  readonly #prompt: readonly number[];
  #caches: KeyValueCache[] | undefined;

  constructor(gpt: GPT, prompt: Tokens, cache: boolean) {
    this.#gpt = gpt;
    this.#prompt = Array.from(prompt);
    const fits = prompt.length <= gpt.options.contextLength;
    this.#caches = cache && fits ? gpt.blocks.map(() => new KeyValueCache()) : undefined;
  }

  /** The logits after the prompt, the same for each of n sequences: `[n][V]`. */
  readPrompt(n: number): number[][] {
    const [logits] = this.#logits([this.#prompt.slice(-this.#gpt.options.contextLength)]);
    this.#caches = this.#caches?.map((cache) => cache.repeat(n));
    return Array.from({ length: n }, () => logits!); // the only row
  }

  /** The logits after the prompt and what each sequence has added to it since: `[n][V]`. */
  read(written: readonly (readonly number[])[]): number[][] {
    const { contextLength } = this.#gpt.options;
    if (this.#prompt.length + written[0]!.length > contextLength) this.#caches = undefined; // all positions shift
    if (this.#caches !== undefined) return this.#logits(written.map((tokens) => tokens.slice(-1)));
    return this.#logits(written.map((tokens) => [...this.#prompt, ...tokens].slice(-contextLength)));
  }

  #logits(tokens: readonly (readonly number[])[]): number[][] {
    const logits = this.#gpt.forward(tokens, { caches: this.#caches, last: true }); // [B, 1, V]
    return logits.slice(null, 0).toArray() as number[][]; // [B, V], as its rank says
  }
}

/** Draws one token according to the options. */
export function choose(logits: readonly number[], options: Omit<GenerateOptions, "maxNewTokens">): number {
  const { temperature = 1, topK = logits.length, topP = 1, random } = options;
  const ranked = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!); // likeliest first
  const best = logits[ranked[0]!]!;
  if (!Number.isFinite(best) || logits.some(Number.isNaN)) {
    const bad = logits.findIndex((logit) => Number.isNaN(logit) || logit === Infinity);
    throw new RangeError(
      `Cannot choose a token, as the model's logits must be numbers (has its training diverged?): ` +
        (bad < 0 ? "all are −∞" : `${show(logits[bad])} for token ${bad}`),
    );
  }
  if (temperature === 0 || random === undefined) return ranked[0]!;
  const weights = ranked.slice(0, topK).map((token) => Math.exp((logits[token]! - best) / temperature));
  const nucleus = weights.slice(0, countToReach(weights, topP * sum(weights)));
  return ranked[countToReach(nucleus, random.uniform() * sum(nucleus)) - 1]!;
}

/** How many of the first weights are needed to reach a total; at least 1. */
function countToReach(weights: readonly number[], total: number): number {
  let reached = 0;
  const last = weights.findIndex((weight) => (reached += weight) >= total);
  return last < 0 ? weights.length : last + 1;
}

function sum(xs: readonly number[]): number {
  return xs.reduce((a, b) => a + b, 0);
}

function upToStop(tokens: number[], stops: ReadonlySet<number>): number[] {
  const end = tokens.findIndex((token) => stops.has(token));
  return end < 0 ? tokens : tokens.slice(0, end + 1);
}
