/** The exercises of notebook 06: counting what comes next, smoothing, temperature, perplexity, and a network. */
import * as fc from "fast-check";
import { defineExercise } from "./define.ts";
import type { Claim } from "./exercise.ts";
import { aNumber, numbers } from "./kinds.ts";
import { directNetwork } from "./models/direct_network.ts";

const sum = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0);

const vocabSize = 3;
const token = fc.nat({ max: vocabSize - 1 });
const everyToken = Array.from({ length: vocabSize }, (_, token) => token);
const text = fc.array(token, { minLength: 1, maxLength: 10, size: "max" });

type NextProbability = (tokens: number[], context: number[], next: number) => number;

/** The share, counted at one place after the other. */
function agreesWithCounting(
  nextProbability: NextProbability,
  tokens: number[],
  context: number[],
  next: number,
): Claim {
  let [places, right] = [0, 0];
  for (let i = context.length; i < tokens.length; i++) {
    if (context.some((token, j) => tokens[i - context.length + j] !== token)) continue;
    places += 1;
    right += Number(tokens[i] === next);
  }
  return { expected: right / (places || 1), got: nextProbability(tokens, context, next) };
}

const nextProbability = defineExercise<NextProbability, [tokens: number[], context: number[], next: number]>({
  name: "nextProbability",
  signature: "nextProbability(tokens: number[], context: number[], next: number): number",
  task:
    "Look wherever the context stands in the text with a token after it: return the share of those places where that " +
    "token is next; 0 if there is no such place.",
  returns: aNumber,
  cases: fc.tuple(text, fc.array(token, { maxLength: 3 }), token),
  laws: [
    {
      says: "After no context at all, it is the share of the token in the text.",
      cases: fc.tuple(text, fc.constant([]), token),
      claim: (nextProbability, tokens, context, next) => ({
        expected: tokens.filter((token) => token === next).length / tokens.length,
        got: nextProbability(tokens, context, next),
      }),
    },
    {
      says: "Over all tokens the probabilities sum to 1, or to 0 where the context is never followed by anything.",
      claim: (nextProbability, tokens, context) => {
        const total = sum(everyToken.map((next) => nextProbability(tokens, context, next)));
        return { of: "the sum", expected: total > 0.5 ? 1 : 0, got: total };
      },
    },
    {
      says: "For a context of one token, it is the count of the pair over the count of all pairs that begin so.",
      cases: fc.tuple(text, token.map((only) => [only]), token),
      claim: (nextProbability, tokens, context, next) => {
        const followers = tokens.slice(1).filter((_, i) => tokens[i] === context[0]);
        const share = followers.filter((token) => token === next).length / (followers.length || 1);
        return { expected: share, got: nextProbability(tokens, context, next) };
      },
    },
    {
      says: "All of the context counts: two that differ in their first token only are told apart.",
      cases: fc.tuple(fc.constantFrom(3, 4), fc.constantFrom(3, 4))
        .map(([a, b]) => [[0, 2, a, 1, 2, b], [0, 2], a]),
      claim: (nextProbability, tokens, context, next) => ({
        expected: 1,
        got: nextProbability(tokens, context, next),
      }),
    },
    {
      says: "Token 12 is one token, and not token 1 with token 2 behind it.",
      cases: fc.tuple(
        fc.array(fc.constantFrom(1, 2, 12), { minLength: 1, maxLength: 10, size: "max" }),
        fc.constantFrom([1, 2], [12], [2, 1, 2]),
        fc.constantFrom(1, 2, 12),
      ),
      claim: agreesWithCounting,
    },
    {
      says: "Every place counts, also where two of them overlap: after 0, 0 in 0, 0, 0, 1 comes 0 once and 1 once.",
      cases: fc.tuple(
        fc.array(fc.constantFrom(0, 0, 0, 1), { minLength: 4, maxLength: 10, size: "max" }),
        fc.constantFrom([0, 0], [0, 0, 0], [0, 1, 0]),
        fc.constantFrom(0, 1),
      ),
      claim: agreesWithCounting,
    },
  ],
});

const counts = fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 5 });
const alpha = fc.integer({ min: 1, max: 8 }).map((n) => n / 4);

const smoothedShares = defineExercise<(counts: number[], alpha: number) => number[], [counts: number[], alpha: number]>(
  {
    name: "smoothedShares",
    signature: "smoothedShares(counts: number[], alpha: number): number[]",
    task: "Turn the counts of what comes next into probabilities, as if everything had come alpha times more often.",
    returns: numbers,
    cases: fc.tuple(counts, alpha),
    laws: [
      {
        says: "The probabilities sum to 1.",
        claim: (smoothedShares, counts, alpha) => ({
          of: "the sum",
          expected: 1,
          got: sum(smoothedShares(counts, alpha)),
        }),
      },
      {
        says: "With alpha 0 they are the shares of the counts.",
        cases: fc.tuple(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 }), fc.constant(0)),
        claim: (smoothedShares, counts, alpha) => ({
          expected: counts.map((count) => count / sum(counts)),
          got: smoothedShares(counts, alpha),
        }),
      },
      {
        says: "Two probabilities are to each other as their counts, each with alpha added.",
        claim: (smoothedShares, counts, alpha) => {
          const probabilities = smoothedShares(counts, alpha);
          const [first = NaN] = probabilities;
          return {
            of: "each of them over the first",
            expected: counts.map((count) => (count + alpha) / ((counts[0] ?? NaN) + alpha)),
            got: probabilities.map((p) => p / first),
          };
        },
      },
    ],
  },
);

/** Probabilities that are shares of small counts; none is 0. */
const distribution = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 })
  .map((counts) => counts.map((count) => count / sum(counts)));

const withTemperature = defineExercise<
  (probabilities: number[], temperature: number) => number[],
  [probabilities: number[], temperature: number]
>({
  name: "withTemperature",
  signature: "withTemperature(probabilities: number[], temperature: number): number[]",
  task:
    "Return the probabilities that the softmax gives when every logit (a logarithm of a probability will do) is divided " +
    "by the temperature.",
  returns: numbers,
  cases: fc.tuple(distribution, fc.integer({ min: 1, max: 12 }).map((n) => n / 4)),
  laws: [
    {
      says: "The new probabilities sum to 1.",
      claim: (withTemperature, probabilities, temperature) => ({
        of: "the sum",
        expected: 1,
        got: sum(withTemperature(probabilities, temperature)),
      }),
    },
    {
      says: "A temperature of 1 changes nothing.",
      cases: fc.tuple(distribution, fc.constant(1)),
      claim: (withTemperature, probabilities) => ({
        expected: probabilities,
        got: withTemperature(probabilities, 1),
      }),
    },
    {
      says: "The ratio of two probabilities is raised to the power 1 / temperature.",
      claim: (withTemperature, probabilities, temperature) => {
        const [first = NaN] = probabilities;
        const after = withTemperature(probabilities, temperature);
        return {
          of: "each of them over the first",
          expected: probabilities.map((p) => (p / first) ** (1 / temperature)),
          got: after.map((p) => p / (after[0] ?? NaN)),
        };
      },
    },
    {
      says: "Near 0, the likeliest take all, in equal shares; no number gets too small for that.",
      cases: fc.tuple(distribution, fc.constant(1e-4)),
      claim: (withTemperature, probabilities, temperature) => {
        const likeliest = probabilities.filter((p) => p === Math.max(...probabilities));
        return {
          expected: probabilities.map((p) => p === likeliest[0] ? 1 / likeliest.length : 0),
          got: withTemperature(probabilities, temperature),
        };
      },
    },
  ],
});

const probabilities = fc.array(fc.integer({ min: 1, max: 8 }).map((n) => n / 8), { minLength: 1, maxLength: 5 });

const perplexity = defineExercise<(probabilities: number[]) => number, [probabilities: number[]]>({
  name: "perplexity",
  signature: "perplexity(probabilities: number[]): number",
  task: "Return the perplexity of a text, given the probability that a model gave to each of its tokens.",
  returns: aNumber,
  cases: fc.tuple(probabilities),
  laws: [
    {
      says: "A model that chooses evenly among k tokens has the perplexity k.",
      cases: fc.tuple(
        fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 }))
          .map(([k, length]) => Array<number>(length).fill(1 / k)),
      ),
      claim: (perplexity, probabilities) => ({
        expected: 1 / (probabilities[0] ?? NaN),
        got: perplexity(probabilities),
      }),
    },
    {
      says: "For two tokens it is 1 over the square root of their probabilities' product.",
      cases: fc.tuple(fc.array(fc.integer({ min: 1, max: 8 }).map((n) => n / 8), { minLength: 2, maxLength: 2 })),
      claim: (perplexity, probabilities) => ({
        expected: 1 / Math.sqrt(probabilities.reduce((a, b) => a * b)),
        got: perplexity(probabilities),
      }),
    },
    {
      says: "The same tokens a thousand times over have the same perplexity, however small their product is.",
      claim: (perplexity, probabilities) => ({
        expected: perplexity(probabilities),
        got: perplexity(Array.from({ length: 1000 }, () => probabilities).flat()),
      }),
    },
  ],
});

export const languageModels = [nextProbability, smoothedShares, withTemperature, perplexity, directNetwork];
