/** The fused kernels of the oracle, against central differences of its own forward kernels, and against their laws. */

import assert from "node:assert/strict";
import { dropoutKeys, dropoutRandom } from "../../../kernels/dropout.ts";
import type { View } from "../../../kernels/kernels.ts";
import { elements } from "../../../kernels/reference/elements.ts";
import { erfc } from "../../../kernels/reference/erf.ts";
import { reference } from "../../../kernels/reference/mod.ts";
import { rowMajor, type Shape, sizeOf } from "../../../kernels/view.ts";
import { UNARY_BACKWARD_OPS } from "../../support/kernel_laws.ts";

/** A row-major array of numbers that look random but are the same each time. */
function array(shape: Shape, phase = 0): View {
  const values = Array.from({ length: sizeOf(shape) }, (_, i) => 2 * Math.sin(12.9898 * i + 7 * phase + 1));
  return { storage: reference.write(values), ...rowMajor(shape) };
}

function view(values: ArrayLike<number>, shape: Shape): View {
  return { storage: reference.write(values), ...rowMajor(shape) };
}

/** The gradient of `Σ grad ⊙ f(a)` with respect to `a`, by central differences. */
function centralDifferences(f: (a: View) => View, a: View, grad: View): Float64Array {
  const [x, g] = [elements(a), elements(grad)];
  const h = 1e-5;
  const loss = (i: number, step: number) => {
    const out = elements(f(view(x.with(i, x[i]! + step), a.shape)));
    return out.reduce((sum, y, j) => sum + g[j]! * y, 0);
  };
  return x.map((_, i) => (loss(i, h) - loss(i, -h)) / (2 * h));
}

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-8, what = "") {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    const [x, y] = [actual[i]!, expected[i]!];
    assert(Math.abs(x - y) <= tolerance * Math.max(1, Math.abs(y)), `${what} [${i}]: ${x} is not ${y}`);
  }
}

/** Whether `backward`, for this view, agrees with the central differences of `f`. */
function assertGradient(f: (a: View) => View, a: View, grad: View, actual: View["storage"], what: string) {
  assertClose(reference.read(actual), centralDifferences(f, a, grad), 1e-8, what);
}

Deno.test("every unary derivative is the slope of its function", () => {
  for (const op of UNARY_BACKWARD_OPS) {
    const a = op === "sqrt" ? view(elements(array([40])).map((x) => Math.abs(x) + 0.1), [40]) : array([40]);
    const [out, grad] = [view(reference.read(reference.unary(op, a)), [40]), array([40], 1)];
    const f = (a: View) => ({ ...a, storage: reference.unary(op, a) });
    assertGradient(f, a, grad, reference.unaryBackward(op, a, out, grad), op);
  }
});

Deno.test("gelu is exact far out in the tail, and erfc follows from erf where erf is exact", () => {
  // Φ(−10) = 7.619853024160527e−24 (Abramowitz and Stegun, table 26.2, to its digits)
  const [y] = reference.read(reference.unary("gelu", view([-10], [])));
  assert(Math.abs(y! / -7.619853024160527e-23 - 1) < 1e-12, `gelu(−10) = ${y}`);
  assert(Math.abs(erfc(1) - 0.15729920705028513) < 1e-15);
  assert(Math.abs(erfc(2.0000001) / erfc(2) - 1) < 1e-6, "the two branches meet at 2");
});

Deno.test("softmax, log-softmax and their gradients", () => {
  const [a, grad] = [array([3, 5]), array([3, 5], 1)];
  const s = reference.softmax(a);
  const l = reference.logSoftmax(a);
  assertClose(reference.read(l).map(Math.exp), reference.read(s), 1e-12);
  assertClose(reference.read(reference.reduce("sum", { ...a, storage: s }, 1)), [1, 1, 1], 1e-12);
  const softmax = (a: View) => ({ ...a, storage: reference.softmax(a) });
  const logSoftmax = (a: View) => ({ ...a, storage: reference.logSoftmax(a) });
  assertGradient(softmax, a, grad, reference.softmaxBackward({ ...a, storage: s }, grad), "softmax");
  assertGradient(logSoftmax, a, grad, reference.logSoftmaxBackward({ ...a, storage: l }, grad), "logSoftmax");
});

Deno.test("softmax and cross-entropy handle logits of ±800", () => {
  const logits = view([800, -800, 0], [1, 3]);
  assertClose(reference.read(reference.softmax(logits)), [1, 0, 0], 1e-12);
  assertClose(reference.read(reference.crossEntropy(logits, Int32Array.of(1))), [1600], 1e-12);
});

Deno.test("cross-entropy's gradient is right; ignored targets have neither loss nor gradient", () => {
  const [logits, targets, grad] = [array([4, 5]), Int32Array.of(2, -1, 0, 4), array([4], 1)];
  assert.equal(reference.read(reference.crossEntropy(logits, targets))[1], 0);
  const f = (a: View) => ({ ...rowMajor([4]), storage: reference.crossEntropy(a, targets) });
  const actual = reference.crossEntropyBackward(logits, targets, grad);
  assertGradient(f, logits, grad, actual, "crossEntropy");
  assertClose(reference.read(actual).subarray(5, 10), [0, 0, 0, 0, 0]);
});

Deno.test("layer norm: standardised rows, and all three gradients", () => {
  const [a, gain, bias, grad] = [array([3, 7]), array([7], 1), array([7], 2), array([3, 7], 3)];
  const plain = reference.read(
    reference.layerNorm(a, view(new Array(7).fill(1), [7]), view(new Array(7).fill(0), [7]), 0),
  );
  for (let n = 0; n < 3; n++) {
    const row = Array.from(plain.subarray(n * 7, n * 7 + 7));
    assertClose([row.reduce((s, x) => s + x, 0), row.reduce((s, x) => s + x * x, 0) / 7], [0, 1], 1e-12);
  }
  const d = reference.layerNormBackward(a, gain, grad, 0.1);
  const out = (storage: View["storage"]) => ({ ...rowMajor([3, 7]), storage });
  assertGradient((a) => out(reference.layerNorm(a, gain, bias, 0.1)), a, grad, d.a, "a");
  assertGradient((gain) => out(reference.layerNorm(a, gain, bias, 0.1)), gain, grad, d.gain, "gain");
  assertGradient((bias) => out(reference.layerNorm(a, gain, bias, 0.1)), bias, grad, d.bias, "bias");
});

Deno.test("RMS norm: both gradients", () => {
  const [a, gain, grad] = [array([3, 7]), array([7], 1), array([3, 7], 3)];
  const d = reference.rmsNormBackward(a, gain, grad, 0.1);
  const out = (storage: View["storage"]) => ({ ...rowMajor([3, 7]), storage });
  assertGradient((a) => out(reference.rmsNorm(a, gain, 0.1)), a, grad, d.a, "a");
  assertGradient((gain) => out(reference.rmsNorm(a, gain, 0.1)), gain, grad, d.gain, "gain");
});

Deno.test("attention: all three gradients, causal and masked, and zeros for a query that sees nothing", () => {
  const [T, S, D, E] = [3, 5, 4, 2];
  const [q, k, v, grad] = [array([2, T, D]), array([2, S, D], 1), array([2, S, E], 2), array([2, T, E], 3)];
  const rows = (storage: View["storage"]) => ({ ...rowMajor([2, T]), storage });
  const mask = { ...view([1, 1, 0, 1, 1, 0, 0, 0, 0, 0], [2, T, S]), strides: [S, 0, 1] }; // keys of either head
  for (const options of [{ scale: 0.5, causal: false }, { scale: 1, causal: true }, { scale: 1, causal: true, mask }]) {
    const { out, max, sum } = reference.attention(q, k, v, options);
    const attended = { out: { ...rowMajor([2, T, E]), storage: out }, max: rows(max), sum: rows(sum) };
    const d = reference.attentionBackward(q, k, v, attended, grad, options);
    const f = (q: View, k: View, v: View) => ({
      ...rowMajor([2, T, E]),
      storage: reference.attention(q, k, v, options).out,
    });
    assertGradient((q) => f(q, k, v), q, grad, d.q, "q");
    assertGradient((k) => f(q, k, v), k, grad, d.k, "k");
    assertGradient((v) => f(q, k, v), v, grad, d.v, "v");
    if ("mask" in options) {
      assertClose(reference.read(out).subarray(T * E), new Array(T * E).fill(0));
      assert.deepEqual([...reference.read(max).subarray(T)], new Array(T).fill(-Infinity));
      assert.deepEqual([...reference.read(sum).subarray(T)], new Array(T).fill(0));
    }
  }
});

Deno.test("dropout keeps the right share, preserves the expectation, and draws each number once", () => {
  const n = 20_000;
  for (const rate of [0, 0.1, 0.5, 0.9]) {
    const out = reference.read(reference.dropout(view(new Array(n).fill(1), [n]), rate, 42));
    const kept = out.filter((x) => x !== 0).length;
    assert(Math.abs(kept / n - (1 - rate)) <= 4 * Math.sqrt(rate * (1 - rate) / n), `${kept} of ${n} at rate ${rate}`);
    assert(out.every((x) => x === 0 || x === 1 / (1 - rate)));
  }
  const keys = dropoutKeys(42, 0);
  assert.equal(new Set(Array.from({ length: n }, (_, i) => dropoutRandom(i, keys))).size, n);
  assert.notDeepEqual(keys, dropoutKeys(43, 0));
  assert.notDeepEqual(keys, dropoutKeys(42, 1));
});

Deno.test("AdamW: the first step, by hand", () => {
  const moments = { mean: reference.full(2, 0), square: reference.full(2, 0) };
  const options = { lr: 0.1, beta1: 0.9, beta2: 0.999, eps: 0, weightDecay: 0.01, step: 1 };
  const updated = reference.adamW(view([1, -2], [2]), view([0.5, -4], [2]), moments, options);
  // at step 1 the corrected moments are g and g², so that the step is lr · sign(g), and the decay lr · 0.01 · p
  assertClose(reference.read(updated.parameter), [1 - 0.1 - 0.001, -2 + 0.1 + 0.002], 1e-12);
  assertClose(reference.read(updated.moments.mean), [0.05, -0.4], 1e-12);
  assertClose(reference.read(updated.moments.square), [0.00025, 0.016], 1e-12);
});
