/** Kernels that work on rows, along the last axis: softmax, the cross-entropy loss, and the norms. */

import type { FusedKernels } from "../fused.ts";
import type { View } from "../kernels.ts";
import { contiguous } from "../view.ts";
import type { Gpu, Numbers, Operands } from "./gpu.ts";
import type { GpuStorage } from "./storage.ts";
import { along, everyRow, storageOf } from "./views.ts";

type RowKernels = Pick<
  FusedKernels,
  | "softmax"
  | "softmaxBackward"
  | "logSoftmax"
  | "logSoftmaxBackward"
  | "crossEntropy"
  | "crossEntropyBackward"
  | "layerNorm"
  | "layerNormBackward"
  | "rmsNorm"
  | "rmsNormBackward"
>;

/** The parts of softmax: the largest number of each row, and the sum of `e^(x − max)`. */
function exponentials(gpu: Gpu, x: View): { max: View; sum: View } {
  const C = x.shape.at(-1)!;
  const max = along(contiguous(gpu.fold("max", "x", { x }), x.shape.slice(0, -1)), C);
  return { max, sum: along(rowSums(gpu, "Math.exp(x - max)", { x, max }), C) };
}

/** The sum of an expression's values over each row. */
function rowSums(gpu: Gpu, expression: string, operands: Operands, numbers: Numbers = {}): View {
  const { shape } = Object.values(operands)[0]!;
  return contiguous(gpu.fold("sum", expression, operands, 1, numbers), shape.slice(0, -1));
}

/** The sum of an expression's values over each column. */
function columnSums(gpu: Gpu, expression: string, operands: Operands): GpuStorage {
  const columns = Object.entries(operands).map(([name, view]) => [name, columnsFirst(view)] as const);
  return gpu.fold("sum", expression, Object.fromEntries(columns), columns[0]![1].shape.length - 1);
}

/** `[…, C]` as `[C, …]`. */
function columnsFirst({ storage, shape, strides, offset }: View): View {
  return {
    storage,
    shape: [shape.at(-1)!, ...shape.slice(0, -1)],
    strides: [strides.at(-1)!, ...strides.slice(0, -1)],
    offset,
  };
}

/** For each element of rows of V numbers, its column and its row's target. */
function targetColumns(gpu: Gpu, targets: Int32Array, V: number): Operands {
  const N = targets.length;
  return { target: along(contiguous(gpu.write(targets), [N]), V), column: everyRow(gpu.counting(V), [N, V]) };
}

/** The kernels of this file. */
export function rowKernels(gpu: Gpu): RowKernels {
  return {
    softmax: (x) => gpu.map("Math.exp(x - max) / sum", { x, ...exponentials(gpu, x) }),
    softmaxBackward(s, grad) {
      const dot = along(rowSums(gpu, "grad * s", { s, grad }), s.shape.at(-1)!);
      return gpu.map("s * (grad - dot)", { s, grad, dot });
    },
    logSoftmax: (x) => gpu.map("x - max - Math.log(sum)", { x, ...exponentials(gpu, x) }),
    logSoftmaxBackward(l, grad) {
      const total = along(rowSums(gpu, "grad", { grad }), l.shape.at(-1)!);
      return gpu.map("grad - Math.exp(l) * total", { l, grad, total });
    },

    crossEntropy(x, targets) {
      const operands = { x, ...exponentials(gpu, x), ...targetColumns(gpu, targets, x.shape[1]!) };
      return gpu.fold("sum", "column === target ? max - x + Math.log(sum) : 0", operands); // at most one column counts
    },
    crossEntropyBackward(x, targets, grad) {
      const V = x.shape[1]!;
      const operands = { x, ...exponentials(gpu, x), ...targetColumns(gpu, targets, V), grad: along(grad, V) };
      const derivative = "Math.exp(x - max) / sum - (column === target ? 1 : 0)";
      return gpu.map(`target < 0 ? 0 : grad * (${derivative})`, operands);
    },

    layerNorm(a, gain, bias, eps) {
      const operands = { ...centredRows(gpu, a, eps), gain: everyRow(gain, a.shape), bias: everyRow(bias, a.shape) };
      return gpu.map("gain * x * scale + bias", operands);
    },
    layerNormBackward(a, gain, grad, eps) {
      const backward = normBackward(gpu, centredRows(gpu, a, eps), gain, grad);
      // centring subtracts a row's mean, and so does its gradient
      const byA = storageOf(centred(gpu, contiguous(backward.a, a.shape)));
      return { a: byA, gain: backward.gain, bias: columnSums(gpu, "grad", { grad }) };
    },
    rmsNorm(a, gain, eps) {
      return gpu.map("gain * x * scale", { ...scaledRows(gpu, a, eps), gain: everyRow(gain, a.shape) });
    },
    rmsNormBackward: (a, gain, grad, eps) => normBackward(gpu, scaledRows(gpu, a, eps), gain, grad),
  };
}

/**
 * Rows as a norm sees them: `x` is a row of `a` over its `size` (and centred, for layer norm), `x̂ = x · scale`, and
 * `rate` is `1/√(mean a² + eps) = scale / size`. Each stands in every column.
 */
interface NormRows {
  readonly x: View;
  readonly scale: View;
  readonly rate: View;
}

function scaledRows(gpu: Gpu, a: View, eps: number): NormRows {
  const { x, size } = inRange(gpu, a);
  return { x, ...scaling(gpu, x, size, eps) };
}

function centredRows(gpu: Gpu, a: View, eps: number): NormRows {
  const { x: inside, size } = inRange(gpu, a);
  const x = centred(gpu, inside);
  return { x, ...scaling(gpu, x, size, eps) };
}

/** Rows over their size, `[…, C]`, and the size, `[…]`: then no square and no sum of them overflows. */
function inRange(gpu: Gpu, a: View): { x: View; size: View } {
  const greatest = contiguous(gpu.fold("max", "Math.abs(a)", { a }), a.shape.slice(0, -1));
  const size = contiguous(gpu.map("rowScale(greatest)", { greatest }), greatest.shape);
  const x = gpu.map("quotient(a, size)", { a, size: along(size, a.shape.at(-1)!) });
  return { x: contiguous(x, a.shape), size };
}

/** Rows minus their mean, twice, as rounding leaves a rest of it: rows of equal numbers become exactly 0. */
function centred(gpu: Gpu, a: View): View {
  const C = a.shape.at(-1)!;
  const sum = along(rowSums(gpu, "a", { a }), C);
  const left = along(rowSums(gpu, "a - sum / C", { a, sum }, { C }), C);
  return contiguous(gpu.map("a - sum / C - left / C", { a, sum, left }, { C }), a.shape);
}

/**
 * `1/√(mean x² + eps/size²)`, and the same over `size`: the rows are those of `a = x · size`. The square of a large size
 * leaves nothing of eps, which matters where all x are 0.
 */
function scaling(gpu: Gpu, x: View, size: View, eps: number): { scale: View; rate: View } {
  const C = x.shape.at(-1)!;
  const sum = rowSums(gpu, "x * x", { x }); // [...]
  const scale = "1 / Math.sqrt(sum === 0 ? eps : sum / C + eps / size / size)";
  return {
    scale: along(contiguous(gpu.map(scale, { sum, size }, { C, eps }), size.shape), C),
    rate: along(contiguous(gpu.map(`${scale} / (sum === 0 ? 1 : size)`, { sum, size }, { C, eps }), size.shape), C),
  };
}

/**
 * The gradients of `gain ⊙ x̂`: with `h = grad ⊙ gain`, `da = rate · (h − x̂ · mean(h ⊙ x̂))`, and `dgain = Σ grad ⊙ x̂`
 * over the rows.
 */
function normBackward(gpu: Gpu, { x, scale, rate }: NormRows, gain: View, grad: View) {
  const C = grad.shape.at(-1)!;
  const operands = { x, scale, grad, gain: everyRow(gain, grad.shape) };
  const sum = along(rowSums(gpu, "grad * gain * x * scale", operands), C);
  return {
    a: gpu.map("(grad * gain - x * scale * sum / C) * rate", { ...operands, sum, rate }, { C }),
    gain: columnSums(gpu, "grad * x * scale", { x, scale, grad }),
  };
}
