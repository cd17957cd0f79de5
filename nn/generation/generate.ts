import type { Random } from "../../autograd/random.ts";
import { noGrad } from "../../autograd/recording.ts";
import { KeyValueCache } from "../layers/cache.ts";
import type { GPT } from "../models/gpt.ts";

/** How tokens are chosen. */
export interface GenerateOptions {
  /** How many tokens to add at most. */
  maxNewTokens: number;
  /** Logits are divided by it before softmax: below 1 bolder, above 1 more varied; 0 always takes the likeliest. */
  temperature?: number;
  /** Choose among the k likeliest tokens. */
  topK?: number;
  /** Choose among the fewest likeliest tokens whose probabilities reach p in all (arXiv 1904.09751). */
  topP?: number;
  /** A sequence ends with a token of these; it is the last one returned. */
  stop?: number | readonly number[];
  /** How many sequences to write. */
  n?: number;
  /** Where chance comes from; not needed at temperature 0. */
  random?: Random;
  /** Keep keys and values of the positions before (the default), or compute them again for every token. */
  cache?: boolean;
}

/**
 * Continues a prompt token by token: each is drawn from the model's distribution and read back in.
 *
 * A text longer than the context is read from its last tokens, and then without a cache, as all positions move.
 *
 * @returns `n` lists of new tokens, without the prompt.
 * @throws {RangeError} If the prompt is empty, or an option is out of range.
 * @throws {TypeError} If tokens are to be drawn and no `random` is given.
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
export function generate(gpt: GPT, prompt: readonly number[], options: GenerateOptions): number[][] {
  const { maxNewTokens, n = 1, stop = [], cache = true } = options;
  checkOptions(prompt, options);
  const stops = new Set([stop].flat());
  const sequences = Array.from({ length: n }, () => [...prompt]);
  const modes = gpt.namedModules().map(([, module]) => [module, module.training] as const); // those inside come later
  gpt.eval();
  try {
    return noGrad(() => {
      let caches: KeyValueCache[] | undefined = cache ? gpt.blocks.map(() => new KeyValueCache()) : undefined;
      const done = sequences.map(() => false);
      for (let i = 0; i < maxNewTokens && done.includes(false); i++) {
        const length = prompt.length + i;
        if (length > gpt.options.contextLength) caches = undefined;
        const unread = caches === undefined ? -gpt.options.contextLength : caches[0]?.length ?? 0;
        const logits = gpt.forward(sequences.map((tokens) => tokens.slice(unread)), caches && { caches }); // [n, T, V]
        const last = logits.slice(null, -1).toArray() as number[][]; // [n, V], as its rank says
        last.forEach((logits, s) => {
          const token = choose(logits, options);
          sequences[s]!.push(token);
          done[s] ||= stops.has(token);
        });
      }
      return sequences.map((tokens) => upToStop(tokens.slice(prompt.length), stops));
    });
  } finally {
    for (const [module, training] of modes) training ? module.train() : module.eval();
  }
}

/** One token, drawn as the options say. */
export function choose(logits: readonly number[], options: Omit<GenerateOptions, "maxNewTokens">): number {
  const { temperature = 1, topK = logits.length, topP = 1, random } = options;
  const ranked = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!); // likeliest first
  if (temperature === 0 || random === undefined) return ranked[0]!;
  const best = logits[ranked[0]!]!;
  const weights = ranked.slice(0, topK).map((token) => Math.exp((logits[token]! - best) / temperature));
  const nucleus = weights.slice(0, countToReach(weights, topP * sum(weights)));
  return ranked[countToReach(nucleus, random.uniform() * sum(nucleus)) - 1]!;
}

/** How many of the first weights it takes to reach a total; at least 1. */
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

function checkOptions(prompt: readonly number[], options: GenerateOptions): void {
  const { maxNewTokens, temperature = 1, topK = 1, topP = 1, n = 1, random } = options;
  const rules: [boolean, string, unknown][] = [
    [prompt.length > 0, "the prompt must hold at least one token", "[]"],
    [
      Number.isInteger(maxNewTokens) && maxNewTokens >= 0,
      "maxNewTokens must be an integer of at least 0",
      maxNewTokens,
    ],
    [temperature >= 0, "the temperature must be at least 0", temperature],
    [Number.isInteger(topK) && topK >= 1, "topK must be an integer of at least 1", topK],
    [topP > 0 && topP <= 1, "topP must be more than 0 and at most 1", topP],
    [Number.isInteger(n) && n >= 1, "n must be an integer of at least 1", n],
  ];
  for (const [holds, rule, given] of rules) {
    if (!holds) throw new RangeError(`Cannot generate, as ${rule}: ${String(given)}`);
  }
  if (temperature > 0 && random === undefined) {
    throw new TypeError(
      "Cannot draw tokens without a source of chance: pass { random: new Random(seed) }, or temperature 0",
    );
  }
}
