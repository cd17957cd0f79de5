/** The exercises of notebook 07: one query, a causal mask, softmax backwards, attention in one pass, and a layer. */
import * as fc from "fast-check";
import { Value } from "../../../autograd/scalar.ts";
import { matrixOf, quarters, short, size } from "./cases.ts";
import { defineExercise } from "./define.ts";
import { aNumber, matrix, numbers } from "./kinds.ts";
import { multiQuery } from "./models/multi_query.ts";

const sum = (numbers: readonly number[]) => numbers.reduce((total, x) => total + x, 0);
const plus = (a: readonly number[], b: readonly number[]) => a.map((x, i) => x + (b[i] ?? NaN));
const dot = (a: readonly number[], b: readonly number[]) => sum(a.map((x, i) => x * (b[i] ?? NaN)));

/** Softmax, one ratio of powers at a time: none of them overflows unless its weight is 0. */
const softmaxByRatios = (scores: readonly number[]) =>
  scores.map((score) => 1 / sum(scores.map((other) => Math.exp(other - score))));

const vector = (length: number) => matrixOf(1, length).map(([row = []]) => row);

/** A vector with all its numbers four times over. */
const fourfold = (x: readonly number[]) => [...x, ...x, ...x, ...x];

type OneQuery = [query: number[], keys: number[][], values: number[][]];

const attend = defineExercise<(...all: OneQuery) => number[], OneQuery>({
  name: "attend",
  signature: "attend(query: number[], keys: number[][], values: number[][]): number[]",
  task: "Return Σ wₛ·valueₛ with the weights w = softmax(query · keyₛ / √D), where D is the length of the query.",
  returns: numbers,
  cases: fc.tuple(size, size, size).chain(([D, S, E]) => fc.tuple(vector(D), matrixOf(S, D), matrixOf(S, E))),
  laws: [
    {
      says: "Where the keys are all the same, the result is the plain mean of the values.",
      claim: (attend, query, keys, values) => ({
        expected: values[0]?.map((_, e) => sum(values.map((value) => value[e] ?? NaN)) / values.length),
        got: attend(query, keys.map(() => keys[0] ?? []), values),
      }),
    },
    {
      says: "The same vector added to every key changes nothing: all the scores move together.",
      claim: (attend, query, keys, values) => ({
        expected: attend(query, keys, values),
        got: attend(query, keys.map((key) => plus(key, keys[0] ?? [])), values),
      }),
    },
    {
      says: "It divides by √D: four times the numbers make q · k four times as large, and the scores only twice.",
      claim: (attend, query, keys, values) => ({
        of: "the same as for a query of twice the length",
        expected: attend(query.map((x) => 2 * x), keys, values),
        got: attend(fourfold(query), keys.map(fourfold), values),
      }),
    },
    {
      says: "It agrees with the formula, written out in ratios of powers.",
      claim: (attend, query, keys, values) => {
        const weights = softmaxByRatios(keys.map((key) => dot(query, key) / Math.sqrt(query.length)));
        const expected = values[0]?.map((_, e) =>
          sum(values.map((value, s) => (weights[s] ?? NaN) * (value[e] ?? NaN)))
        );
        return { expected, got: attend(query, keys, values) };
      },
    },
    {
      says: "A score of a thousand is too large for a power of e, and no harm is done.",
      claim: (attend, query, keys, values) => ({
        expected: attend([...query, 0], keys.map((key) => [...key, 0]), values),
        got: attend([...query, 100], keys.map((key) => [...key, 100]), values),
      }),
    },
  ],
});

/** Scores, a position, and a change for what comes after it, now and then one that no power of e survives. */
const squareOf = fc.integer({ min: 1, max: 4 }).chain((T) =>
  fc.tuple(matrixOf(T, T), fc.nat({ max: T - 1 }), fc.oneof(short, fc.constant(5000)))
);

const causalSoftmax = defineExercise<
  (scores: number[][]) => number[][],
  [scores: number[][], position: number, change: number]
>({
  name: "causalSoftmax",
  signature: "causalSoftmax(scores: number[][]): number[][]",
  task: "Return the attention weights: row t is the softmax of the scores 0 to t of that row, and 0 after them.",
  returns: matrix,
  cases: squareOf,
  laws: [
    {
      says: "Every row sums to 1.",
      claim: (causal, scores) => ({
        of: "the sums",
        expected: scores.map(() => 1),
        got: causal(scores).map(sum),
      }),
    },
    {
      says: "What is later than its row has the weight 0.",
      claim: (causal, scores) => {
        const later = causal(scores).flatMap((row, t) => row.slice(t + 1));
        return { of: "the weights of later positions", expected: later.map(() => 0), got: later };
      },
    },
    {
      says: "The scores of later positions have no influence.",
      claim: (causal, scores, position, change) => ({
        of: `row ${position}`,
        expected: causal(scores)[position],
        got: causal(scores.map((row) => row.map((x, s) => s > position ? x + change : x)))[position],
      }),
    },
    {
      says: "A thousand added to every score changes nothing, although no power of e is as large.",
      claim: (causal, scores) => ({
        expected: causal(scores),
        got: causal(scores.map((row) => row.map((score) => score + 1000))),
      }),
    },
    {
      says: "It agrees with the softmax of each row cut off behind its position.",
      claim: (causal, scores) => ({
        expected: scores.map((row, t) => [...softmaxByRatios(row.slice(0, t + 1)), ...row.slice(t + 1).map(() => 0)]),
        got: causal(scores),
      }),
    },
  ],
});

type Backward = [scores: number[], gradient: number[]];

const softmaxBackward = defineExercise<(weights: number[], gradient: number[]) => number[], Backward>({
  name: "softmaxBackward",
  signature: "softmaxBackward(weights: number[], gradient: number[]): number[]",
  task: "Let w = softmax(s), and gradient = ∂L/∂w. Return ∂L/∂s, given the weights w and the gradient.",
  returns: numbers,
  cases: size.chain((S) => fc.tuple(fc.array(quarters(2), { minLength: S, maxLength: S }), vector(S))),
  laws: [
    {
      says: "The derivatives sum to 0, since moving all the scores together changes no weight.",
      claim: (backward, scores, gradient) => ({
        of: "the sum",
        expected: 0,
        got: sum(backward(softmaxByRatios(scores), gradient)),
      }),
    },
    {
      says: "A gradient that is the same for all weights gives 0: they cannot all grow.",
      claim: (backward, scores, gradient) => ({
        expected: scores.map(() => 0),
        got: backward(softmaxByRatios(scores), scores.map(() => gradient[0] ?? NaN)),
      }),
    },
    {
      says: "It agrees with what Values pass back through the powers and the division.",
      claim: (backward, scores, gradient) => {
        const inputs = scores.map((score) => new Value(score));
        const powers = inputs.map((input) => input.exp());
        const total = powers.reduce((a, b) => a.add(b));
        const loss = powers.map((power, i) => power.div(total).mul(gradient[i] ?? NaN)).reduce((a, b) => a.add(b));
        loss.backward();
        return { expected: inputs.map(({ grad }) => grad), got: backward(softmaxByRatios(scores), gradient) };
      },
    },
  ],
});

type ScoredValues = [score: number, value: number][];

/** A list that can be gone through once, and shows itself as what it holds; one array carries all the pairs in turn. */
function once(pairs: ScoredValues): Iterable<[number, number]> {
  const carrier: [number, number] = [NaN, NaN]; // whoever keeps it, keeps what it carries next
  const stream = function* () {
    for (const [score, value] of pairs) {
      [carrier[0], carrier[1]] = [score, value];
      yield carrier;
    }
  }();
  return Object.assign({ [Symbol.iterator]: () => stream }, { toString: () => JSON.stringify(pairs) });
}

const mixtureOf = (pairs: ScoredValues) => {
  const weights = softmaxByRatios(pairs.map(([score]) => score));
  return sum(pairs.map(([, value], s) => value * (weights[s] ?? NaN)));
};

const attendInOnePass = defineExercise<(stream: Iterable<[number, number]>) => number, [ScoredValues]>({
  name: "attendInOnePass",
  signature: "attendInOnePass(stream: Iterable<[score: number, value: number]>): number",
  task:
    "Return Σ wₛ·valueₛ with the weights w = softmax(scores); the stream can be gone through only once, and no pair kept.",
  returns: aNumber,
  cases: fc.tuple(fc.array(fc.tuple(short, short), { minLength: 1, maxLength: 5 })),
  laws: [
    {
      says: "Of a single pair it is the value.",
      cases: fc.tuple(fc.array(fc.tuple(short, short), { minLength: 1, maxLength: 1 })),
      claim: (attend, pairs) => ({ expected: pairs[0]?.[1], got: attend(once(pairs)) }),
    },
    {
      says: "It keeps no pair for later: the one array that it gets is filled with new numbers each time.",
      cases: fc.tuple(
        fc.array(short, { minLength: 2, maxLength: 5 }).map((values): ScoredValues =>
          values.map((value) => [1, value])
        ),
      ),
      claim: (attend, pairs) => ({
        of: "the plain mean, as all scores are the same",
        expected: sum(pairs.map(([, value]) => value)) / pairs.length,
        got: attend(once(pairs)),
      }),
    },
    {
      says: "The order of the pairs does not matter, so that the largest score may come late.",
      claim: (attend, pairs) => ({ expected: attend(once(pairs)), got: attend(once(pairs.toReversed())) }),
    },
    {
      says: "It agrees with the softmax of all scores at once.",
      claim: (attend, pairs) => ({ expected: mixtureOf(pairs), got: attend(once(pairs)) }),
    },
    {
      says: "Scores of 1000 and of −1000 are too large and too small for powers of e, and no harm is done.",
      cases: fc.tuple(
        fc.array(fc.tuple(fc.constantFrom(1000, 999, -1000), short), { minLength: 1, maxLength: 5 }),
      ),
      claim: (attend, pairs) => ({ expected: mixtureOf(pairs), got: attend(once(pairs)) }),
    },
  ],
});

export const selfAttention = [attend, causalSoftmax, softmaxBackward, attendInOnePass, multiQuery];
