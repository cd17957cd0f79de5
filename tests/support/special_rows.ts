/** Special values for kernels that work on rows: softmax, losses, norms, attention; and for those of training. */

import type { AdamWOptions, FusedKernels } from "../../kernels/fused.ts";
import type { Kernels, View } from "../../kernels/kernels.ts";
import { rowMajor } from "../../kernels/view.ts";
import { BOUNDED, FEW, LARGE_ROWS, like, list, ordinary, ROWS, type Rules, table } from "./special_numbers.ts";
import {
  EXTREMES,
  LARGE,
  type Numbers,
  ORDINARY,
  type Precision,
  SMALL,
  SPECIAL,
  type Trial,
} from "./special_values.ts";

/** Gradients `[N, C]` for rows: ordinary numbers, or special ones for ordinary rows. */
function besideRows(rows: number[][]): [Numbers, Numbers][] {
  const special = table(rows);
  return [[special, ordinary(special.shape)], [ordinary(special.shape), special]];
}

/** The rows for layer norms: several small cases, as a column's sum is NaN if any row is. */
function normTrials(
  norm: (k: Kernels, views: View[]) => ReturnType<Trial["call"]>,
  more: Precision = {},
): Trial[] {
  const gain = ordinary([6]);
  const [bias, grad] = [ordinary([6]), ordinary([1, 6])];
  const inRow = [...FEW, ...LARGE].flatMap((
    x,
  ) => [[0.5, x, -1.25, 2, 0.25, 1], [x, x, x, x, x, x], [x, -x, 0, 1, 0, 0]]);
  const call: Trial["call"] = (k, ...views) => norm(k, views);
  const precision = { relative: 1e-4, absolute: 1e-4, ...more };
  return [
    ...inRow.map((row) => ({ operands: [table([row]), gain, bias, grad], call, ...precision })),
    ...FEW.flatMap((x) => {
      const row = { ...gain, data: gain.data.with(2, x) };
      return [[ordinary([1, 6]), row, bias, grad], [ordinary([1, 6]), gain, bias, { ...row, shape: [1, 6] }]];
    }).map((operands) => ({ operands, call, ...precision })),
  ];
}

const ATTENTION = { q: [3, 2], k: [4, 2], v: [4, 2], grad: [3, 2] } as const;

/** Attention with one number of q, k, v or grad replaced: of the first key or the last query, so that the two meet. */
function attentionTrials(call: (k: Kernels, causal: boolean, views: View[]) => ReturnType<Trial["call"]>): Trial[] {
  const cases = [...FEW, 1e20, -1e20].flatMap((x) => ["q", "k", "v", "grad"].map((name) => ({ x, name })));
  const operands = Object.entries(ATTENTION).map(([name, shape]): Numbers => {
    const { data } = ordinary(shape);
    const place = name === "q" || name === "grad" ? -1 : 1;
    const each = cases.map((drawn) => drawn.name === name ? data.with(place, drawn.x) : data);
    return { shape: [cases.length, ...shape], data: each.flat() };
  });
  const precision = { relative: 1e-4, absolute: 1e-4, overflows: true };
  return [false, true].map((causal) => ({ operands, call: (k, ...views) => call(k, causal, views), ...precision }));
}

const ADAM: AdamWOptions = { lr: 0.1, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0.1, step: 3 };

/** The trials of each fused kernel. */
export const ROW_RULES: Rules<Exclude<keyof FusedKernels, "unaryBackward">> = {
  softmax: () => [{ operands: [table(LARGE_ROWS)], call: (k, a) => k.softmax(a!), ...BOUNDED }],
  softmaxBackward: () =>
    besideRows(ROWS).map((operands) => {
      return { operands, call: (k, s, grad) => k.softmaxBackward(s!, grad!), absolute: 1e-4, relative: 1e-5 };
    }),
  logSoftmax:
    () => [{ operands: [table(LARGE_ROWS)], call: (k, a) => k.logSoftmax(a!), relative: 1e-5, absolute: 1e-6 }],
  logSoftmaxBackward: () =>
    besideRows(ROWS.filter((row) => row.every((x) => x !== 100))).map((operands) => {
      return { operands, call: (k, l, grad) => k.logSoftmaxBackward(l!, grad!), absolute: 1e-4, relative: 1e-5 };
    }),

  crossEntropy: () =>
    [-1, 0, 1, 3].map((target) => ({
      operands: [table(LARGE_ROWS)],
      call: (k, a) => k.crossEntropy(a!, new Int32Array(LARGE_ROWS.length).fill(target)),
      relative: 1e-5,
      absolute: 1e-6,
    })),
  crossEntropyBackward: () =>
    [-1, 0, 1, 3].map((target) => ({
      operands: [table(LARGE_ROWS), list(LARGE_ROWS.map((_, i) => [1, -2, 0, NaN][i % 4]!))],
      call: (k, a, grad) => k.crossEntropyBackward(a!, new Int32Array(LARGE_ROWS.length).fill(target), grad!),
      ...BOUNDED,
    })),

  layerNorm: () => normTrials((k, [a, gain, bias]) => k.layerNorm(a!, gain!, bias!, 1e-5)),
  layerNormBackward: () =>
    normTrials((k, [a, gain, , grad]) => {
      const by = k.layerNormBackward(a!, gain!, grad!, 1e-5);
      return { a: by.a, gain: by.gain, bias: by.bias };
    }, { anyInfinity: true }), // several means are subtracted
  rmsNorm: () => normTrials((k, [a, gain]) => k.rmsNorm(a!, gain!, 1e-5)),
  rmsNormBackward: () =>
    normTrials((k, [a, gain, , grad]) => {
      const by = k.rmsNormBackward(a!, gain!, grad!, 1e-5);
      return { a: by.a, gain: by.gain };
    }),

  attention: () => attentionTrials((k, causal, [q, keys, v]) => k.attention(q!, keys!, v!, { scale: 0.7, causal }).out),
  attentionBackward: () =>
    attentionTrials((k, causal, [q, keys, v, grad]) => {
      const rule = { scale: 0.7, causal };
      const { out, max, sum } = k.attention(q!, keys!, v!, rule);
      const rows = rowMajor(q!.shape.slice(0, -1));
      const attended = { out: like(grad!, out), max: { ...rows, storage: max }, sum: { ...rows, storage: sum } };
      const by = k.attentionBackward(q!, keys!, v!, attended, grad!, rule);
      return { q: by.q, k: by.k, v: by.v };
    }),

  dropout: () =>
    [0, 0.5].map((rate) => ({
      operands: [list([...SPECIAL, ...SPECIAL])],
      call: (k, a) => k.dropout(a!, rate, 7),
    })),

  adamW: () => {
    const ofOne = [...EXTREMES, ...SMALL, ...ORDINARY, 1e18, -1e18]; // the square of a larger one overflows float32
    const all = [0, 1, 2, 3].map((at) => {
      const data = [0, 1, 2, 3].flatMap((varied) => varied === at ? [...SPECIAL] : SPECIAL.map(() => 0.5));
      return list(data.map((x) => at === 1 && !ofOne.includes(x) ? 0.5 : x));
    });
    return [{
      operands: all,
      call: (k, p, grad, mean, square) => {
        const moments = { mean: k.copy(mean!), square: k.copy(square!) };
        const { parameter, moments: { mean: newMean, square: newSquare } } = k.adamW(p!, grad!, moments, ADAM);
        return { parameter, mean: newMean, square: newSquare };
      },
      relative: 1e-5,
      overflows: true, // the mean over 1 − β₁ᵗ
    }];
  },
};
