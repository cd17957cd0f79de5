/** Fused kernels that work on one row after another: softmax, cross-entropy and the norms. */

import type { View } from "../kernels.ts";
import { sizeOf } from "../view.ts";
import type { Engine } from "./engine.ts";
import type { Floats } from "./memory.ts";
import { put } from "./layout.ts";
import { sumColumns } from "./reduce.ts";

/** About what one element takes, in ns. */
const ELEMENT_NS = 0.8;
/** The gradients of a norm take longer. */
const NORM_BACKWARD_NS = 1.8;

/** Runs a kernel over rows along the last axis: operands, row length, result, number of rows. */
export function rowwise(engine: Engine, kernel: string, ...operands: View[]): Floats {
  const { memory } = engine;
  memory.begin();
  const { n, rows } = rowsOf(operands[0]!);
  const addresses = operands.map((view) => put(engine, view));
  const out = memory.allocateResult(rows * n);
  engine.run(kernel, [...addresses, n, out, rows], engine.plan(rows, n * ELEMENT_NS));
  return memory.take(out, rows * n);
}

/** `loss[n] = log Σ e^logits[n] − logits[n, targets[n]]`. */
export function crossEntropy(engine: Engine, logits: View, targets: Int32Array): Floats {
  const { memory } = engine;
  memory.begin();
  const { n, rows } = rowsOf(logits);
  const [x, t] = [put(engine, logits), memory.putIntegers(targets)];
  const out = memory.allocateResult(rows);
  const localLength = n + 16; // in which each thread puts a row's exponentials
  const local = memory.allocate(engine.pool.threads * localLength);
  engine.run("crossEntropy", [x, t, n, out, local, 4 * localLength, rows], engine.plan(rows, n * ELEMENT_NS));
  return memory.take(out, rows);
}

/** `dlogits[n] = grad[n] · (softmax(logits[n]) − onehot(targets[n]))`. */
export function crossEntropyBackward(engine: Engine, logits: View, targets: Int32Array, grad: View): Floats {
  const { memory } = engine;
  memory.begin();
  const { n, rows } = rowsOf(logits);
  const [x, t, g] = [put(engine, logits), memory.putIntegers(targets), put(engine, grad)];
  const out = memory.allocateResult(rows * n);
  engine.run("crossEntropyBackward", [x, t, g, n, out, rows], engine.plan(rows, n * ELEMENT_NS));
  return memory.take(out, rows * n);
}

/** Layer norm, or, without a bias, RMS norm. */
export function norm(engine: Engine, a: View, gain: View, bias: View | undefined, eps: number): Floats {
  const { memory } = engine;
  memory.begin();
  const { n, rows } = rowsOf(a);
  const [x, g] = [put(engine, a), put(engine, gain)];
  const b = bias ? put(engine, bias) : zeros(engine, n);
  const out = memory.allocateResult(rows * n);
  const plan = engine.plan(rows, n * ELEMENT_NS);
  engine.run("norm", [x, g, b, out, n, eps, bias ? 1 : 0, rows], plan);
  return memory.take(out, rows * n);
}

/** The gradients of layer norm (`centred`), or RMS norm. */
export function normBackward(engine: Engine, a: View, gain: View, grad: View, eps: number, centred: boolean) {
  const { memory } = engine;
  memory.begin();
  const { n, rows } = rowsOf(a);
  const operands = [a, gain, grad].map((view) => put(engine, view));
  const out = memory.allocateResult(rows * n);
  const plan = engine.plan(rows, n * NORM_BACKWARD_NS);
  const partial = memory.allocate(plan.chunks * 2 * n); // of each chunk, the gradients of gain and of bias
  engine.run("normBackward", [...operands, out, partial, n, eps, centred ? 1 : 0, rows], plan);
  const sums = memory.allocate(2 * n);
  sumColumns(engine, partial, 2 * n, plan.chunks, sums, 2 * n);
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

/** The length of the last axis, and how many rows there are. */
function rowsOf({ shape }: View): { n: number; rows: number } {
  return { n: shape.at(-1)!, rows: sizeOf(shape.slice(0, -1)) };
}
