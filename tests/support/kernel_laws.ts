/** A device's kernels compute what `reference` does: laws for any float32 device. */

import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { BinaryOp, Kernels, Storage, UnaryBackwardOp, UnaryOp, View } from "../../kernels/kernels.ts";
import { rowMajor, type Shape, sizeOf } from "../../kernels/view.ts";
import { attentionLaws } from "./attention_laws.ts";
import { close } from "./closeness.ts";
import { type Law, law } from "./property.ts";
import { alike, type Given, noise, onBoth, plain, ragged, raggedShapes, viewOn, viewsOf } from "./views.ts";

export const UNARY_OPS: readonly UnaryOp[] = [
  ...["neg", "exp", "log", "sqrt", "abs", "sign", "sin", "cos", "tanh", "sigmoid", "relu", "erf"] as const,
  ...["gelu", "geluTanh", "silu"] as const,
];
export const UNARY_BACKWARD_OPS: readonly UnaryBackwardOp[] = [
  ...["exp", "sqrt", "abs", "sin", "cos", "tanh", "sigmoid", "relu", "erf", "gelu", "geluTanh", "silu"] as const,
];
export const BINARY_OPS: readonly BinaryOp[] = [
  ...["add", "sub", "mul", "div", "pow", "greater", "equal", "maximum", "minimum"] as const,
];

/**
 * Float32 rounds by 6e-8; sums of about a hundred terms, and results computed from them, by this, relative to the
 * array's largest number, or 1.
 */
const TOLERANCE = 3e-5;

/** Asserts that a call gives the same result on a device as on `reference`. */
export function assertAgrees(
  kernels: Kernels,
  given: readonly Given[],
  call: Parameters<typeof onBoth>[2],
  tolerance = TOLERANCE,
): void {
  for (const { got, wanted, what } of onBoth(kernels, given, call)) {
    assert.equal(got.length, wanted.length, `${what} has ${got.length} numbers where ${wanted.length} are expected`);
    const scale = Array.from(wanted).reduce((max, x) => Number.isFinite(x) ? Math.max(max, Math.abs(x)) : max, 1);
    for (let i = 0; i < got.length; i++) {
      assert(close(got[i]!, wanted[i]!, tolerance, scale), `${what}[${i}] is ${got[i]} where ${wanted[i]} is expected`);
    }
  }
}

/** The laws of all kernels for a device named `name`. */
export function kernelLaws(kernels: Kernels, name = kernels.device): Law[] {
  const agrees = (given: readonly Given[], call: Parameters<typeof onBoth>[2]) => assertAgrees(kernels, given, call);
  return [
    ...elementLaws(name, agrees),
    ...arrayLaws(name, kernels, agrees),
    ...rowLaws(name, agrees),
    ...attentionLaws(name, kernels, agrees),
    ...trainingLaws(name, agrees),
  ];
}

/** Asserts that a call gives the same result on the device as on `reference`. */
export type Agrees = (given: readonly Given[], call: Parameters<typeof onBoth>[2]) => void;

function elementLaws(name: string, agrees: Agrees): Law[] {
  const positive = ({ numbers, ...layout }: Given) => ({ ...layout, numbers: numbers.map((x) => Math.abs(x) + 0.1) });
  return [
    law(
      `${name}: unary kernels agree with reference in any layout`,
      fc.tuple(fc.constantFrom(...UNARY_OPS), raggedShapes(0, 4).chain(viewsOf)),
      ([op, a]) => agrees([op === "log" || op === "sqrt" ? positive(a) : a], (k, x) => k.unary(op, x!)),
    ),
    law(
      `${name}: backward kernels of unary ones agree with reference in any layout`,
      fc.tuple(fc.constantFrom(...UNARY_BACKWARD_OPS), alike(raggedShapes(0, 4), 2)),
      ([op, [a, grad]]) => {
        agrees([op === "sqrt" ? positive(a!) : a!, grad!], (k, x, grad) => {
          const out = k.unary(op, x!);
          return { out, backward: k.unaryBackward(op, x!, { ...rowMajor(x!.shape), storage: out }, grad!) };
        });
      },
    ),
    law(
      `${name}: binary kernels agree with reference in any layout`,
      fc.tuple(fc.constantFrom(...BINARY_OPS), alike(raggedShapes(0, 4), 2)),
      ([op, [a, b]]) => {
        const divisor = op === "div" ? positive(b!) : b!;
        const ties = op === "equal" || op === "maximum" || op === "minimum";
        const x = op === "pow" ? positive(a!) : ties ? { ...a!, numbers: a!.numbers.map(Math.round) } : a!;
        const y = ties ? { ...b!, numbers: b!.numbers.map(Math.round) } : divisor;
        agrees([x, y], (k, x, y) => k.binary(op, x!, y!));
      },
    ),
    law(
      `${name}: a square is a product, whatever is squared`,
      raggedShapes(0, 3).chain(viewsOf),
      (a) =>
        agrees(
          [a, { ...a, numbers: Float32Array.of(2), strides: a.shape.map(() => 0), offset: 0 }],
          (k, x, y) => k.binary("pow", x!, y!),
        ),
    ),
    law(
      `${name}: select agrees with reference in any layout`,
      alike(raggedShapes(0, 4), 3),
      ([condition, a, b]) => {
        const bits = { ...condition!, numbers: condition!.numbers.map((x) => x > 0 ? x : 0) };
        agrees([bits, a!, b!], (k, c, x, y) => k.select(c!, x!, y!));
      },
    ),
  ];
}

/** `[…, M, K]` and `[…, K, N]`, in any layouts. */
const factors = fc.tuple(raggedShapes(0, 2), ragged, ragged, ragged).chain(([outer, M, K, N]) => {
  const batch = outer.map((n) => n % 5);
  return fc.tuple(viewsOf([...batch, M, K]), viewsOf([...batch, K, N]));
});

/** The same with at most four rows, and columns in several groups. */
const fewRows = fc.tuple(...[2, 4, 40, 100].map((max) => fc.integer({ min: 1, max }))).chain(([n, M, K, N]) =>
  fc.tuple(viewsOf([n!, M!, K!]), viewsOf([n!, K!, N!]))
);

/** An array of rank at least 1, numbers of rows of it, and an array of those rows' gradients. */
const picked = raggedShapes(1, 3).filter(([n]) => n! > 0).chain(([n, ...row]) =>
  fc.array(fc.nat(n! - 1), { maxLength: 12 }).chain((indices) =>
    fc.tuple(viewsOf([n!, ...row]), viewsOf([indices.length, ...row]), fc.constant(Int32Array.from(indices)))
  )
);

function arrayLaws(name: string, kernels: Kernels, agrees: Agrees): Law[] {
  return [
    law(`${name}: matmul agrees with reference for any layouts and sizes`, factors, ([a, b]) => {
      agrees([a, b], (k, a, b) => k.matmul(a!, b!));
    }),
    law(`${name}: products of few rows agree with reference`, fewRows, ([a, b]) => {
      agrees([a, b], (k, a, b) => k.matmul(a!, b!));
    }),
    law(
      `${name}: reductions agree with reference over any last axes, in any layout`,
      fc.tuple(raggedShapes(0, 4).chain(viewsOf), fc.nat(4), fc.constantFrom("sum" as const, "max" as const)),
      ([a, axes, op]) => {
        const folded = Math.min(axes, a.shape.length);
        const none = sizeOf(a.shape.slice(a.shape.length - folded)) === 0;
        agrees([a], (k, a) => k.reduce(none ? "sum" : op, a!, folded));
      },
    ),
    law(
      `${name}: argmax agrees with reference, the first among equals`,
      fc.tuple(raggedShapes(0, 2), fc.integer({ min: 1, max: 30 })).chain(([outer, n]) => viewsOf([...outer, n])),
      (a) => {
        const rounded = { ...a, numbers: a.numbers.map(Math.round) };
        agrees([rounded], (k, a) => k.write(k.argmax(a!)));
      },
    ),
    law(
      `${name}: running sums, from either end, agree with reference`,
      fc.tuple(raggedShapes(1, 3).chain(viewsOf), fc.boolean()),
      ([a, reverse]) => agrees([a], (k, a) => k.cumsum(a!, reverse)),
    ),
    law(`${name}: copy and full agree with reference`, raggedShapes(0, 4).chain(viewsOf), (a) => {
      agrees([a], (k, a) => ({ copy: k.copy(a!), full: k.full(sizeOf(a!.shape), 1.5) }));
    }),
    law(`${name}: gather and scatterAdd agree with reference`, picked, ([a, grad, indices]) => {
      agrees([a, grad], (k, a, grad) => ({
        gather: k.gather(a!, indices),
        scatterAdd: k.scatterAdd(grad!, indices, a!.shape),
      }));
    }),
    law(
      `${name}: assemble agrees with reference`,
      fc.tuple(ragged, ragged, ragged).chain(([M, N, P]) => fc.tuple(viewsOf([M, N]), viewsOf([M, P]))),
      ([a, b]) =>
        agrees([a, b], (k, a, b) => {
          const [M, N, P] = [a!.shape[0]!, a!.shape[1]!, b!.shape[1]!];
          const part = (view: View, offset: number) => ({
            view,
            layout: { shape: view.shape, strides: [N + P, 1], offset },
          });
          return k.assemble(M * (N + P), [part(a!, 0), part(b!, N)]);
        }),
    ),
    law(
      `${name}: numbers that are read belong to the caller, and kernels do not change their operands`,
      factors,
      ([a, b]) => {
        const [x, y] = [viewOn(kernels, a), viewOn(kernels, b)];
        kernels.read(x.storage).fill(7);
        kernels.matmul(x, y);
        assert.deepEqual([...kernels.read(x.storage)], [...a.numbers]);
        assert.deepEqual([...kernels.read(y.storage)], [...b.numbers]);
      },
    ),
  ];
}

/** Some arrays `[…, C]`, C at least 1, and as many `[C]`. */
function withRows(count: number, vectors: number): fc.Arbitrary<[Given[], Given[]]> {
  return fc.tuple(raggedShapes(0, 2), fc.integer({ min: 1, max: 70 })).chain(([outer, C]) =>
    fc.tuple(
      fc.array(viewsOf([...outer, C]), { minLength: count, maxLength: count }),
      fc.array(viewsOf([C]), { minLength: vectors, maxLength: vectors }),
    )
  );
}

const logits = fc.tuple(ragged, fc.integer({ min: 1, max: 40 })).chain(([N, V]) =>
  fc.tuple(
    viewsOf([N, V]),
    fc.array(fc.integer({ min: -1, max: V - 1 }), { minLength: N, maxLength: N }),
    viewsOf([N]),
  )
);

function rowLaws(name: string, agrees: Agrees): Law[] {
  const likeFirst = (a: View, storage: Storage) => ({ ...rowMajor(a.shape), storage });
  return [
    law(`${name}: softmax and log-softmax, forward and backward, agree with reference`, withRows(2, 0), ([given]) => {
      agrees(given, (k, a, grad) => {
        const [s, l] = [k.softmax(a!), k.logSoftmax(a!)];
        const softmaxBackward = k.softmaxBackward(likeFirst(a!, s), grad!);
        return { s, l, softmaxBackward, logSoftmaxBackward: k.logSoftmaxBackward(likeFirst(a!, l), grad!) };
      });
    }),
    law(`${name}: layer norm, forward and backward, agrees with reference`, withRows(2, 2), ([given, vectors]) => {
      agrees([...given, ...vectors], (k, a, grad, gain, bias) => {
        const d = k.layerNormBackward(a!, gain!, grad!, 0.01);
        return { out: k.layerNorm(a!, gain!, bias!, 0.01), a: d.a, gain: d.gain, bias: d.bias };
      });
    }),
    law(`${name}: RMS norm, forward and backward, agrees with reference`, withRows(2, 1), ([given, vectors]) => {
      agrees([...given, ...vectors], (k, a, grad, gain) => {
        const d = k.rmsNormBackward(a!, gain!, grad!, 0.01);
        return { out: k.rmsNorm(a!, gain!, 0.01), a: d.a, gain: d.gain };
      });
    }),
    law(
      `${name}: rows of large numbers are normalised as small ones are, and so are their gradients`,
      withRows(2, 1).chain((drawn) => fc.tuple(fc.constant(drawn), fc.integer({ min: 1, max: 100 }))),
      ([[[a, grad], [gain]], power]) => {
        const large = { ...a!, numbers: a!.numbers.map((x) => x * 2 ** power) };
        agrees([large, grad!, gain!], (k, a, grad, gain) => {
          const [layer, rms] = [k.layerNormBackward(a!, gain!, grad!, 0.01), k.rmsNormBackward(a!, gain!, grad!, 0.01)];
          const out = { layerNorm: k.layerNorm(a!, gain!, gain!, 0.01), rmsNorm: k.rmsNorm(a!, gain!, 0.01) };
          return { ...out, layerGain: layer.gain, layerA: layer.a, rmsGain: rms.gain, rmsA: rms.a };
        });
      },
    ),
    law(`${name}: cross-entropy, forward and backward, agrees with reference`, logits, ([a, targets, grad]) => {
      const t = Int32Array.from(targets);
      agrees([a, grad], (k, a, grad) => ({
        losses: k.crossEntropy(a!, t),
        backward: k.crossEntropyBackward(a!, t, grad!),
      }));
    }),
  ];
}

function trainingLaws(name: string, agrees: Agrees): Law[] {
  const flat = (n: number): Shape => [n];
  return [
    law(
      `${name}: dropout drops the same elements as on reference`,
      fc.tuple(raggedShapes(0, 3).chain(viewsOf), fc.double({ min: 0, max: 0.95, noNaN: true }), fc.nat()),
      ([a, rate, seed]) => agrees([a], (k, a) => k.dropout(a!, rate, seed)),
    ),
    law(
      `${name}: AdamW's update agrees with reference`,
      fc.tuple(raggedShapes(0, 2), fc.integer({ min: 1, max: 50 }), fc.nat(0xffff)).chain(([shape, step, seed]) =>
        fc.tuple(viewsOf(shape), viewsOf(shape), fc.constant(step), fc.constant(seed))
      ),
      ([p, g, step, seed]) => {
        const n = sizeOf(p.shape);
        const square = { ...plain(flat(n)), numbers: noise(n, seed).map((x) => x * x) };
        agrees([p, g, plain(flat(n), seed), square], (k, p, g, mean, square) => {
          const options = { lr: 0.1, beta1: 0.9, beta2: 0.99, eps: 1e-3, weightDecay: 0.1, step };
          const updated = k.adamW(p!, g!, { mean: mean!.storage, square: square!.storage }, options);
          return { parameter: updated.parameter, ...updated.moments };
        });
      },
    ),
  ];
}
