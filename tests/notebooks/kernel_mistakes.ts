/** Classic wrong answers to the exercises of notebook 04, on kernels. */
import type { Mistakes } from "./mistakes.ts";

const sum = (numbers: readonly number[]) => numbers.reduce((total, x) => total + x, 0);
const at = (numbers: readonly number[], i: number) => numbers[i] ?? NaN;

/** Tiles with the sides that `side` gives them: what is left, and how large they may be. */
const tiled = (side: (left: number, size: number) => number) => (rows: number, columns: number, size: number) => {
  const all: number[][] = [];
  for (let i = 0; i < rows; i += size) {
    for (let j = 0; j < columns; j += size) all.push([i, j, side(rows - i, size), side(columns - j, size)]);
  }
  return all;
};

/** Two parts, the second and third numbers of each multiplied by its factor, and added. */
const merged = (factors: (own: number, other: number) => number) => (a: number[], b: number[]) => {
  const [p, q] = [factors(at(a, 0), at(b, 0)), factors(at(b, 0), at(a, 0))];
  return [Math.max(at(a, 0), at(b, 0)), at(a, 1) * p + at(b, 1) * q, at(a, 2) * p + at(b, 2) * q];
};

/** A sum in float32, where `correct` says what to add for x, and what was lost in adding `made`. */
const compensated = (
  correct: (x: number, lost: number) => number,
  loss: (sum: number, next: number, made: number) => number,
) =>
(numbers: number[]) => {
  let [total, lost] = [0, 0];
  for (const x of numbers) {
    const made = Math.fround(correct(x, lost));
    const next = Math.fround(total + made);
    lost = Math.fround(loss(total, next, made));
    total = next;
  }
  return total;
};

export const kernelMistakes: Readonly<Record<string, Mistakes>> = {
  roofline: {
    "takes the higher of the two roofs": (flops: number, bytes: number, peak: number, bandwidth: number) =>
      Math.max(peak, flops / bytes * bandwidth),
    "turns the intensity upside down": (flops: number, bytes: number, peak: number, bandwidth: number) =>
      Math.min(peak, bytes / flops * bandwidth),
    "forgets the memory": (_flops: number, _bytes: number, peak: number) => peak,
    "has one wait for the other": (flops: number, bytes: number, peak: number, bandwidth: number) =>
      flops / (flops / peak + bytes / bandwidth),
    "forgets how many operations there are": (_flops: number, bytes: number, peak: number, bandwidth: number) =>
      Math.min(peak, bandwidth / bytes),
    "gives the seconds that it takes": (flops: number, bytes: number, peak: number, bandwidth: number) =>
      Math.max(flops / peak, bytes / bandwidth),
  },
  tiles: {
    "lets the tiles at the edges jut out": tiled((_left, size) => size),
    "leaves out the tiles at the edges": (rows: number, columns: number, size: number) =>
      tiled((left, size) => Math.min(left, size))(rows - rows % size, columns - columns % size, size),
    "mixes up rows and columns": (rows: number, columns: number, size: number) =>
      tiled((left, size) => Math.min(left, size))(columns, rows, size),
    "goes down the columns": (rows: number, columns: number, size: number) =>
      tiled((left, size) => Math.min(left, size))(columns, rows, size)
        .map(([i = NaN, j = NaN, height = NaN, width = NaN]) => [j, i, width, height]),
    "makes one tile of it all": (rows: number, columns: number) => [[0, 0, rows, columns]],
    "makes a tile of every element": (rows: number, columns: number) =>
      tiled((left, size) => Math.min(left, size))(rows, columns, 1),
    "adds an empty row of tiles": (rows: number, columns: number, size: number) => [
      ...tiled((left, size) => Math.min(left, size))(rows, columns, size),
      [rows, 0, 0, Math.min(columns, size)],
    ],
    "looks after the last row of tiles, but not after the last column": (rows: number, columns: number, size: number) =>
      tiled((left, size) => Math.min(left, size))(rows, columns, size)
        .map(([i = NaN, j = NaN, height = NaN]) => [i, j, height, size]),
  },
  mergeParts: {
    "adds up what is relative to different scores": merged(() => 1),
    "scales by the wrong sign": merged((own, other) => Math.exp(Math.max(own, other) - own)),
    "goes back to the exponentials themselves": merged((own, other) => Math.exp(own) / Math.exp(Math.max(own, other))),
    "scales the second part alone": (a: number[], b: number[]) => {
      const factor = Math.exp(at(b, 0) - at(a, 0));
      return [Math.max(at(a, 0), at(b, 0)), at(a, 1) + at(b, 1) * factor, at(a, 2) + at(b, 2) * factor];
    },
    "forgets that −∞ − (−∞) is no number": merged((own, other) => Math.exp(own - Math.max(own, other))),
    "adds the greatest scores": (a: number[], b: number[]) => {
      const [, sum, total] = merged((own, other) => Math.exp(own - Math.max(own, other)))(a, b);
      return [at(a, 0) + at(b, 0), sum, total];
    },
    "stays relative to the first worker's greatest score": (a: number[], b: number[]) => {
      const factor = at(b, 0) === -Infinity ? 0 : Math.exp(at(b, 0) - at(a, 0));
      return [at(a, 0), at(a, 1) + at(b, 1) * factor, at(a, 2) + at(b, 2) * factor];
    },
    "scales the totals and not the sums": (a: number[], b: number[]) => {
      const [greatest, , total] = merged((own, other) => Math.exp(own - Math.max(own, other)))(a, b);
      return [greatest, at(a, 1) + at(b, 1), total];
    },
    "merges into the first part": (a: number[], b: number[]) => {
      const greatest = Math.max(at(a, 0), at(b, 0));
      const factor = (own: number) => own === -Infinity ? 0 : Math.exp(own - greatest);
      const [p, q] = [factor(at(a, 0)), factor(at(b, 0))];
      [a[1], a[2]] = [at(a, 1) * p + at(b, 1) * q, at(a, 2) * p + at(b, 2) * q];
      a[0] = greatest;
      return a;
    },
  },
  compensatedSum: {
    "keeps nothing of what is lost": compensated((x) => x, () => 0),
    "corrects in the wrong direction": compensated((x, lost) => x + lost, (sum, next, made) => next - sum - made),
    "finds that nothing was lost, as algebra has it": compensated(
      (x, lost) => x - lost,
      (sum, _, made) => (sum + made) - sum - made,
    ),
    "sums in float64": (numbers: number[]) => sum(numbers),
    "leaves out the first number": (numbers: number[]) =>
      compensated((x, lost) => x - lost, (sum, next, made) => Math.fround(next - sum) - made)(numbers.slice(1)),
    "forgets what was lost before the last addition": (numbers: number[]) => {
      let [total, lost] = [0, 0];
      for (const x of numbers) {
        const next = Math.fround(total + x);
        lost = Math.fround(Math.fround(next - total) - x);
        total = next;
      }
      return Math.fround(total - lost);
    },
  },
};
