import * as fc from "fast-check";
import assert from "node:assert/strict";
import { nn, Random, Tensor, useDevice } from "../../../mod.ts";
import { choose } from "../../../nn/generation/generate.ts";
import { assertClose } from "../../support/closeness.ts";
import { property } from "../../support/property.ts";

await useDevice("reference");

const [V, CONTEXT] = [11, 6];

/** A model that is neither certain nor uniform, so that a wrong logit shows. */
function model(seed: number, dropout = 0): nn.GPT {
  const random = new Random(seed);
  const gpt = new nn.GPT({ vocabSize: V, contextLength: CONTEXT, layers: 2, heads: 2, dim: 8, dropout, random });
  for (const p of gpt.parameters()) p.assign(p.add(Tensor.randn(p.shape, { random }).mul(0.4)));
  return gpt;
}

const cases = fc.record({
  prompt: fc.array(fc.nat(V - 1), { minLength: 1, maxLength: CONTEXT + 3 }),
  maxNewTokens: fc.integer({ min: 0, max: CONTEXT + 3 }), // beyond the end of the context
  seed: fc.nat(100),
});

property(
  "greedy tokens are the likeliest of a full forward pass, even beyond the end of the context",
  cases,
  (drawn) => {
    const { prompt, maxNewTokens, seed } = drawn;
    const gpt = model(seed);
    const tokens = [...prompt];
    for (let i = 0; i < maxNewTokens; i++) {
      const logits = gpt.forward([tokens.slice(-CONTEXT)]);
      tokens.push(logits.slice(0, -1).argmax(0) as number); // a single number for a vector
    }
    const greedy = nn.generate(gpt, prompt, { maxNewTokens, temperature: 0 });
    assert.deepEqual(greedy, [tokens.slice(prompt.length)]);
  },
  30,
);

property("the tokens are the same with and without a cache", cases, ({ prompt, maxNewTokens, seed }) => {
  const gpt = model(seed);
  const run = (cache: boolean) => nn.generate(gpt, prompt, { maxNewTokens, n: 2, cache, random: new Random(seed) });
  assert.deepEqual(run(true), run(false));
}, 30);

property(
  "topK 1 and a tiny topP are greedy; n greedy sequences are n times the same",
  cases,
  ({ prompt, maxNewTokens, seed }) => {
    const [gpt, random] = [model(seed), new Random(seed)];
    const greedy = nn.generate(gpt, prompt, { maxNewTokens, temperature: 0 });
    assert.deepEqual(nn.generate(gpt, prompt, { maxNewTokens, topK: 1, random }), greedy);
    assert.deepEqual(nn.generate(gpt, prompt, { maxNewTokens, topP: 1e-9, random }), greedy);
    assert.deepEqual(nn.generate(gpt, prompt, { maxNewTokens, temperature: 0, n: 3 }), Array(3).fill(greedy[0]));
  },
  15,
);

property("the same seed gives the same tokens", cases, ({ prompt, seed }) => {
  const gpt = model(seed);
  const run = (seed: number) => nn.generate(gpt, prompt, { maxNewTokens: 8, n: 4, random: new Random(seed) });
  assert.deepEqual(run(seed), run(seed));
}, 5);

Deno.test("another seed gives other tokens", () => {
  const gpt = model(1);
  const run = (seed: number) => nn.generate(gpt, [1], { maxNewTokens: 8, n: 4, random: new Random(seed) });
  assert.notDeepEqual(run(1), run(2));
});

property("a stop token ends its own sequence, and is its last token", cases, ({ prompt, seed }) => {
  const gpt = model(seed);
  const run = (stop: number[]) => nn.generate(gpt, prompt, { maxNewTokens: 9, n: 4, stop, random: new Random(seed) });
  const [whole, stops] = [run([]), [0, 1, 2]];
  const expected = whole.map((tokens) => {
    const end = tokens.findIndex((token) => stops.includes(token));
    return end < 0 ? tokens : tokens.slice(0, end + 1);
  });
  assert.deepEqual(run(stops), expected);
}, 8);

/** A generator with known numbers: number k of n equally spaced ones. */
class Quantile extends Random {
  constructor(private readonly quantile: number) {
    super(0);
  }
  override uniform(): number {
    return this.quantile;
  }
}

const DRAWS = 2000;

/** How often each token is drawn at evenly spaced quantiles: its probability, to within 2 / DRAWS. */
function shares(logits: number[], options: Omit<nn.GenerateOptions, "maxNewTokens" | "random">): number[] {
  const counts = logits.map(() => 0);
  for (let i = 0; i < DRAWS; i++) counts[choose(logits, { ...options, random: new Quantile((i + 0.5) / DRAWS) })]!++;
  return counts.map((count) => count / DRAWS);
}

function softmax(logits: number[]): number[] {
  return [...Tensor.from(logits).softmax(0).data];
}

const distributions = fc.record({
  logits: fc.array(fc.integer({ min: -30, max: 30 }).map((n) => n / 10), { minLength: 1, maxLength: 6 }),
  temperature: fc.constantFrom(0.5, 1, 2),
  k: fc.integer({ min: 1, max: 8 }),
  p: fc.constantFrom(0.2, 0.5, 0.9, 1),
});

property(
  "a token has the probability softmax(logits / temperature)",
  distributions,
  ({ logits, temperature }) => {
    const expected = softmax(logits.map((logit) => logit / temperature));
    assertClose(shares(logits, { temperature }), expected, 2 / DRAWS);
  },
  30,
);

property("topK keeps the k likeliest, in their proportions", distributions, ({ logits, k }) => {
  const kept = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!).slice(0, k);
  assertClose(shares(logits, { topK: k }), softmax(logits.map((x, v) => kept.includes(v) ? x : -Infinity)), 2 / DRAWS);
}, 30);

property(
  "topP keeps the fewest likeliest tokens that reach p, in their proportions",
  distributions,
  ({ logits, p }) => {
    const probabilities = softmax(logits);
    const ranked = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!);
    const reached = (count: number) => ranked.slice(0, count).reduce((sum, v) => sum + probabilities[v]!, 0);
    const count = ranked.findIndex((_, i) => reached(i + 1) >= p - 1e-12) + 1;
    const kept = ranked.slice(0, count);
    assertClose(
      shares(logits, { topP: p }),
      softmax(logits.map((x, v) => kept.includes(v) ? x : -Infinity)),
      2 / DRAWS,
    );
  },
  30,
);

Deno.test("logits of ±800 and temperatures near 0 draw the likeliest token", () => {
  assert.equal(choose([-800, 800, 0], { random: new Random(1) }), 1);
  assert.equal(choose([1, 1.001, 0], { temperature: 1e-300, random: new Random(1) }), 1);
});

Deno.test("the mode of each part of the model is restored, even after an error, and no graph is kept", () => {
  const gpt = model(1, 0.5);
  gpt.blocks[1]!.eval();
  const modes = () => gpt.namedModules().map(([, { training }]) => training);
  const before = modes();
  assert.ok(before.includes(true) && before.includes(false));
  const run = () => nn.generate(gpt, [1, 2], { maxNewTokens: 5, temperature: 0 });
  assert.deepEqual(run(), run()); // dropout is off
  assert.deepEqual(modes(), before);
  assert.throws(() => nn.generate(gpt, [V], { maxNewTokens: 1, temperature: 0 }), { name: "RangeError" });
  assert.deepEqual(modes(), before);
  gpt.eval();
  run();
  assert.equal(gpt.training, false);
});

Deno.test("options out of range, and prompts that are not lists of tokens, are rejected by name", () => {
  const gpt = model(1);
  const random = new Random(1);
  const refused = (options: Partial<nn.GenerateOptions>, message: string, name = "RangeError", prompt: unknown = [1]) =>
    assert.throws(() => nn.generate(gpt, prompt as number[], { maxNewTokens: 1, random, ...options }), { // as in a notebook
      name,
      message: `Cannot generate, as ${message}`,
    });
  refused({}, "the prompt must hold at least one token: []", "RangeError", []);
  const list = '"prompt" must be a list of tokens, each a whole number, at least 0';
  refused({}, `${list}: [[1, 2], [3, 4]]`, "TypeError", [[1, 2], [3, 4]]);
  refused({}, `${list}: "text"`, "TypeError", "text");
  refused({}, `${list}: [1.5]`, "RangeError", [1.5]);
  refused({ maxNewTokens: -1 }, 'the option "maxNewTokens" must be a whole number, at least 0: -1');
  refused({ temperature: -1 }, 'the option "temperature" must be a finite number, at least 0: -1');
  refused({ temperature: NaN }, 'the option "temperature" must be a finite number, at least 0: NaN');
  refused({ topK: 0 }, 'the option "topK" must be a whole number, at least 1: 0');
  refused({ topP: 0 }, 'the option "topP" must be a finite number, greater than 0 and at most 1: 0');
  refused({ topP: 1.1 }, 'the option "topP" must be a finite number, greater than 0 and at most 1: 1.1');
  refused({ n: 1.5 }, 'the option "n" must be a whole number, at least 1: 1.5');
  assert.throws(() => nn.generate(gpt, [1], { maxNewTokens: 1 }), {
    name: "TypeError",
    message: "Cannot draw tokens without random numbers: pass { random: new Random(seed) }, or temperature 0",
  });
});

Deno.test("a model whose logits are not numbers generates nothing, however tokens are chosen", () => {
  const random = new Random(1);
  for (const bad of [NaN, Infinity]) {
    const gpt = model(1);
    gpt.tokens.weight.assign(gpt.tokens.weight.like(bad));
    for (const options of [{ temperature: 0 }, { random }, { random, topK: 2 }, { random, topP: 0.5, n: 2 }]) {
      assert.throws(() => nn.generate(gpt, [1], { maxNewTokens: 3, ...options }), {
        name: "RangeError",
        message: /^Cannot choose a token, as the model's logits must be numbers \(has its training diverged\?\): /,
      });
    }
  }
  assert.throws(() => choose([1, NaN], { random }), { name: "RangeError", message: /: NaN for token 1$/ });
  assert.throws(() => choose([1, Infinity], { temperature: 0 }), {
    name: "RangeError",
    message: /Infinity for token 1$/,
  });
  assert.throws(() => choose([-Infinity, -Infinity], { random }), { name: "RangeError", message: /all are −∞$/ });
  assert.equal(choose([-Infinity, 0], { random }), 1); // an excluded token does not count
});

/** A GPT that records what it reads, and how. */
class Watched extends nn.GPT {
  readonly #calls: [B: number, T: number, outputs: number][] = [];

  override forward(...given: Parameters<nn.GPT["forward"]>): Tensor {
    const out = super.forward(...given);
    this.#calls.push([given[0].length, given[0][0]!.length, out.shape[1]!]);
    return out;
  }

  /** The batches read so far, and how many positions each had logits for. */
  get calls(): readonly [number, number, number][] {
    return this.#calls;
  }
}

Deno.test("the prompt is read once for all sequences, and logits are computed only at last positions", () => {
  const random = new Random(1);
  const gpt = new Watched({ vocabSize: V, contextLength: CONTEXT, layers: 1, heads: 2, dim: 8, random });
  nn.generate(gpt, Int32Array.of(1, 2, 3, 4), { maxNewTokens: 4, n: 3, random });
  assert.deepEqual(gpt.calls, [
    [1, 4, 1],
    [3, 1, 1],
    [3, 1, 1],
    [3, CONTEXT, 1], // seven tokens: the first leaves the context, and all positions shift
  ]);
  const uncached = new Watched({ vocabSize: V, contextLength: CONTEXT, layers: 1, heads: 2, dim: 8, random });
  nn.generate(uncached, [1, 2], { maxNewTokens: 2, n: 2, random, cache: false });
  assert.deepEqual(uncached.calls, [[1, 2, 1], [2, 3, 1]]);
});

property("logits of only the last position equal those of all positions there", cases, ({ prompt, seed }) => {
  const gpt = model(seed);
  const tokens = [prompt.slice(0, CONTEXT), prompt.slice(0, CONTEXT).toReversed()];
  const [last, all] = [gpt.forward(tokens, { last: true }), gpt.forward(tokens)];
  assert.deepEqual(last.shape, [2, 1, V]);
  assert.deepEqual(last.toArray(), all.slice(null, [-1]).toArray());
}, 20);

Deno.test("stop tokens and prompts may be typed arrays", () => {
  const gpt = model(1);
  const run = (prompt: number[] | Int32Array, stop: number[] | Int32Array) =>
    nn.generate(gpt, prompt, { maxNewTokens: 9, stop, random: new Random(3), n: 4 });
  assert.deepEqual(run(Int32Array.of(1, 2), Int32Array.of(0, 1, 2)), run([1, 2], [0, 1, 2]));
});

Deno.test("every token of the prompt is of the vocabulary, also one that is never read", () => {
  const gpt = new nn.GPT({ vocabSize: 9, contextLength: 3, layers: 1, heads: 1, dim: 4, random: new Random(1) });
  for (const [prompt, maxNewTokens] of [[[9], 0], [[99, 1, 2, 3, 4], 1]] as const) {
    assert.throws(
      () => nn.generate(gpt, prompt, { maxNewTokens, temperature: 0 }),
      /^RangeError: Cannot generate, as a token of the prompt must be from 0 to 8: 9/,
    );
  }
});
