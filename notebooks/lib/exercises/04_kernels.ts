import * as fc from "fast-check";
import { list, short } from "./cases.ts";
import { defineExercise } from "./define.ts";
import { aNumber, listOf, matrix } from "./kinds.ts";

type Machine = [flops: number, bytes: number, peak: number, bandwidth: number];

const amount = fc.integer({ min: 1, max: 1000 });

const roofline = defineExercise<(...machine: Machine) => number, Machine>({
  name: "roofline",
  signature: "roofline(flops: number, bytes: number, peak: number, bandwidth: number): number",
  task:
    "A kernel does flops operations and moves bytes bytes. A machine does at most peak operations a second and, at " +
    "the same time, moves at most bandwidth bytes a second. Return the most operations a second that the kernel can reach.",
  returns: aNumber,
  cases: fc.tuple(amount, amount, amount, amount),
  laws: [
    {
      says: "With infinitely fast memory, the kernel reaches the peak.",
      claim: (roofline, flops, bytes, peak) => ({ expected: peak, got: roofline(flops, bytes, peak, Infinity) }),
    },
    {
      says: "With infinitely fast arithmetic, it takes as long as moving its bytes takes.",
      claim: (roofline, flops, bytes, _peak, bandwidth) => ({
        of: "flops / (bytes / bandwidth)",
        expected: flops / (bytes / bandwidth),
        got: roofline(flops, bytes, Infinity, bandwidth),
      }),
    },
    {
      says: "The two go on at the same time, so the slower one decides how long it takes.",
      claim: (roofline, flops, bytes, peak, bandwidth) => ({
        of: "the seconds that it takes",
        expected: Math.max(flops / peak, bytes / bandwidth),
        got: flops / roofline(flops, bytes, peak, bandwidth),
      }),
    },
  ],
});

type Grid = [rows: number, columns: number, size: number];

/** How often each element lies in a tile, and each place around the matrix, where the tiles may jut out. */
function covered([rows, columns]: Grid, tiles: number[][]) {
  const places = Array.from({ length: (rows + 2) * (columns + 2) }, (_, at) => {
    return [Math.floor(at / (columns + 2)) - 1, at % (columns + 2) - 1] as const;
  });
  return places.map(([i, j]) => {
    const holding = tiles.filter(([row = NaN, column = NaN, height = NaN, width = NaN]) =>
      row <= i && i < row + height && column <= j && j < column + width
    );
    return { i, j, times: holding.length, expected: i >= 0 && i < rows && j >= 0 && j < columns ? 1 : 0 };
  });
}

const side = fc.integer({ min: 1, max: 9 });

const tiles = defineExercise<(...grid: Grid) => number[][], Grid>({
  name: "tiles",
  signature: "tiles(rows: number, columns: number, size: number): number[][]",
  task:
    "Cut a matrix into tiles of size × size; tiles at the edges may be smaller. Return [row, column, height, width] for " +
    "each tile, row by row.",
  returns: matrix,
  cases: fc.tuple(side, side, fc.integer({ min: 1, max: 4 })),
  laws: [
    {
      says: "Every element lies in exactly one tile, and no tile sticks out of the matrix.",
      claim: (tiles, ...grid) => {
        const all = covered(grid, tiles(...grid));
        const { i, j, times, expected } = all.find(({ times, expected }) => times !== expected) ?? all[0]!; // 9 at least
        return { of: `tiles that have the element [${i}, ${j}]`, expected, got: times };
      },
    },
    {
      says: "No tile is larger than size × size, and none is empty.",
      claim: (tiles, rows, columns, size) => {
        const sides = tiles(rows, columns, size).flatMap(([, , height = NaN, width = NaN]) => [height, width]);
        const wrong = sides.find((side) => !(side >= 1 && side <= size));
        return { expected: `sides from 1 to ${size}`, got: `one of ${wrong ?? "those"}`, holds: wrong === undefined };
      },
    },
    {
      says: "There are no more tiles than necessary.",
      claim: (tiles, rows, columns, size) => ({
        of: "the number of tiles",
        expected: Math.ceil(rows / size) * Math.ceil(columns / size),
        got: tiles(rows, columns, size).length,
      }),
    },
    {
      says: "The tiles come row by row, from left to right.",
      claim: (tiles, ...grid) => {
        const starts = tiles(...grid).map(([row, column]) => [row, column]);
        const sorted = starts.toSorted(([i = NaN, j = NaN], [k = NaN, l = NaN]) => i - k || j - l);
        return { of: "the tiles' first elements", expected: sorted, got: starts };
      },
    },
  ],
});

type Part = [greatest: number, sum: number, total: number];
type Keys = readonly (readonly [score: number, value: number])[];

/** What attention knows of some keys: the greatest score, and relative to it, Σ eˢ and Σ eˢ · value. */
function part(keys: Keys): Part {
  const greatest = keys.reduce((most, [score]) => Math.max(most, score), -Infinity);
  const weights = keys.map(([score]) => Math.exp(score - greatest));
  const add = (terms: readonly number[]) => terms.reduce((sum, x) => sum + x, 0);
  return [greatest, add(weights), add(keys.map(([, value], i) => value * (weights[i] ?? NaN)))];
}

const keys: fc.Arbitrary<Keys> = fc.array(fc.tuple(short, short), { minLength: 1, maxLength: 4 });
const shifted = (keys: Keys, by: number): Keys => keys.map(([score, value]) => [score + by, value]);

const mergeParts = defineExercise<(a: Part, b: Part) => number[], [a: Keys, b: Keys]>({
  name: "mergeParts",
  signature: "mergeParts(a: [number, number, number], b: [number, number, number]): [number, number, number]",
  task:
    "Two workers have each gone through some (score, value) pairs and know [greatest, sum, total]: the greatest score, " +
    "Σ e^(score − greatest), and Σ e^(score − greatest) · value. Return the same three numbers for all the pairs.",
  returns: listOf(aNumber, "a list of three numbers"),
  cases: fc.tuple(keys, keys),
  laws: [
    {
      says: "It is what a single worker would find who goes through all the pairs.",
      claim: (mergeParts, a, b) => ({ expected: part([...a, ...b]), got: mergeParts(part(a), part(b)) }),
    },
    {
      says: "That holds for scores of 1000 and more, whose exponential is too large for a number.",
      claim: (mergeParts, a, b) => {
        const [high, low] = [shifted(a, 1000), shifted(b, 990)];
        return { expected: part([...high, ...low]), got: mergeParts(part(high), part(low)) };
      },
    },
    {
      says: "The order of the two workers does not matter.",
      claim: (mergeParts, a, b) => ({ expected: mergeParts(part(a), part(b)), got: mergeParts(part(b), part(a)) }),
    },
    {
      says: "A worker without any pairs, [-Infinity, 0, 0], changes nothing.",
      claim: (mergeParts, a) => ({ expected: part(a), got: mergeParts(part(a), part([])) }),
    },
    {
      says: "Two workers without any pairs still have none.",
      claim: (mergeParts) => ({ expected: part([]), got: mergeParts(part([]), part([])) }),
    },
  ],
});

/** Where float32 cannot count in ones any more. */
const large = 2 ** 24;
const add = (terms: readonly number[]) => terms.reduce((sum, x) => sum + x, 0);

const compensatedSum = defineExercise<(numbers: number[]) => number, [terms: number[]]>({
  name: "compensatedSum",
  signature: "compensatedSum(numbers: number[]): number",
  task: "Sum numbers in float32: round the result of every addition and subtraction with Math.fround. Keep what each " +
    "addition loses in a second variable, and correct the next number by it.",
  returns: aNumber,
  cases: fc.tuple(list(0)),
  laws: [
    {
      says: "If nothing is rounded, it is the sum.",
      claim: (compensatedSum, terms) => ({ expected: add(terms), got: compensatedSum(terms) }),
    },
    {
      says: "The result is a float32 number.",
      cases: fc.tuple(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 12 })),
      claim: (compensatedSum, terms) => {
        const sum = compensatedSum([large, ...terms]);
        return { expected: Math.fround(sum), got: sum, tolerance: 0 };
      },
    },
    {
      says: "Small numbers added to a large one are not lost: the result is off by at most 2, float32's step there.",
      cases: fc.tuple(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 12 })),
      claim: (compensatedSum, terms) => {
        const [expected, got] = [large + add(terms), compensatedSum([large, ...terms])];
        return { expected: `${expected}, give or take 2`, got: String(got), holds: Math.abs(got - expected) <= 2 };
      },
    },
  ],
});

export const kernels = [roofline, tiles, mergeParts, compensatedSum];
