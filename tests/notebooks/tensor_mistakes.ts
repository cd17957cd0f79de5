/** Classic wrong answers to the exercises of notebook 03, on arrays. */
import type { Mistakes } from "./mistakes.ts";

const sum = (numbers: readonly number[]) => numbers.reduce((total, x) => total + x, 0);
const at = (numbers: readonly number[], i: number) => numbers[i] ?? NaN;

const transpose = (m: number[][]) => (m[0] ?? []).map((_, j) => m.map((row) => at(row, j)));
const matmul = (a: number[][], b: number[][]) =>
  a.map((row) => transpose(b).map((col) => sum(row.map((x, k) => x * at(col, k)))));

const softmaxOf = (scores: number[]) => scores.map((x) => Math.exp(x) / sum(scores.map(Math.exp)));
/** Softmax of the scores, less a number that is found from them. */
const shiftedBy = (shift: (scores: number[]) => number) => (scores: number[]) =>
  softmaxOf(scores.map((x) => x - shift(scores)));

/** A shape from the sizes of each axis, aligned on the right, a missing one being 1. */
function padded(a: number[], b: number[], join: (x: number, y: number) => number): number[] {
  const rank = Math.max(a.length, b.length);
  const right = (shape: number[], i: number) => shape[shape.length - rank + i] ?? 1;
  return Array.from({ length: rank }, (_, i) => join(right(a, i), right(b, i)));
}

export const tensorMistakes: Readonly<Record<string, Mistakes>> = {
  broadcastShape: {
    "matches axes from the left": (a: number[], b: number[]) => {
      const [long, short] = a.length >= b.length ? [a, b] : [b, a];
      return long.map((size, i) => size === 1 ? short[i] ?? 1 : size);
    },
    "takes the larger size, also of 0 and 1": (a: number[], b: number[]) => {
      const rank = Math.max(a.length, b.length);
      const right = (shape: number[], i: number) => shape[shape.length - rank + i] ?? 1;
      return Array.from({ length: rank }, (_, i) => Math.max(right(a, i), right(b, i)));
    },
    "drops the axes of size 1": (a: number[], b: number[]) =>
      (a.length > b.length ? a : b).filter((size) => size !== 1),
    "takes the longer shape": (a: number[], b: number[]) => a.length > b.length ? a : b,
    "never throws": (a: number[], b: number[]) => {
      const rank = Math.max(a.length, b.length);
      const right = (shape: number[], i: number) => shape[shape.length - rank + i] ?? 1;
      return Array.from({ length: rank }, (_, i) => right(a, i) === 1 ? right(b, i) : right(a, i));
    },
    "lets a 0 meet any size": (a: number[], b: number[]) =>
      padded(a, b, (x, y) => {
        if (x !== y && x > 1 && y > 1) throw new Error("no");
        return x === 1 ? y : y === 1 ? x : Math.min(x, y);
      }),
    "stretches the second shape only": (a: number[], b: number[]) =>
      padded(a, b, (x, y) => {
        if (x !== y && y !== 1) throw new Error("no");
        return x;
      }),
  },
  sumTo: {
    "takes the first row and column instead of the sum": (g: number[][], [m, n]: number[]) =>
      g.slice(0, m).map((row) => row.slice(0, n)),
    "takes the mean": (g: number[][], [m, n]: number[]) => {
      const rows = m === 1 ? [transpose(g).map((col) => sum(col) / g.length)] : g;
      return n === 1 ? rows.map((row) => [sum(row) / row.length]) : rows;
    },
    "sums the rows only": (g: number[][], [m]: number[]) => m === 1 ? [transpose(g).map(sum)] : g,
    "mixes up the axes": (g: number[][], [m, n]: number[]) => {
      const rows = n === 1 ? [transpose(g).map(sum)] : g;
      return m === 1 ? rows.map((row) => [sum(row)]) : rows;
    },
    "drops the summed axis": (g: number[][], [m]: number[]) => m === 1 ? transpose(g).map(sum) : g,
    "keeps the last row instead of adding it": (g: number[][], [m, n]: number[]) => {
      const rows = m === 1 ? g.slice(-1) : g;
      return n === 1 ? rows.map((row) => [sum(row)]) : rows;
    },
    "sums over both axes or over none": (g: number[][], [m, n]: number[]) => m === 1 || n === 1 ? [[sum(g.flat())]] : g,
    "adds the rows into the first one": (g: number[][], [m, n]: number[]) => {
      const [first = []] = g;
      if (m === 1) g.slice(1).forEach((row) => row.forEach((x, j) => first[j] = at(first, j) + x));
      return (m === 1 ? [first] : g).map((row) => n === 1 ? [sum(row)] : row);
    },
  },
  matmulBackward: {
    "forgets to transpose b": (a: number[][], b: number[][], g: number[][]) => [matmul(g, b), matmul(transpose(a), g)],
    "multiplies in the wrong order": (a: number[][], b: number[][], g: number[][]) => [
      matmul(g, transpose(b)),
      matmul(g, transpose(a)),
    ],
    "gives the two in the wrong order": (a: number[][], b: number[][], g: number[][]) => [
      matmul(transpose(a), g),
      matmul(g, transpose(b)),
    ],
    "drops the incoming gradient": (a: number[][], b: number[][], g: number[][]) => {
      const ones = g.map((row) => row.map(() => 1));
      return [matmul(ones, transpose(b)), matmul(transpose(a), ones)];
    },
    "is the one of the product of numbers": (a: number[][], b: number[][], _g: number[][]) => [b, a],
    "has = where += belongs": (a: number[][], b: number[][], g: number[][]) => [
      a.map((row, i) => row.map((_, k) => at(g[i] ?? [], g[i]!.length - 1) * at(b[k] ?? [], b[k]!.length - 1))),
      matmul(transpose(a), g),
    ],
  },
  softmax: {
    "overflows": softmaxOf,
    "does not divide by the sum": (scores: number[]) => scores.map(Math.exp),
    "divides the scores by their sum": (scores: number[]) => scores.map((x) => x / sum(scores)),
    "takes off the largest score below the line only": (scores: number[]) => {
      const largest = Math.max(...scores);
      return scores.map((x) => Math.exp(x) / sum(scores.map((y) => Math.exp(y - largest))));
    },
    "halves every score": (scores: number[]) => softmaxOf(scores.map((x) => (x - Math.max(...scores)) / 2)),
    "adds up, and goes the wrong way": (scores: number[]) => softmaxOf(scores.map((x) => Math.min(...scores) - x)),
    "takes off the first score": shiftedBy((scores) => at(scores, 0)),
    "takes off the last score": shiftedBy((scores) => at(scores, scores.length - 1)),
    "takes off the mean": shiftedBy((scores) => sum(scores) / scores.length),
    "takes off the smallest score": shiftedBy((scores) => Math.min(...scores)),
    "takes off the largest score only where that is above 700": (scores: number[]) => {
      const largest = Math.max(...scores);
      return softmaxOf(scores.map((x) => largest > 700 ? x - largest : x));
    },
    "caps the scores at 700": (scores: number[]) => softmaxOf(scores.map((x) => Math.min(x, 700))),
    "sorts its scores to find the largest": (scores: number[]) => {
      const given = [...scores];
      const largest = at(scores.sort((a, b) => b - a), 0);
      return softmaxOf(given.map((x) => x - largest));
    },
  },
};
