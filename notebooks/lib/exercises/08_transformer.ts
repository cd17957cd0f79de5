/** The exercises of notebook 08: layer norm, sinusoidal and rotary positions, greedy decoding, and a decoder. */
import * as fc from "fast-check";
import { list, matrixOf, short, size } from "./cases.ts";
import { defineExercise, limited } from "./define.ts";
import { numbers } from "./kinds.ts";
import { decoder } from "./models/decoder.ts";

const sum = (numbers: readonly number[]) => numbers.reduce((total, x) => total + x, 0);
const dot = (a: readonly number[], b: readonly number[]) => sum(a.map((x, i) => x * (b[i] ?? NaN)));
const meanOf = (numbers: readonly number[]) => sum(numbers) / numbers.length;

/** Two or more numbers that are not all equal. */
const uneven = fc.tuple(list(), short, fc.integer({ min: 1, max: 9 })).map((
  [more, x, apart],
) => [x, x + apart, ...more]);

const layerNorm = defineExercise<(x: number[]) => number[], [x: number[], shift: number]>({
  name: "layerNorm",
  signature: "layerNorm(x: number[]): number[]",
  task: "Shift and scale a vector so that its numbers have the mean 0 and the variance 1; they are not all equal.",
  returns: numbers,
  cases: fc.tuple(uneven, short),
  laws: [
    {
      says: "The mean of the result is 0.",
      claim: (norm, x) => ({ of: "the mean", expected: 0, got: meanOf(norm(x)), tolerance: 1e-4 }),
    },
    {
      says: "The mean of its squares, over all C numbers, is 1.",
      claim: (norm, x) => {
        const out = norm(x);
        return { of: "the mean square", expected: 1, got: dot(out, out) / out.length, tolerance: 1e-3 };
      },
    },
    {
      says: "The same number added to all changes nothing, nor does multiplying all by 3.",
      claim: (norm, x, shift) => ({
        expected: norm(x),
        got: norm(x.map((value) => 3 * value + shift)),
        tolerance: 1e-3,
      }),
    },
    {
      says: "Of two numbers the smaller becomes −1 and the larger 1.",
      cases: fc.tuple(fc.tuple(short, fc.integer({ min: 1, max: 9 })).map(([x, apart]) => [x, x + apart]), short),
      claim: (norm, x) => ({ expected: [-1, 1], got: norm(x), tolerance: 1e-3 }),
    },
  ],
});

const place = fc.nat({ max: 50 });
const evenWidth = size.map((pairs) => 2 * pairs);

const sinusoid = defineExercise<
  (position: number, width: number) => number[],
  [position: number, distance: number, width: number]
>({
  name: "sinusoid",
  signature: "sinusoid(position: number, width: number): number[]",
  task: "Return the vector of a position: sin(position / 10000^(2i/width)) at 2i, the cosine at 2i + 1; width is even.",
  returns: numbers,
  cases: fc.tuple(place, place, evenWidth),
  laws: [
    {
      says: "Position 0 is 0, 1, 0, 1, …",
      claim: (sinusoid, _position, _distance, width) => ({
        expected: Array.from({ length: width }, (_, c) => c % 2),
        got: sinusoid(0, width),
      }),
    },
    {
      says: "The product of two positions depends on their distance alone.",
      claim: (sinusoid, position, distance, width) => ({
        of: "the product",
        expected: dot(sinusoid(0, width), sinusoid(distance, width)),
        got: dot(sinusoid(position, width), sinusoid(position + distance, width)),
      }),
    },
    {
      says: "The first pair turns by 1 radian a position, the last one by 10000^(−(width − 2)/width).",
      claim: (sinusoid, position, _distance, width) => {
        const [first, last] = [position, position * 10000 ** (2 / width - 1)];
        const vector = sinusoid(position, width);
        return {
          of: "the first two and the last two numbers",
          expected: [Math.sin(first), Math.cos(first), Math.sin(last), Math.cos(last)],
          got: [...vector.slice(0, 2), ...vector.slice(-2)],
        };
      },
    },
  ],
});

/** Two vectors of one even width, a position, and a distance. */
const turned = evenWidth.chain((width) => fc.tuple(matrixOf(2, width), place, place));
type Turned = [vectors: number[][], position: number, distance: number];

const turn = defineExercise<(x: number[], position: number) => number[], Turned>({
  name: "turn",
  signature: "turn(x: number[], position: number): number[]",
  task: "Turn each pair (x[i], x[i + D/2]) of a vector, in its plane, by the angle position / 10000^(2i/D).",
  returns: numbers,
  cases: turned,
  laws: [
    {
      says: "At position 0 nothing turns.",
      claim: (turn, [x = []]) => ({ expected: x, got: turn(x, 0) }),
    },
    {
      says: "A vector keeps its length.",
      claim: (turn, [x = []], position) => {
        const out = turn(x, position);
        return { of: "the square of the length", expected: dot(x, x), got: dot(out, out) };
      },
    },
    {
      says: "The product of a query and a key depends on their distance alone.",
      claim: (turn, [q = [], k = []], position, distance) => ({
        of: "the product",
        expected: dot(turn(q, 0), turn(k, distance)),
        got: dot(turn(q, position), turn(k, position + distance)),
      }),
    },
    {
      says: "(1, 0) becomes (cos, sin): it turns from the first of the pair towards the second.",
      cases: fc.tuple(fc.constant([[1, 0]]), place, place),
      claim: (turn, [x = []], position) => ({
        expected: [Math.cos(position), Math.sin(position)],
        got: turn(x, position),
      }),
    },
    {
      says: "The pairs are x[i] and x[i + D/2], and the second turns more slowly than the first.",
      cases: fc.tuple(fc.constant([[1, 1, 0, 0]]), place, place),
      claim: (turn, [x = []], position) => {
        const angles = [position, position / 100];
        return { expected: [...angles.map(Math.cos), ...angles.map(Math.sin)], got: turn(x, position) };
      },
    },
  ],
});

/** A model for exercises: the scores of the next token depend on the last token alone. */
type Table = number[][];
const END = 0;
const tables: fc.Arbitrary<[Table, number, number]> = fc.integer({ min: 2, max: 4 }).chain((V) =>
  fc.tuple(
    fc.array(fc.shuffledSubarray(Array.from({ length: V }, (_, i) => i / 4 - 1), { minLength: V }), {
      minLength: V,
      maxLength: V,
    }),
    fc.integer({ min: 1, max: V - 1 }),
    fc.nat({ max: 5 }),
  )
);

type Next = (tokens: number[]) => number[];
const modelOf = (table: Table): Next =>
  Object.assign(
    limited("next", 20, (tokens: number[]) => table[tokens.at(-1) ?? NaN] ?? []),
    { toString: () => `(tokens) => ${JSON.stringify(table)}[tokens.at(-1)]` },
  );

const greedy = defineExercise<
  (next: Next, start: number, end: number, most: number) => number[],
  [table: Table, start: number, most: number]
>({
  name: "greedy",
  signature: "greedy(next: (tokens: number[]) => number[], start: number, end: number, most: number): number[]",
  task:
    "Begin with [start]; add the token of the largest score in next(tokens), until it is end, or most were added. Return what was added, without end.",
  returns: numbers,
  cases: tables,
  laws: [
    {
      says: "There are never more tokens than asked for; of none, the list is empty.",
      claim: (greedy, table, start, most) => {
        const found = greedy(modelOf(table), start, END, most);
        return { expected: `at most ${most} tokens`, got: `${found.length}`, holds: found.length <= most };
      },
    },
    {
      says: "Neither start nor end is returned where they were not chosen in between.",
      cases: fc.tuple(fc.constant([[0, 1, 2], [0, 1, 2], [2, 1, 0]]), fc.constant(1), fc.integer({ min: 2, max: 5 })),
      claim: (greedy, table, start, most) => ({ expected: [2], got: greedy(modelOf(table), start, END, most) }),
    },
    {
      says: "Every token is the one of the largest score after the one before it, and the last is followed by end.",
      claim: (greedy, table, start, most) => {
        const best = (token: number) => table[token]?.indexOf(Math.max(...(table[token] ?? []))) ?? NaN;
        const expected: number[] = [];
        for (let token = best(start); token !== END && expected.length < most; token = best(token)) {
          expected.push(token);
        }
        return { expected, got: greedy(modelOf(table), start, END, most) };
      },
    },
    {
      says: "The model is asked with all the tokens so far, not with the last one alone.",
      cases: fc.tuple(fc.constant([[]]), fc.constant(1), fc.nat({ max: 5 })),
      claim: (greedy, _table, start, most) => {
        const next = limited(
          "next",
          20,
          (tokens: number[]) => [0, 1, 2].map((token) => Number(token === 1 + tokens.length % 2)),
        );
        const counting = Object.assign(next, {
          toString: () => "(tokens) => tokens.length % 2 === 0 ? [0, 1, 0] : [0, 0, 1]",
        });
        return { expected: Array.from({ length: most }, (_, i) => 2 - i % 2), got: greedy(counting, start, END, most) };
      },
    },
    {
      says: "Any token may be the end.",
      cases: fc.tuple(fc.constant([[0, 1, 0], [0, 0, 1], [1, 0, 0]]), fc.nat({ max: 2 }), fc.constant(5)), // 0, 1, 2, 0 …
      claim: (greedy, table, start, most) => ({
        expected: [(start + 1) % 3],
        got: greedy(modelOf(table), start, (start + 2) % 3, most),
      }),
    },
  ],
});

export const transformer = [layerNorm, sinusoid, turn, greedy, decoder];
