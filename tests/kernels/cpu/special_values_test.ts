/** NaN, infinities, zeros, the smallest and the largest numbers: where the cpu device must agree with `reference`. */

import assert from "node:assert/strict";
import * as fc from "fast-check";
import { cpuKernels } from "../../../kernels/cpu/mod.ts";
import type { Kernels, View } from "../../../kernels/kernels.ts";
import { reference } from "../../../kernels/reference/mod.ts";
import { contiguous, rowMajor } from "../../../kernels/view.ts";
import { close } from "../../support/closeness.ts";
import { BINARY_OPS, UNARY_BACKWARD_OPS, UNARY_OPS } from "../../support/kernel_laws.ts";
import { property } from "../../support/property.ts";
import { type Given, onBoth, viewOn } from "../../support/views.ts";

const SMALLEST = 2 ** -149;
const LEAST_NORMAL = 2 ** -126;
const LARGEST = 3.4028234663852886e38;

const SPECIAL = [
  ...[NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 100, -100, 1e20, -1e20, 1e-20, -1e-20],
  ...[
    SMALLEST,
    -SMALLEST,
    LEAST_NORMAL,
    -LEAST_NORMAL,
    1e-39,
    -1e-39,
    LARGEST,
    -LARGEST,
    16777217,
    2 ** 31,
    -(2 ** 31),
  ],
];

/** Special numbers mixed with ordinary ones. */
const numbers = fc.oneof(fc.constantFrom(...SPECIAL), fc.integer({ min: -64, max: 64 }).map((n) => n / 16));

/** An array without gaps. */
function given(values: readonly number[], shape = [values.length]): Given {
  return { numbers: Float32Array.from(values), ...rowMajor(shape) };
}

/** Rows of such numbers. */
const rows = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 9 })).chain(([R, C]) =>
  fc.array(numbers, { minLength: R * C, maxLength: R * C }).map((values) => given(values, [R, C]))
);

const DEVICES = {
  "relaxed SIMD": cpuKernels({ relaxed: true, threads: 1 }),
  "plain SIMD": cpuKernels({ relaxed: false, threads: 1 }),
};

/** Float32 rounds by 6e-8; e^x for x around 100 loses two digits of x, in a sum of a few terms. */
const TOLERANCE = 1e-5;

/**
 * Asserts that a call gives the same on both devices: NaN for NaN, ∞ for what float32 does not hold, and numbers within
 * the tolerance of themselves, however small. A zero's sign is not compared.
 */
function assertAlike(kernels: Kernels, arrays: readonly Given[], call: Parameters<typeof onBoth>[2], what: string) {
  for (const result of onBoth(kernels, arrays, call)) {
    const wanted = Float32Array.from(result.wanted);
    for (let i = 0; i < wanted.length; i++) {
      const [got, expected] = [result.got[i]!, wanted[i]!];
      const alike = close(got, expected, TOLERANCE, 0) || Math.abs(got - expected) <= SMALLEST;
      assert(alike, `${what} ${result.what}[${i}] is ${got} where ${expected} is expected`);
    }
  }
}

for (const [build, kernels] of Object.entries(DEVICES)) {
  for (const op of UNARY_OPS) {
    Deno.test(`${op} of special numbers is that of reference, ${build}`, () => {
      assertAlike(kernels, [given(SPECIAL)], (k, x) => k.unary(op, x!), op);
    });
  }

  for (const op of UNARY_BACKWARD_OPS) {
    Deno.test(`the gradient of ${op} at special numbers is that of reference, ${build}`, () => {
      const y = reference.read(reference.unary(op, viewOn(reference, given(SPECIAL))));
      for (const g of [1, -2, 0, NaN, Infinity]) {
        const grad = given(SPECIAL.map(() => g));
        assertAlike(kernels, [given(SPECIAL), given([...y]), grad], (k, x, y, grad) => {
          return k.unaryBackward(op, x!, y!, grad!);
        }, `the gradient of ${op} by ${g}`);
      }
    });
  }

  for (const op of BINARY_OPS) {
    Deno.test(`${op} of all pairs of special numbers is that of reference, ${build}`, () => {
      const [a, b] = [SPECIAL.flatMap((x) => SPECIAL.map(() => x)), SPECIAL.flatMap(() => SPECIAL)];
      assertAlike(kernels, [given(a), given(b)], (k, a, b) => k.binary(op, a!, b!), op);
    });
  }

  property(`maxima and their positions in rows with special numbers are those of reference, ${build}`, rows, (a) => {
    assertAlike(kernels, [a], (k, a) => ({ max: k.reduce("max", a!, 1), argmax: k.write(k.argmax(a!)) }), "");
  });

  property(`running sums of rows with special numbers are those of reference, ${build}`, rows, (a) => {
    assertAlike(kernels, [a], (k, a) => ({ forward: k.cumsum(a!, false), reverse: k.cumsum(a!, true) }), "");
  });

  property(
    `softmax and cross-entropy of rows with special numbers are those of reference, ${build}`,
    rows.chain((a) => fc.tuple(fc.constant(a), fc.integer({ min: -1, max: a.shape[1]! - 1 }))),
    ([a, target]) => {
      const targets = new Int32Array(a.shape[0]!).fill(target);
      // log-softmax and the loss cancel at up to 10²: the remainder is compared at the scale of 1
      assertAlike(kernels, [a], (k, a) => ({ softmax: k.softmax(a!) }), "");
      const classes = (k: Kernels, x: Given) => {
        const [a, ones] = [viewOn(k, x), viewOn(k, given(new Array(x.shape[0]!).fill(1)))];
        return [k.logSoftmax(a), k.crossEntropy(a, targets), k.crossEntropyBackward(a, targets, ones)]
          .flatMap((storage) => [...k.read(storage)]);
      };
      const expected = classes(reference, a);
      classes(kernels, a).forEach((got, i) => {
        const wanted = Math.fround(expected[i]!);
        assert(close(got, wanted, TOLERANCE, 1), `number ${i} is ${got} where ${wanted} is expected`);
      });
    },
  );

  property(
    `a row times a power of 2 is normalised to the same numbers, and its gradient is divided by that power, ${build}`,
    fc.tuple(
      fc.integer({ min: 2, max: 20 }).chain((n) =>
        fc.array(fc.integer({ min: -999, max: 999 }), { minLength: n, maxLength: n })
      ),
      fc.integer({ min: -110, max: 110 }),
    ),
    ([whole, power]) => {
      if (new Set(whole).size < 2) whole = [...whole.with(0, 1000)]; // a row of equal numbers has no scale
      const factor = 2 ** power;
      const grad = given(whole.toReversed(), [1, whole.length]);
      const gain = given(whole.map((x) => x / 1000));
      const results = (factor: number) => {
        const x = given(whole.map((x) => x * factor), [1, whole.length]);
        const [a, d, g] = [x, grad, gain].map((array) => viewOn(kernels, array));
        const [layer, rms] = [kernels.layerNormBackward(a!, g!, d!, 0), kernels.rmsNormBackward(a!, g!, d!, 0)];
        const outs = [kernels.layerNorm(a!, g!, g!, 0), kernels.rmsNorm(a!, g!, 0), layer.gain, rms.gain];
        const gradients = [layer.a, rms.a].map((storage) => kernels.read(storage).map((x) => x * factor));
        return [...outs.map((storage) => kernels.read(storage)), ...gradients];
      };
      const expected = results(1);
      results(factor).forEach((got, i) => {
        // the gradient of a large row may be subnormal in float32
        const least = i < 4 ? 0 : SMALLEST * factor;
        got.forEach((x, j) => {
          const wanted = expected[i]![j]!;
          assert(
            close(x, wanted, 1e-6, 1) || Math.abs(x - wanted) <= least,
            `result ${i}[${j}] is ${x}, not ${wanted}`,
          );
        });
      });
    },
  );
}

for (const kernels of [reference, ...Object.values(DEVICES)]) {
  const name = kernels.engine?.engine ?? kernels.device;

  property(
    `a masked key has no part in the gradient, not even in that of a query whose scores are NaN, ${name}`,
    fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 2, max: 11 })).chain(([T, S]) =>
      fc.tuple(
        fc.constant([T, S] as const),
        fc.array(fc.array(fc.constantFrom(0, 1), { minLength: S, maxLength: S }), { minLength: T, maxLength: T }),
        fc.nat(S - 1),
      )
    ),
    ([[T, S], seen, broken]) => {
      const array = (rows: number) => given(Array.from({ length: rows * 2 }, (_, i) => Math.sin(i + rows)), [rows, 2]);
      const keys = array(S);
      keys.numbers.fill(NaN, 2 * broken, 2 * broken + 2);
      const views = [array(T), keys, array(S), given(seen.flat(), [T, S])].map((x) => viewOn(kernels, x));
      const [q, k, v, mask] = views as [View, View, View, View]; // four of them
      const rule = { scale: 1, causal: false, mask };
      const { out, max, sum } = kernels.attention(q, k, v, rule);
      const attended = { out: contiguous(out, [T, 2]), max: contiguous(max, [T]), sum: contiguous(sum, [T]) };
      const d = kernels.attentionBackward(q, k, v, attended, q, rule);
      const [byK, byV] = [d.k, d.v].map((storage) => kernels.read(storage));
      for (let s = 0; s < S; s++) {
        // queries that see the broken key have NaN weights, and pass NaN to the keys they see
        const reached = seen.some((bits) => bits[broken] === 1 && bits[s] === 1);
        for (const [by, what] of [[byK, "key"], [byV, "value"]] as const) {
          assert.equal(Number.isNaN(by![2 * s]), reached, `the gradient by ${what} ${s} is ${by![2 * s]}`);
        }
      }
    },
  );

  Deno.test(`powers follow IEEE 754, ${name}`, () => {
    const table = [
      ...[[1, NaN, 1], [1, Infinity, 1], [1, -Infinity, 1], [-1, Infinity, 1], [-1, -Infinity, 1]],
      ...[[NaN, 0, 1], [0, 0, 1], [Infinity, 0, 1], [NaN, 1, NaN], [2, NaN, NaN], [-1, NaN, NaN]],
      ...[[-2, 0.5, NaN], [-8, 1 / 3, NaN], [-2, 3, -8], [-2, 2, 4], [0, -1, Infinity], [-Infinity, 3, -Infinity]],
      ...[[0.5, Infinity, 0], [2, -Infinity, 0], [-2, Infinity, Infinity]],
    ];
    const [a, b] = [0, 1].map((column) => viewOn(kernels, given(table.map((row) => row[column]!))));
    assert.deepEqual([...kernels.read(kernels.binary("pow", a!, b!))], table.map(([, , power]) => power));
  });

  Deno.test(`the maximum of a row with NaN is NaN, and it is at the first NaN, ${name}`, () => {
    const a = viewOn(kernels, given([1, NaN, 3, 0, 1, 2, 3, NaN, NaN, NaN, 5, 9], [3, 4]));
    assert.deepEqual([...kernels.argmax(a)], [1, 3, 0]);
    assert.deepEqual([...kernels.read(kernels.reduce("max", a, 1))], [NaN, NaN, NaN]);
    const [x, y] = [given([NaN, 1, 2, -0]), given([1, NaN, 3, 1])].map((array) => viewOn(kernels, array));
    assert.deepEqual([...kernels.read(kernels.binary("maximum", x!, y!))], [NaN, NaN, 3, 1]);
    assert.deepEqual([...kernels.read(kernels.binary("minimum", x!, y!))], [NaN, NaN, 2, -0]);
  });
}
