/**
 * Every kernel on every device against `reference`, on special values: NaN, ±∞, ±0, subnormal numbers, the largest and the
 * smallest, negative bases, ties. `Kernels` states what is promised. A kernel, or an operation of a kernel, without a rule
 * here does not compile.
 */

import assert from "node:assert/strict";
import { cpuKernels } from "../kernels/cpu/mod.ts";
import type { AdamWOptions } from "../kernels/fused.ts";
import type { BinaryOp, Kernels, ReduceOp, Storage, UnaryBackwardOp, UnaryOp, View } from "../kernels/kernels.ts";
import { rowMajor, type Shape, sizeOf } from "../kernels/view.ts";
import { gpuDevices } from "./support/gpu.ts";
import {
  compare,
  EXTREMES,
  LARGE,
  type Numbers,
  ORDINARY,
  type Precision,
  SMALL,
  SPECIAL,
  type Trial,
} from "./support/special_values.ts";

/** The names of the functions of a device. */
type KernelName = {
  [Name in keyof Kernels]-?: Kernels[Name] extends (...args: never[]) => unknown ? Name : never;
}[keyof Kernels];

/** The functions of float32 that are exact but for one rounding of their result. */
const ROUNDED: Precision = { relative: 2 ** -23 };

/** What exponentials make of float32: `e^x` turns an error of x's last digit into one of |x| last digits. */
const EXPONENTIAL: Precision = { relative: 2e-5 };

/** Functions that tend to 0 or 1: near 1, float32 has seven digits of them, and of their distance to 1 fewer. */
const BOUNDED: Precision = { relative: 1e-5, absolute: 2e-7 };

const UNARY: Record<UnaryOp, Precision> = {
  neg: ROUNDED,
  exp: EXPONENTIAL,
  log: { relative: 1e-6, absolute: 1e-6 },
  sqrt: ROUNDED,
  abs: ROUNDED,
  sign: ROUNDED,
  sin: BOUNDED,
  cos: BOUNDED,
  tanh: BOUNDED,
  sigmoid: EXPONENTIAL,
  relu: ROUNDED,
  erf: BOUNDED,
  gelu: BOUNDED,
  geluTanh: BOUNDED,
  silu: { ...EXPONENTIAL, absolute: 1e-36 }, // where e⁹⁰ is infinite, 1 / (1 + e⁹⁰) is 0
};

const UNARY_BACKWARD: Record<UnaryBackwardOp, Precision> = {
  exp: { ...EXPONENTIAL, absolute: 3e-38, overflows: true }, // of a power that may have become 0 or infinite
  sqrt: ROUNDED,
  abs: ROUNDED,
  sin: BOUNDED,
  cos: BOUNDED,
  tanh: BOUNDED,
  sigmoid: BOUNDED,
  relu: ROUNDED,
  erf: BOUNDED,
  gelu: BOUNDED,
  geluTanh: BOUNDED,
  silu: BOUNDED,
};

/** Sine and cosine are accurate up to here; WGSL asks for even less. */
const FIRST_TURNS = 100;

const BINARY: Record<BinaryOp, Precision> = {
  add: ROUNDED,
  sub: ROUNDED,
  mul: ROUNDED,
  div: ROUNDED,
  pow: { relative: 1e-4 }, // 2^(y · log₂ x): its exponent, up to 128, is rounded to 2⁻¹⁷
  greater: ROUNDED,
  equal: ROUNDED,
  maximum: ROUNDED,
  minimum: ROUNDED,
};

const REDUCE: Record<ReduceOp, Precision> = {
  sum: { sums: true },
  max: ROUNDED,
};

/** All pairs. */
function pairs(left: readonly number[], right: readonly number[]): [number[], number[]] {
  return [left.flatMap((x) => right.map(() => x)), left.flatMap(() => right)];
}

function list(data: readonly number[]): Numbers {
  return { shape: [data.length], data };
}

function table(rows: readonly (readonly number[])[]): Numbers {
  return { shape: [rows.length, rows[0]!.length], data: rows.flat() };
}

/** Rows of six numbers that have one or two of these, or are all alike, or tie. */
function rowsWith(special: readonly number[]): number[][] {
  return [
    ...special.map((x) => [0.5, x, -1.25, 2, 0.25, 1]),
    ...special.map((x) => [0.5, 1.5, -1.25, 2, 0.25, x]),
    ...special.flatMap((x) => special.map((y) => [x, 0.5, -1.25, y, 0.25, 1])),
    ...special.map((x) => [x, x, x, x, x, x]),
    [2, 1, 2, 2, -1, 0],
  ];
}

const FEW = [...EXTREMES.filter((x) => x !== 1e-40 && x !== -1e-40), 1e-20, 100, -100];
const ROWS = rowsWith(FEW);
const LARGE_ROWS = rowsWith([...FEW, ...LARGE]);

/** Numbers that look random, as gradients and weights. */
function ordinary(shape: Shape): Numbers {
  return { shape, data: Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * 1.7 + 1) + 0.1) };
}

function like(view: View, storage: Storage): View {
  return { ...rowMajor(view.shape), storage };
}

/** Gradients `[N, C]` beside rows: of ordinary numbers, or of special ones beside ordinary rows. */
function besideRows(rows: number[][]): [Numbers, Numbers][] {
  const special = table(rows);
  return [[special, ordinary(special.shape)], [ordinary(special.shape), special]];
}

const UNARY_NAMES = Object.keys(UNARY) as UnaryOp[]; // the keys of a record of all
const UNARY_BACKWARD_NAMES = Object.keys(UNARY_BACKWARD) as UnaryBackwardOp[]; // likewise
const BINARY_NAMES = Object.keys(BINARY) as BinaryOp[]; // likewise
const REDUCE_NAMES = Object.keys(REDUCE) as ReduceOp[]; // likewise

function argumentsOf(op: UnaryOp): readonly number[] {
  const periodic = op === "sin" || op === "cos";
  return periodic ? SPECIAL.filter((x) => !(Math.abs(x) > FIRST_TURNS) || !Number.isFinite(x)) : SPECIAL;
}

/** The layer norms' rows: with several small cases, as a column's sum is NaN if any row is. */
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

/** What each kernel is tried on. */
const RULES: Record<KernelName, () => Trial[]> = {
  write: () => [{ operands: [list(SPECIAL)], call: (_, a) => a!.storage }],
  read: () => [{ operands: [list(SPECIAL)], call: (k, a) => k.write(k.read(a!.storage)) }],
  copy: () => [{ operands: [list(SPECIAL)], call: (k, a) => k.copy(a!) }],
  full: () => SPECIAL.map((x) => ({ operands: [], call: (k) => k.full(2, Math.fround(x)) })),

  unary: () => [
    ...UNARY_NAMES.map((op): Trial => {
      return { op, operands: [list(argumentsOf(op))], call: (k, a) => k.unary(op, a!), ...UNARY[op] };
    }),
    ...(["sin", "cos"] as const).map((op): Trial => ({ // of large numbers, it is at least within −1 and 1
      op: `${op} > 1`,
      operands: [list(SPECIAL.filter((x) => Math.abs(x) > FIRST_TURNS))],
      call(k, a) {
        const size = like(a!, k.unary("abs", like(a!, k.unary(op, a!))));
        return k.binary("greater", size, like(a!, k.full(size.storage.length, 1.00001)));
      },
    })),
  ],

  unaryBackward: () =>
    UNARY_BACKWARD_NAMES.flatMap((op) => {
      const call: Trial["call"] = (k, a, grad) => k.unaryBackward(op, a!, like(a!, k.unary(op, a!)), grad!);
      // an infinite gradient meets a derivative that float32 may round to 0 only where none is as small
      const [all, few] = [pairs(argumentsOf(op), [1, -2, 0, NaN]), pairs([0.5, -0.5, 1, -1], [Infinity, -Infinity])];
      return [all, few].map(([x, grad]) => ({ op, operands: [list(x), list(grad)], call, ...UNARY_BACKWARD[op] }));
    }),

  binary: () =>
    BINARY_NAMES.flatMap((op): Trial[] => {
      const [x, y] = pairs(SPECIAL, SPECIAL);
      const n = SPECIAL.length;
      return [
        { op, operands: [list(x), list(y)], call: (k, a, b) => k.binary(op, a!, b!), ...BINARY[op] },
        { // one number for all, as in a square: devices may know short ways
          op: `${op}, broadcast`,
          operands: [list(SPECIAL), list(SPECIAL)],
          call(k, a, b) {
            const parts = SPECIAL.map((_, i) => {
              const out = k.binary(op, a!, { ...b!, strides: [0], offset: i });
              return { view: like(a!, out), layout: { shape: [n], strides: [1], offset: i * n } };
            });
            return k.assemble(n * n, parts);
          },
          ...BINARY[op],
        },
      ];
    }),

  select: () => {
    const [condition, x] = pairs(SPECIAL, SPECIAL);
    const operands = [list(condition), list(x), list(x.toReversed())];
    return [{ operands, call: (k, c, a, b) => k.select(c!, a!, b!) }];
  },

  reduce: () =>
    REDUCE_NAMES.flatMap((op) => {
      const call: Trial["call"] = (k, a) => k.reduce(op, a!, 1);
      const long = SPECIAL.map((x) => Array.from({ length: 700 }, (_, i) => i === 555 ? x : Math.sin(i)));
      return [LARGE_ROWS, long].map((rows) => ({ op, operands: [table(rows)], call, ...REDUCE[op] }));
    }),

  argmax: () => {
    const long = SPECIAL.map((x) => Array.from({ length: 700 }, (_, i) => i >= 555 ? x : Math.sin(i)));
    return [LARGE_ROWS, long].map((rows) => ({ operands: [table(rows)], call: (k, a) => k.write(k.argmax(a!)) }));
  },

  cumsum: () =>
    [false, true].map((reverse) => ({
      operands: [table(LARGE_ROWS)],
      call: (k, a) => k.cumsum(a!, reverse),
      sums: true,
    })),

  matmul: () => {
    const [rows, few] = [table(LARGE_ROWS), table(LARGE_ROWS.slice(0, 3))];
    const columns = {
      shape: [6, LARGE_ROWS.length],
      data: [0, 1, 2, 3, 4, 5].flatMap((i) => LARGE_ROWS.map((row) => row[i]!)),
    };
    return [[rows, ordinary([6, 5])], [ordinary([5, 6]), columns], [few, columns], [rows, columns]].map((operands) => {
      return { operands, call: (k, a, b) => k.matmul(a!, b!), sums: true };
    });
  },

  gather: () => [{
    operands: [table(LARGE_ROWS)],
    call: (k, a) => k.gather(a!, Int32Array.from({ length: LARGE_ROWS.length }, (_, i) => i)),
  }],

  scatterAdd: () => [{
    operands: [table(LARGE_ROWS)],
    call: (k, a) => k.scatterAdd(a!, Int32Array.from({ length: LARGE_ROWS.length }, (_, i) => i >> 1), [200, 6]),
    sums: true,
  }],

  assemble: () => [{
    operands: [list(SPECIAL), list(SPECIAL)],
    call: (k, a, b) => {
      const layout = (offset: number) => ({ shape: a!.shape, strides: [2], offset });
      return k.assemble(2 * SPECIAL.length, [{ view: a!, layout: layout(0) }, { view: b!, layout: layout(1) }]);
    },
  }],

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
    const ofOne = [...EXTREMES, ...SMALL, ...ORDINARY, 1e18, -1e18]; // the square of a greater gradient is no float32
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

const OPERATIONS = Object.entries(RULES).flatMap(([name, trials]) => {
  const count = { unary: UNARY_NAMES, unaryBackward: UNARY_BACKWARD_NAMES, binary: BINARY_NAMES, reduce: REDUCE_NAMES };
  const ops: readonly string[] = count[name as keyof typeof count] ?? [""]; // most kernels are one operation
  return ops.map((op) => ({ name, op, trials }));
}).length;

const DEVICES: [name: string, kernels: Kernels][] = [
  ["cpu, relaxed SIMD", cpuKernels({ relaxed: true })],
  ["cpu, plain SIMD", cpuKernels({ relaxed: false })],
  ...(await gpuDevices()).map((device): [string, Kernels] => [`gpu on ${device.engine.engine}`, device]),
];

let compared = 0;

for (const [device, kernels] of DEVICES) {
  for (const [name, trials] of Object.entries(RULES)) {
    Deno.test(`${device}: ${name} agrees with reference on special values`, () => {
      const differences: string[] = [];
      for (const trial of trials()) {
        const { count, differences: found } = compare(kernels, trial);
        compared += count;
        differences.push(...found);
      }
      assert.ok(differences.length === 0, `${differences.length} differ:\n${differences.slice(0, 12).join("\n")}`);
    });
  }
}

Deno.test("the law of special values covers every operation, every device, and many values", () => {
  // deno-lint-ignore no-console -- a report of how much was compared is wanted
  console.log(`special values: ${OPERATIONS} operations on ${DEVICES.length} devices and engines, ${compared} results`);
  assert.ok(OPERATIONS > 50);
});
