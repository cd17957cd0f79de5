/**
 * The `reference` device: float64 and plain loops, written to be read. Every other device is tested against it.
 *
 * (`!` after an index says that the loop's bounds keep it inside the array, which the compiler cannot see.)
 */

import type { BinaryOp, Kernels, ReduceOp } from "../kernels.ts";
import { elementOffsets, type Layout, sizeOf } from "../view.ts";
import { attentionKernels } from "./attention.ts";
import { elements, joined, numbers, rows } from "./elements.ts";
import { normKernels } from "./norm.ts";
import { softmaxKernels } from "./softmax.ts";
import { trainingKernels } from "./training.ts";
import { DERIVATIVES, UNARY } from "./unary.ts";

const BINARY: Record<BinaryOp, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow,
  greater: (a, b) => a > b ? 1 : 0,
  equal: (a, b) => a === b ? 1 : 0,
  maximum: Math.max,
  minimum: Math.min,
};

/** `a ** b`, except that JavaScript has NaN for `1 ** NaN` and `(±1) ** ±∞`, where IEEE 754 has 1. */
function pow(a: number, b: number): number {
  return a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b;
}

const REDUCE: Record<ReduceOp, { start: number; fold: (soFar: number, x: number) => number }> = {
  sum: { start: 0, fold: (sum, x) => sum + x },
  max: { start: -Infinity, fold: Math.max },
};

/** The kernels of the `reference` device. */
export const reference: Kernels = {
  device: "reference",
  precision: "float64",

  ...softmaxKernels,
  ...normKernels,
  ...attentionKernels,
  ...trainingKernels,

  write: (values) => Float64Array.from(values),
  read: (storage) => numbers(storage).slice(),
  full: (length, value) => new Float64Array(length).fill(value),
  copy: (a) => elements(a),

  unary: (op, a) => elements(a).map(UNARY[op]),

  unaryBackward(op, a, out, grad) {
    const [x, y] = [elements(a), elements(out)];
    return elements(grad).map((g, i) => g * DERIVATIVES[op](x[i]!, y[i]!));
  },

  binary(op, a, b) {
    const f = BINARY[op];
    const y = elements(b);
    return elements(a).map((x, i) => f(x, y[i]!));
  },

  select(condition, a, b) {
    const [x, y] = [elements(a), elements(b)];
    return elements(condition).map((c, i) => c !== 0 ? x[i]! : y[i]!);
  },

  reduce(op, a, axes) {
    const { start, fold } = REDUCE[op];
    const [kept, folded] = splitShape(a, axes);
    const x = elements(a);
    const out = new Float64Array(sizeOf(kept)).fill(start);
    const count = sizeOf(folded);
    for (let i = 0; i < out.length; i++) {
      for (let j = 0; j < count; j++) out[i] = fold(out[i]!, x[i * count + j]!);
    }
    return out;
  },

  argmax(a) {
    const count = a.shape.at(-1)!;
    const x = elements(a);
    const out = new Int32Array(x.length / count);
    for (let i = 0; i < out.length; i++) {
      for (let j = 1; j < count; j++) if (exceeds(x[i * count + j]!, x[i * count + out[i]!]!)) out[i] = j;
    }
    return out;
  },

  cumsum(a, reverse) {
    const rowsOfA = rows(a);
    for (const row of rowsOfA) {
      if (reverse) row.reverse();
      for (let i = 1; i < row.length; i++) row[i]! += row[i - 1]!;
      if (reverse) row.reverse();
    }
    return joined(rowsOfA);
  },

  matmul(a, b) {
    const [M, K, N] = [a.shape.at(-2)!, a.shape.at(-1)!, b.shape.at(-1)!];
    const [x, y] = [elements(a), elements(b)];
    const batch = sizeOf(a.shape.slice(0, -2));
    const out = new Float64Array(batch * M * N);
    for (let n = 0; n < batch; n++) {
      for (let i = 0; i < M; i++) {
        for (let j = 0; j < N; j++) {
          let sum = 0;
          for (let k = 0; k < K; k++) sum += x[(n * M + i) * K + k]! * y[(n * K + k) * N + j]!;
          out[(n * M + i) * N + j] = sum;
        }
      }
    }
    return out;
  },

  gather(a, indices) {
    const row = sizeOf(a.shape.slice(1));
    const x = elements(a);
    const out = new Float64Array(indices.length * row);
    indices.forEach((index, i) => out.set(x.subarray(index * row, (index + 1) * row), i * row));
    return out;
  },

  scatterAdd(a, indices, shape) {
    const row = sizeOf(shape.slice(1));
    const x = elements(a);
    const out = new Float64Array(sizeOf(shape));
    indices.forEach((index, i) => {
      for (let j = 0; j < row; j++) out[index * row + j]! += x[i * row + j]!;
    });
    return out;
  },

  assemble(length, parts) {
    const out = new Float64Array(length);
    for (const { view, layout } of parts) {
      const x = elements(view);
      elementOffsets(layout).forEach((offset, i) => out[offset] = x[i]!);
    }
    return out;
  },
};

/** Whether `x` takes the place of the greatest number so far: NaN counts as greater than all numbers. */
function exceeds(x: number, greatest: number): boolean {
  return x > greatest || (Number.isNaN(x) && !Number.isNaN(greatest));
}

/** A shape cut before its last `axes` axes. */
function splitShape({ shape }: Layout, axes: number): [number[], number[]] {
  const cut = shape.length - axes;
  return [shape.slice(0, cut), shape.slice(cut)];
}
