/** The exercises of notebook 06: counting pairs, smoothing, drawing a token, and perplexity. */
import * as fc from "fast-check";
import { defineExercise } from "./define.ts";
import { aNumber, matrix, numbers } from "./kinds.ts";

const sum = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0);

const vocabSize = 4;
const text = fc.array(fc.nat({ max: vocabSize - 1 }), { minLength: 1, maxLength: 8 });

const bigramCounts = defineExercise<(tokens: number[], vocabSize: number) => number[][], [tokens: number[]]>({
  name: "bigramCounts",
  signature: "bigramCounts(tokens: number[], vocabSize: number): number[][]",
  task: "Return a table of vocabSize rows and columns: counts[a][b] says how often token b comes right after token a.",
  returns: matrix,
  cases: fc.tuple(text),
  laws: [
    {
      says: "There is a row and a column for every token, also for those that the text lacks.",
      claim: (bigramCounts, tokens) => ({
        of: "the lengths of the rows",
        expected: Array<number>(vocabSize).fill(vocabSize),
        got: bigramCounts(tokens, vocabSize).map((row) => row.length),
      }),
    },
    {
      says: "A text of n tokens has n − 1 pairs.",
      claim: (bigramCounts, tokens) => ({
        of: "the sum of the counts",
        expected: tokens.length - 1,
        got: sum(bigramCounts(tokens, vocabSize).flat()),
      }),
    },
    {
      says: "The text read backwards has rows and columns exchanged.",
      claim: (bigramCounts, tokens) => {
        const backwards = bigramCounts([...tokens].reverse(), vocabSize);
        return {
          expected: backwards.map((row, a) => row.map((_, b) => backwards[b]?.[a])),
          got: bigramCounts(tokens, vocabSize),
        };
      },
    },
    {
      says: "In a text of two tokens, the first says the row and the second the column.",
      cases: fc.tuple(fc.array(fc.nat({ max: vocabSize - 1 }), { minLength: 2, maxLength: 2 })),
      claim: (bigramCounts, tokens) => ({
        of: "row and column of the one",
        expected: tokens,
        got: bigramCounts(tokens, vocabSize).flatMap((row, a) => row.flatMap((count, b) => count > 0 ? [a, b] : [])),
      }),
    },
  ],
});

const counts = fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 5 });
const alpha = fc.integer({ min: 1, max: 8 }).map((n) => n / 4);

const smoothed = defineExercise<(counts: number[], alpha: number) => number[], [counts: number[], alpha: number]>({
  name: "smoothed",
  signature: "smoothed(counts: number[], alpha: number): number[]",
  task: "Turn the counts of what comes next into probabilities, as if everything had come alpha times more often.",
  returns: numbers,
  cases: fc.tuple(counts, alpha),
  laws: [
    {
      says: "The probabilities sum to 1.",
      claim: (smoothed, counts, alpha) => ({ of: "the sum", expected: 1, got: sum(smoothed(counts, alpha)) }),
    },
    {
      says: "With alpha 0 they are the shares of the counts.",
      cases: fc.tuple(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 }), fc.constant(0)),
      claim: (smoothed, counts, alpha) => ({
        expected: counts.map((count) => count / sum(counts)),
        got: smoothed(counts, alpha),
      }),
    },
    {
      says: "Two probabilities are to each other as their counts, each with alpha added.",
      claim: (smoothed, counts, alpha) => {
        const probabilities = smoothed(counts, alpha);
        const [first = NaN] = probabilities;
        return {
          of: "each of them over the first",
          expected: counts.map((count) => (count + alpha) / ((counts[0] ?? NaN) + alpha)),
          got: probabilities.map((p) => p / first),
        };
      },
    },
  ],
});

const parts = 16;
/** Probabilities of so many sixteenths, some of them 0; sums of them have no rounding errors. */
const sixteenths = fc.array(fc.integer({ min: 1, max: parts - 1 }), { maxLength: 4 })
  .map((cuts) => [0, ...cuts.sort((a, b) => a - b), parts])
  .map((edges) => edges.slice(1).map((edge, i) => (edge - (edges[i] ?? NaN)) / parts));

const sampleToken = defineExercise<
  (probabilities: number[], u: number) => number,
  [probabilities: number[], u: number]
>({
  name: "sampleToken",
  signature: "sampleToken(probabilities: number[], u: number): number",
  task: "Choose a token: u is drawn evenly from 0, included, to 1, excluded, and token i must come with probability i.",
  returns: aNumber,
  cases: fc.tuple(sixteenths, fc.nat({ max: 2 * parts - 1 }).map((n) => n / (2 * parts))),
  laws: [
    {
      says: "A token of probability 0 is never chosen.",
      claim: (sampleToken, probabilities, u) => {
        const token = sampleToken(probabilities, u);
        const p = probabilities[token] ?? 0;
        return { of: `the probability of token ${token}`, expected: "more than 0", got: String(p), holds: p > 0 };
      },
    },
    {
      says: "Where u goes through 0, 1/16, …, 15/16, each token is chosen as often as its probability says.",
      claim: (sampleToken, probabilities) => {
        const chosen = Array.from({ length: parts }, (_, n) => sampleToken(probabilities, n / parts));
        return {
          of: "how often each is chosen",
          expected: probabilities.map((p) => p * parts),
          got: probabilities.map((_, token) => chosen.filter((other) => other === token).length),
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

export const languageModels = [bigramCounts, smoothed, sampleToken, perplexity];
