/** Special values for kernels that map, reduce or move single elements. */

import type { BinaryOp, ReduceOp, UnaryBackwardOp, UnaryOp } from "../../kernels/kernels.ts";
import { BOUNDED, LARGE_ROWS, like, list, ordinary, pairs, type Rules, table } from "./special_numbers.ts";
import { type Precision, SPECIAL, type Trial } from "./special_values.ts";

/** The float32 functions that are exact up to one rounding of their result. */
const ROUNDED: Precision = { relative: 2 ** -23 };

/** The error of exponentials in float32: `e^x` turns an error of one unit in x's last place into one of |x| units. */
const EXPONENTIAL: Precision = { relative: 2e-5 };

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
  exp: { ...EXPONENTIAL, absolute: 3e-38, overflows: true }, // divides by a power that may be 0 or infinite
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

/** Sine and cosine are accurate up to here; WGSL requires even less. */
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

const UNARY_NAMES = Object.keys(UNARY) as UnaryOp[]; // the keys of a record of all
const UNARY_BACKWARD_NAMES = Object.keys(UNARY_BACKWARD) as UnaryBackwardOp[]; // likewise
const BINARY_NAMES = Object.keys(BINARY) as BinaryOp[]; // likewise
const REDUCE_NAMES = Object.keys(REDUCE) as ReduceOp[]; // likewise

function argumentsOf(op: UnaryOp): readonly number[] {
  const periodic = op === "sin" || op === "cos";
  return periodic ? SPECIAL.filter((x) => !(Math.abs(x) > FIRST_TURNS) || !Number.isFinite(x)) : SPECIAL;
}

/** The operations of kernels that have several. */
export const OPERATIONS_OF = {
  unary: UNARY_NAMES,
  unaryBackward: UNARY_BACKWARD_NAMES,
  binary: BINARY_NAMES,
  reduce: REDUCE_NAMES,
} as const;

/** The kernels of this file. */
type ElementKernel =
  | "write"
  | "read"
  | "copy"
  | "full"
  | "unary"
  | "unaryBackward"
  | "binary"
  | "select"
  | "reduce"
  | "argmax"
  | "cumsum"
  | "matmul"
  | "gather"
  | "scatterAdd"
  | "assemble";

/** The trials of each of them. */
export const ELEMENT_RULES: Rules<ElementKernel> = {
  write: () => [{ operands: [list(SPECIAL)], call: (_, a) => a!.storage }],
  read: () => [{ operands: [list(SPECIAL)], call: (k, a) => k.write(k.read(a!.storage)) }],
  copy: () => [{ operands: [list(SPECIAL)], call: (k, a) => k.copy(a!) }],
  full: () => SPECIAL.map((x) => ({ operands: [], call: (k) => k.full(2, Math.fround(x)) })),

  unary: () => [
    ...UNARY_NAMES.map((op): Trial => {
      return { op, operands: [list(argumentsOf(op))], call: (k, a) => k.unary(op, a!), ...UNARY[op] };
    }),
    ...(["sin", "cos"] as const).map((op): Trial => ({ // for large numbers, the result is at least within −1 and 1
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
      // no infinite gradients beside derivatives so small that float32 may round them to 0
      const [all, few] = [pairs(argumentsOf(op), [1, -2, 0, NaN]), pairs([0.5, -0.5, 1, -1], [Infinity, -Infinity])];
      return [all, few].map(([x, grad]) => ({ op, operands: [list(x), list(grad)], call, ...UNARY_BACKWARD[op] }));
    }),

  binary: () =>
    BINARY_NAMES.flatMap((op): Trial[] => {
      const [x, y] = pairs(SPECIAL, SPECIAL);
      const n = SPECIAL.length;
      return [
        { op, operands: [list(x), list(y)], call: (k, a, b) => k.binary(op, a!, b!), ...BINARY[op] },
        { // one number for all, as in a square: devices may have special cases
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
};
