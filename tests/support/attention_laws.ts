/** A device's attention agrees with `reference`, and its gradient uses the same weights. */

import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { Attended, AttentionRule } from "../../kernels/fused.ts";
import type { Kernels, Storage, View } from "../../kernels/kernels.ts";
import { rowMajor, type Shape } from "../../kernels/view.ts";
import { close } from "./closeness.ts";
import type { Agrees } from "./kernel_laws.ts";
import { type Law, law } from "./property.ts";
import { type Given, ragged, viewOn, viewsOf } from "./views.ts";

/** q, k, v, grad and a mask of attention, in any layouts, and whether it is causal. */
const attended = fc.record({
  outer: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }),
  T: fc.oneof(ragged, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 40, max: 110 })),
  S: fc.oneof(ragged, fc.integer({ min: 90, max: 110 }), fc.integer({ min: 250, max: 270 })),
  D: fc.integer({ min: 1, max: 20 }),
  E: fc.integer({ min: 1, max: 20 }),
  causal: fc.boolean(),
  masked: fc.boolean(),
}).chain(({ outer, T, S, D, E, causal, masked }) =>
  fc.record({
    given: fc.tuple(
      ...[viewsOf([...outer, T, D]), viewsOf([...outer, S, D])],
      ...[viewsOf([...outer, S, E]), viewsOf([...outer, T, E]), viewsOf([...outer, T, S])],
    ),
    causal: fc.constant(causal),
    masked: fc.constant(masked),
  })
);

/** What attention computed, as its backward kernel expects it; `shape` is `[…, T, E]`. */
function attendedOf({ out, max, sum }: Attended<Storage>, shape: Shape): Attended<View> {
  const rows = rowMajor(shape.slice(0, -1));
  return {
    out: { storage: out, ...rowMajor(shape) },
    max: { storage: max, ...rows },
    sum: { storage: sum, ...rows },
  };
}

/** The laws of attention for a device named `name`. */
export function attentionLaws(name: string, kernels: Kernels, agrees: Agrees): Law[] {
  return [
    law(
      `${name}: attention, forward and backward, agrees with reference, causal or not, masked or not`,
      attended,
      ({ given: [q, k, v, grad, mask], causal, masked }) => {
        const bits = { ...mask!, numbers: mask!.numbers.map((x) => x > 0 ? 1 : 0) };
        agrees([q!, k!, v!, grad!, bits], (kernels, q, k, v, grad, mask) => {
          const rule: AttentionRule = { scale: 0.3, causal, ...(masked ? { mask: mask! } : {}) };
          const { out, max, sum } = kernels.attention(q!, k!, v!, rule);
          const attended = attendedOf({ out, max, sum }, grad!.shape);
          const d = kernels.attentionBackward(q!, k!, v!, attended, grad!, rule);
          return { out, max, sum, q: d.q, k: d.k, v: d.v };
        });
      },
    ),
    law(
      `${name}: the weights in attention's gradient are those of attention, however large the scores`,
      largeScores,
      (drawn) => holdsTheWeights(kernels, drawn),
    ),
    law(
      `${name}: attention agrees with reference on large scores, and on equal ones`,
      exactScores,
      ([q, k, v, power, causal, grad]) => {
        const whole = ({ numbers, ...layout }: Given, factor: number) => {
          return { ...layout, numbers: numbers.map((x) => Math.round(x) * factor) };
        };
        agrees([whole(q, 2 ** power), whole(k, 2 ** power), v, grad], (kernels, q, k, v, grad) => {
          const rule = { scale: 0.5, causal };
          const { out, max, sum } = kernels.attention(q!, k!, v!, rule);
          const attended = attendedOf({ out, max, sum }, grad!.shape);
          return { out, max, sum, v: kernels.attentionBackward(q!, k!, v!, attended, grad!, rule).v };
        });
      },
    ),
  ];
}

/** Queries and keys of any size, few queries and many, causal or not, all keys seen or some. */
const largeScores = fc.record({
  heads: fc.integer({ min: 1, max: 3 }),
  T: fc.integer({ min: 1, max: 12 }),
  S: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 125, max: 135 })),
  D: fc.integer({ min: 1, max: 16 }),
  decade: fc.integer({ min: -2, max: 8 }),
  causal: fc.boolean(),
  masked: fc.boolean(),
}).chain(({ heads, T, S, D, ...rest }) =>
  fc.record({
    q: viewsOf([heads, T, D]),
    k: viewsOf([heads, S, D]),
    v: viewsOf([heads, S, T]),
    mask: viewsOf([heads, T, S]),
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, fc.constant(value)])) as {
      readonly [Name in keyof typeof rest]: fc.Arbitrary<typeof rest[Name]>; // `constant` of each
    },
  })
);

/** The rounding of float32 when about a dozen weights are computed, and their products with numbers up to 3 added. */
const WEIGHTS_TOLERANCE = 1e-5;

/**
 * The weights of the gradient are those of attention itself.
 *
 * With the identity matrix as the gradient, `[T, T]`, the gradient of v is the transposed weights, `[S, T]`. Each
 * query's weights must sum to 1, or to 0 if it sees no key, and with v they must give the result of attention.
 */
function holdsTheWeights(kernels: Kernels, { q, k, v, mask, decade, causal, masked }: LargeScores): void {
  const [heads, S, T] = v.shape as [number, number, number];
  const sized = ({ numbers, ...layout }: Given) => ({ ...layout, numbers: numbers.map((x) => x * 10 ** decade) });
  const [queries, keys, values] = [sized(q), sized(k), v].map((given) => viewOn(kernels, given)) as [View, View, View];
  const bits = { ...mask, numbers: mask.numbers.map((x) => x > 0 ? 1 : 0) };
  const scale = 1 / Math.sqrt(q.shape[2]!);
  const rule: AttentionRule = { scale, causal, ...(masked && { mask: viewOn(kernels, bits) }) };
  const { out, max, sum } = kernels.attention(queries, keys, values, rule);
  const attended = attendedOf({ out, max, sum }, [heads, T, T]);
  const unit = Float32Array.from({ length: T * T }, (_, i) => i % (T + 1) === 0 ? 1 : 0);
  const grad = viewOn(kernels, { numbers: unit, shape: [heads, T, T], strides: [0, T, 1], offset: 0 });
  const weights = kernels.read(kernels.attentionBackward(queries, keys, values, attended, grad, rule).v); // [H, S, T]
  const [outs, sums, numbers] = [out, sum, kernels.copy(values)].map((storage) => kernels.read(storage));
  for (let row = 0; row < heads * T; row++) {
    const [head, t] = [Math.floor(row / T), row % T];
    const weight = (s: number) => weights[(head * S + s) * T + t]!;
    const total = (f: (s: number) => number) => Array.from({ length: S }, (_, s) => f(s)).reduce((a, b) => a + b, 0);
    const [got, wanted] = [total(weight), sums![row] === 0 ? 0 : 1];
    assert(close(got, wanted, WEIGHTS_TOLERANCE), `the weights of query ${row} add up to ${got}, not ${wanted}`);
    for (let e = 0; e < T; e++) {
      const [x, y] = [total((s) => weight(s) * numbers![(head * S + s) * T + e]!), outs![row * T + e]!];
      assert(close(x, y, WEIGHTS_TOLERANCE, 3), `the gradient's weights of query ${row} give ${x}, attention's ${y}`);
    }
  }
}

type LargeScores = typeof largeScores extends fc.Arbitrary<infer Case> ? Case : never;

/**
 * Scores that float32 holds exactly, some large, many equal: products of small whole numbers, times a power of 2.
 */
const exactScores = fc.record({
  T: fc.integer({ min: 1, max: 12 }),
  S: fc.integer({ min: 1, max: 20 }),
  D: fc.integer({ min: 1, max: 8 }),
}).chain(({ T, S, D }) =>
  fc.tuple(viewsOf([2, T, D]), viewsOf([2, S, D]), viewsOf([2, S, 3]), fc.nat(20), fc.boolean(), viewsOf([2, T, 3]))
);
