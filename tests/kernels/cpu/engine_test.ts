/** The memory and the threads of the cpu device. */

import assert from "node:assert/strict";
import { type CpuKernels, cpuKernels } from "../../../kernels/cpu/mod.ts";
import type { Storage, View } from "../../../kernels/kernels.ts";
import { contiguous, rowMajor, type Shape, sizeOf } from "../../../kernels/view.ts";
import { noise } from "../../support/views.ts";

function array(kernels: CpuKernels, shape: Shape, seed = 1): View {
  return { storage: kernels.write(noise(sizeOf(shape), seed)), ...rowMajor(shape) };
}

/** Asserts that two results have the same bits; `deepEqual` would take minutes to describe a difference. */
function assertSame(actual: Storage, expected: Storage, what: string): void {
  const [a, b] = [actual, expected] as [Float32Array, Float32Array]; // the storages of the cpu device
  const different = a.findIndex((x, i) => !Object.is(x, b[i]));
  assert(a.length === b.length && different < 0, `${what}[${different}] is ${a[different]}, and then ${b[different]}`);
}

/** Large enough that every kernel is shared among threads. */
const SHARED = [512, 512];

/** One call of every kind of kernel, large enough for all threads. */
function results(k: CpuKernels): Record<string, Storage> {
  const [a, b, row] = [array(k, SHARED), array(k, SHARED, 2), array(k, [512], 3)];
  return {
    matmul: k.matmul(a, b),
    exp: k.unary("exp", a),
    add: k.binary("add", a, { ...row, shape: SHARED, strides: [0, 1] }),
    sumRows: k.reduce("sum", a, 1),
    sumColumns: k.reduce("sum", { ...a, strides: [1, 512] }, 1),
    softmax: k.softmax(a),
    crossEntropy: k.crossEntropy(a, Int32Array.from({ length: 512 }, (_, i) => i - 1)),
    ...k.layerNormBackward(a, row, b, 1e-5),
    cumsum: k.cumsum(a, true),
    ...attentionResults(k, 4, 300), // few heads of several blocks of keys, which backward divides among threads too
    ...attentionResults(k, 64, 4), // few queries
    dropout: k.dropout(a, 0.5, 3),
  };
}

/** Attention of some heads of T queries on 300 keys, and its gradients. */
function attentionResults(k: CpuKernels, heads: number, T: number): Record<string, Storage> {
  const [q, keys, values] = [T, 300, 300].map((rows, i) => array(k, [heads, rows, 32], i + 1)) as [View, View, View];
  const rule = { scale: 0.2, causal: true };
  const { out, max, sum } = k.attention(q, keys, values, rule);
  const attended = {
    out: contiguous(out, q.shape),
    max: contiguous(max, [heads, T]),
    sum: contiguous(sum, [heads, T]),
  };
  const results = { out, max, sum, ...k.attentionBackward(q, keys, values, attended, attended.out, rule) };
  return Object.fromEntries(Object.entries(results).map(([name, x]) => [`${name} of ${T} queries`, x]));
}

Deno.test("any number of threads gives the same bits", async () => {
  const one = cpuKernels({ threads: 1 });
  const expected = results(one);
  for (const threads of [2, 3, 5]) {
    const many = cpuKernels({ threads });
    for (let round = 0; round < 3; round++) { // the workers start only during the first
      for (const [name, storage] of Object.entries(results(many))) {
        assertSame(storage, expected[name]!, `${name} on ${threads} threads`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(many.runtime.pool.workers.length, threads - 1);
    await many.runtime.pool.close();
  }
});

Deno.test("a small problem starts no worker", () => {
  const k = cpuKernels({ threads: 4 });
  k.matmul(array(k, [8, 8]), array(k, [8, 8]));
  assert.equal(k.runtime.pool.workers.length, 0);
});

Deno.test("where memory cannot be shared, the calling thread does all the work", () => {
  const { SharedArrayBuffer } = globalThis;
  const expected = cpuKernels({ threads: 1 });
  Reflect.deleteProperty(globalThis, "SharedArrayBuffer");
  try {
    const k = cpuKernels();
    const [a, b] = [array(k, SHARED), array(k, SHARED)];
    assertSame(k.matmul(a, b), expected.matmul(a, b), "matmul");
    assert.equal(k.runtime.pool.threads, 1);
    assert.equal(k.runtime.pool.workers.length, 0);
  } finally {
    globalThis.SharedArrayBuffer = SharedArrayBuffer;
  }
});

Deno.test("results outlast the threads that made them, and the memory", async () => {
  const k = cpuKernels({ threads: 2 });
  const [a, b] = [array(k, SHARED), array(k, SHARED, 2)];
  const first = { storage: k.matmul(a, b), ...rowMajor(SHARED) };
  const expected = k.matmul(first, b);
  const before = k.runtime.memory;
  k.runtime.setThreads(1);
  assert.notEqual(k.runtime.memory, before);
  assertSame(k.matmul(first, b), expected, "matmul");
  assertSame(k.matmul(a, b), first.storage, "matmul");
  await k.runtime.pool.close();
});

Deno.test("a kernel that traps is an error, and the next call is right", async () => {
  const k = cpuKernels({ threads: 3 });
  const beyond = 2 ** 32 - 64; // beyond the memory: each chunk traps, on any thread
  assert.throws(() =>
    k.runtime.run("exp", { x: beyond, out: beyond, length: 64 }, { step: 16, chunks: 4, chunkMs: 0 })
  );
  const [a, b] = [array(k, SHARED), array(k, SHARED)];
  assertSame(k.matmul(a, b), cpuKernels({ threads: 1 }).matmul(a, b), "matmul");
  await k.runtime.pool.close();
});

Deno.test("a worker that has ended is an error at the next shared call, and the one after that is right", async () => {
  const k = cpuKernels({ threads: 2 });
  const [a, b] = [array(k, SHARED), array(k, SHARED)];
  const expected = cpuKernels({ threads: 1 }).matmul(a, b);
  for (let round = 0; round < 3; round++) {
    assertSame(k.matmul(a, b), expected, "matmul");
    await k.runtime.pool.workers[0]!.terminate();
    assert.throws(() => k.matmul(a, b), /^Error: A worker of the cpu device has ended unexpectedly/);
  }
  for (let i = 0; i < 20; i++) assertSame(k.matmul(a, b), expected, "matmul");
  await k.runtime.pool.close();
});
