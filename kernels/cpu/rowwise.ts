/** Fused kernels that work on one row after another: softmax, cross-entropy and the norms. */

import type { FusedKernels } from "../fused.ts";
import type { View } from "../kernels.ts";
import type { Engine } from "./engine.ts";
import { put } from "./layout.ts";
import type { Floats } from "./memory.ts";
import { areBelow, hasLength, hasShape, rowsOf } from "./operands.ts";
import { sumColumns } from "./reduce.ts";

/** About the time for one element, in ns. */
const ELEMENT_NS = 0.8;
/** The same for the gradients of a norm. */
const NORM_BACKWARD_NS = 1.8;

/** The kernels of this file. */
export type RowwiseKernels = Pick<
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

/** Makes the kernels of this file for an engine. */
export function rowwiseKernels(engine: Engine): RowwiseKernels {
  return {
    softmax: (a) => rowwise(engine, "softmax", a),
    softmaxBackward: (s, grad) => rowwiseBackward(engine, "softmaxBackward", s, grad),
    logSoftmax: (a) => rowwise(engine, "logSoftmax", a),
    logSoftmaxBackward: (l, grad) => rowwiseBackward(engine, "logSoftmaxBackward", l, grad),

    crossEntropy(logits, targets) {
      const { n, rows } = checkTargets("crossEntropy", logits, targets);
      const { memory } = engine;
      memory.begin();
      const operands = { x: put(engine, logits), targets: memory.putIntegers(targets) };
      const out = memory.allocateResult(rows);
      const localLength = n + 16; // where each thread puts a row's exponentials
      const local = memory.allocate(engine.pool.threads * localLength);
      const args = { ...operands, n, out, local, localBytes: 4 * localLength, rows };
      engine.run("crossEntropy", args, engine.plan(rows, n * ELEMENT_NS));
      return memory.take(out, rows);
    },

    crossEntropyBackward(logits, targets, grad) {
      const { n, rows } = checkTargets("crossEntropyBackward", logits, targets);
      hasShape("crossEntropyBackward", "the gradient", grad, [rows]);
      const { memory } = engine;
      memory.begin();
      const operands = { x: put(engine, logits), targets: memory.putIntegers(targets), grad: put(engine, grad) };
      const out = memory.allocateResult(rows * n);
      engine.run("crossEntropyBackward", { ...operands, n, out, rows }, engine.plan(rows, n * ELEMENT_NS));
      return memory.take(out, rows * n);
    },

    layerNorm: (a, gain, bias, eps) => norm(engine, a, gain, bias, eps),
    layerNormBackward: (a, gain, grad, eps) => normBackward(engine, a, gain, grad, eps, true),
    rmsNorm: (a, gain, eps) => norm(engine, a, gain, undefined, eps),
    rmsNormBackward: (a, gain, grad, eps) => normBackward(engine, a, gain, grad, eps, false),
  };
}

function rowwise(engine: Engine, kernel: "softmax" | "logSoftmax", a: View): Floats {
  const { memory } = engine;
  memory.begin();
  const { n, rows } = rowsOf(a);
  const x = put(engine, a);
  const out = memory.allocateResult(rows * n);
  engine.run(kernel, { x, n, out, rows }, engine.plan(rows, n * ELEMENT_NS));
  return memory.take(out, rows * n);
}

function rowwiseBackward(
  engine: Engine,
  kernel: "softmaxBackward" | "logSoftmaxBackward",
  out: View,
  grad: View,
): Floats {
  hasShape(kernel, "the gradient", grad, out.shape);
  const { memory } = engine;
  memory.begin();
  const { n, rows } = rowsOf(out);
  const operands = { y: put(engine, out), grad: put(engine, grad) };
  const result = memory.allocateResult(rows * n);
  engine.run(kernel, { ...operands, n, out: result, rows }, engine.plan(rows, n * ELEMENT_NS));
  return memory.take(result, rows * n);
}

/** Checks that every row of logits has a target, and every target a logit; returns the rows and their length. */
function checkTargets(kernel: string, logits: View, targets: Int32Array): { n: number; rows: number } {
  const { n, rows } = rowsOf(logits);
  hasLength(kernel, "the targets", targets, rows);
  areBelow(kernel, targets, n, -Infinity);
  return { n, rows };
}

/** Layer norm, or, without a bias, RMS norm. */
function norm(engine: Engine, a: View, gain: View, bias: View | undefined, eps: number): Floats {
  const { n, rows } = rowsOf(a);
  hasShape("a norm", "the gain", gain, [n]);
  if (bias !== undefined) hasShape("a norm", "the bias", bias, [n]);
  const { memory } = engine;
  memory.begin();
  const operands = { x: put(engine, a), gain: put(engine, gain), bias: bias ? put(engine, bias) : zeros(engine, n) };
  const out = memory.allocateResult(rows * n);
  const plan = engine.plan(rows, n * ELEMENT_NS);
  engine.run("norm", { ...operands, out, n, eps, centred: bias ? 1 : 0, rows }, plan);
  return memory.take(out, rows * n);
}

/** The gradients of layer norm (`centred`), or RMS norm. */
function normBackward(engine: Engine, a: View, gain: View, grad: View, eps: number, centred: boolean) {
  const { n, rows } = rowsOf(a);
  hasShape("the gradient of a norm", "its output's gradient", grad, a.shape);
  hasShape("the gradient of a norm", "the gain", gain, [n]);
  const { memory } = engine;
  memory.begin();
  const operands = { x: put(engine, a), gain: put(engine, gain), grad: put(engine, grad) };
  const out = memory.allocateResult(rows * n);
  const plan = engine.plan(rows, n * NORM_BACKWARD_NS);
  const partial = memory.allocate(plan.chunks * 2 * n); // the gradients of gain and bias, for each chunk
  engine.run("normBackward", { ...operands, out, partial, n, eps, centred: centred ? 1 : 0, rows }, plan);
  const sums = memory.allocate(2 * n);
  sumColumns(engine, { x: partial, stride: 4 * 2 * n, rows: plan.chunks, out: sums, columns: 2 * n });
  return {
    a: memory.take(out, rows * n),
    gain: memory.take(sums, n),
    bias: memory.take(sums + 4 * n, n),
  };
}

function zeros(engine: Engine, n: number): number {
  const address = engine.memory.allocate(n);
  engine.memory.floats.fill(0, address / 4, address / 4 + n);
  return address;
}
