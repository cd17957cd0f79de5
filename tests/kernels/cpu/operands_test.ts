/** A kernel rejects an operand of the wrong size and a wrong index: it never reads outside its operands. */

import assert from "node:assert/strict";
import { cpuKernels } from "../../../kernels/cpu/mod.ts";
import type { Storage, View } from "../../../kernels/kernels.ts";
import { contiguous, type Shape, sizeOf } from "../../../kernels/view.ts";

const k = cpuKernels({ threads: 1 });

/** Ones of a shape. */
function ones(shape: Shape): View {
  return contiguous(k.full(sizeOf(shape), 1), shape);
}

const [row, rows] = [ones([3]), ones([2, 3])];
const adamW = { lr: 0.1, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, step: 1 };
const moments = (length: number) => ({ mean: k.full(length, 0), square: k.full(length, 0) });
const rule = { scale: 1, causal: false };
const [q, kv, perQuery] = [ones([2, 4, 3]), ones([2, 5, 3]), ones([2, 4])];
const attended = { out: q, max: perQuery, sum: perQuery };

/** Calls with one operand that is too short, or has another shape. */
const WRONG_SHAPES: Record<string, () => unknown> = {
  "add, and the second operand is one number": () => k.binary("add", ones([8]), ones([1])),
  "add, and the second operand has another rank": () => k.binary("add", rows, row),
  "pow, and the exponent is one number": () => k.binary("pow", ones([8]), ones([1])),
  "the gradient of exp, and its output is short": () => k.unaryBackward("exp", ones([8]), ones([7]), ones([8])),
  "the gradient of exp, and its output's gradient is short": () =>
    k.unaryBackward("exp", ones([8]), ones([8]), ones([1])),
  "select, and the first choice is short": () => k.select(ones([8]), ones([1]), ones([8])),
  "select, and the second choice is short": () => k.select(ones([8]), ones([8]), ones([1])),
  "matmul, and the inner sizes differ": () => k.matmul(rows, ones([2, 3])),
  "matmul, and there are fewer matrices": () => k.matmul(ones([4, 2, 3]), ones([2, 3, 2])),
  "scatterAdd, and there are fewer rows than indices": () => k.scatterAdd(rows, Int32Array.of(0, 1, 2), [4, 3]),
  "scatterAdd, and rows are shorter": () => k.scatterAdd(rows, Int32Array.of(0, 1), [4, 5]),
  "assemble, and a part's place has another shape": () =>
    k.assemble(9, [{ view: row, layout: { shape: [9], strides: [1], offset: 0 } }]),
  "softmax's gradient, short": () => k.softmaxBackward(rows, row),
  "log-softmax's gradient, short": () => k.logSoftmaxBackward(rows, row),
  "cross-entropy, and targets are missing": () => k.crossEntropy(rows, Int32Array.of(0)),
  "cross-entropy's gradient, and targets are missing": () => k.crossEntropyBackward(rows, Int32Array.of(0), ones([2])),
  "cross-entropy's gradient, short": () => k.crossEntropyBackward(rows, Int32Array.of(0, 1), ones([1])),
  "layer norm's gain, short": () => k.layerNorm(rows, ones([1]), row, 0),
  "layer norm's bias, short": () => k.layerNorm(rows, row, ones([1]), 0),
  "layer norm's gradient, short": () => k.layerNormBackward(rows, row, row, 0),
  "the gain of layer norm's gradient, short": () => k.layerNormBackward(rows, ones([1]), rows, 0),
  "RMS norm's gain, short": () => k.rmsNorm(rows, ones([1]), 0),
  "RMS norm's gradient, short": () => k.rmsNormBackward(rows, row, row, 0),
  "attention, and keys are narrower": () => k.attention(q, ones([2, 5, 2]), kv, rule),
  "attention, and heads are missing": () => k.attention(q, ones([1, 5, 3]), kv, rule),
  "attention, and there are fewer values than keys": () => k.attention(q, kv, ones([2, 4, 3]), rule),
  "attention, and the mask is short": () => k.attention(q, kv, kv, { ...rule, mask: ones([2, 4, 4]) }),
  "attention's gradient, and its output is short": () =>
    k.attentionBackward(q, kv, kv, { ...attended, out: row }, q, rule),
  "attention's gradient, and the maxima are short": () =>
    k.attentionBackward(q, kv, kv, { ...attended, max: row }, q, rule),
  "attention's gradient, and the sums are short": () =>
    k.attentionBackward(q, kv, kv, { ...attended, sum: row }, q, rule),
  "attention's gradient, short": () => k.attentionBackward(q, kv, kv, attended, row, rule),
  "adamW's gradient, of one number": () => k.adamW(ones([8]), ones([1]), moments(8), adamW),
  "adamW's gradient, of another rank": () => k.adamW(ones([8]), ones([2, 4]), moments(8), adamW),
  "adamW's moments, short": () => k.adamW(ones([8]), ones([8]), moments(7), adamW),
};

for (const [what, call] of Object.entries(WRONG_SHAPES)) {
  Deno.test(`rejected: ${what}`, () => {
    assert.throws(call, /^TypeError: Cannot compute .*, as the shape of .* must be \[[\d,]*\]: \[[\d,]*\]$/);
  });
}

const WRONG_INDICES: Record<string, () => unknown> = {
  "gather, beyond the rows": () => k.gather(rows, Int32Array.of(0, 2)),
  "gather, before the rows": () => k.gather(rows, Int32Array.of(-1)),
  "scatterAdd, beyond the rows": () => k.scatterAdd(rows, Int32Array.of(0, 4), [4, 3]),
  "scatterAdd, before the rows": () => k.scatterAdd(rows, Int32Array.of(0, -1), [4, 3]),
  "cross-entropy, beyond the classes": () => k.crossEntropy(rows, Int32Array.of(0, 3)),
  "cross-entropy's gradient, beyond the classes": () => k.crossEntropyBackward(rows, Int32Array.of(3, 0), ones([2])),
};

for (const [what, call] of Object.entries(WRONG_INDICES)) {
  Deno.test(`rejected: ${what}`, () => {
    assert.throws(call, /^RangeError: Cannot compute .*, as an index must be (from 0 to|at most) \d+: -?\d+$/);
  });
}

Deno.test("rejected: a view that reaches beyond its storage, small or large, in any position", () => {
  for (const length of [8, 5000]) { // on the heap, and in the kernels' memory
    const storage: Storage = k.full(length, 1);
    const beyond: View[] = [
      { storage, shape: [length + 1], strides: [1], offset: 0 },
      { storage, shape: [length], strides: [1], offset: 1 },
      { storage, shape: [length, 2], strides: [1, 1], offset: 0 },
    ];
    const message = new RegExp(`^RangeError: Cannot reach element ${length} of an array of ${length} numbers`);
    for (const view of beyond) {
      assert.throws(() => k.copy(view), message);
      assert.throws(() => k.unary("exp", view), message);
    }
    assert.throws(
      () => k.assemble(3, [{ view: ones([2]), layout: { shape: [2], strides: [1], offset: 2 } }]),
      /^RangeError: Cannot reach element 3 of an array of 3 numbers/,
    );
  }
});

Deno.test("a rejected call changes nothing, and the next one is right", () => {
  const given = moments(8);
  assert.throws(() => k.adamW(ones([8]), ones([1]), given, adamW));
  assert.deepEqual([...k.read(given.mean)], new Array(8).fill(0));
  const { parameter } = k.adamW(ones([8]), ones([8]), given, adamW);
  for (const x of k.read(parameter)) assert(Math.abs(x - 0.9) < 1e-6, `${x} where 0.9 is expected`);
});
