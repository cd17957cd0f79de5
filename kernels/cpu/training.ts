/** What only training needs: dropout, and the update of AdamW. */

import { DROPOUT_RANGE, dropoutKeys, dropoutThreshold } from "../dropout.ts";
import type { AdamWMoments, AdamWOptions } from "../fused.ts";
import type { View } from "../kernels.ts";
import { sizeOf } from "../view.ts";
import type { Engine, Floats } from "./engine.ts";
import { numbers, put } from "./layout.ts";

/** About what one element takes, in ns. */
const ELEMENT_NS = 0.5;

/** `out = a ⊙ keep / (1 − rate)`. */
export function dropout(engine: Engine, a: View, rate: number, seed: number): Floats {
  engine.begin();
  const length = sizeOf(a.shape);
  const x = put(engine, a);
  const out = engine.allocate(length);
  const threshold = dropoutThreshold(rate);
  for (let start = 0; start < length; start += DROPOUT_RANGE) { // each range of indices has keys of its own
    const keys = engine.putIntegers(dropoutKeys(seed, start / DROPOUT_RANGE));
    const count = Math.min(length - start, DROPOUT_RANGE);
    const args = [x + 4 * start, out + 4 * start, keys, threshold, 1 / (1 - rate), count];
    engine.run("dropout", args, engine.plan(count, ELEMENT_NS, 4));
  }
  return engine.take(out, length);
}

/** One step of AdamW; the moments are updated in place. */
export function adamW(
  engine: Engine,
  parameter: View,
  grad: View,
  moments: AdamWMoments,
  { lr, beta1, beta2, eps, weightDecay, step }: AdamWOptions,
): { parameter: Floats; moments: AdamWMoments } {
  engine.begin();
  const length = sizeOf(parameter.shape);
  const flat = { shape: [length], strides: [1], offset: 0 };
  const [p, g, m, s] = [
    put(engine, parameter),
    put(engine, grad),
    put(engine, { storage: moments.mean, ...flat }),
    put(engine, { storage: moments.square, ...flat }),
  ];
  const out = engine.allocate(length);
  const corrections = [1 / (1 - beta1 ** step), 1 / (1 - beta2 ** step)];
  engine.run(
    "adamW",
    [p, g, m, s, out, lr, beta1, 1 - beta1, beta2, 1 - beta2, eps, weightDecay, ...corrections, length],
    engine.plan(length, ELEMENT_NS, 4),
  );
  numbers(moments.mean).set(engine.floats.subarray(m / 4, m / 4 + length));
  numbers(moments.square).set(engine.floats.subarray(s / 4, s / 4 + length));
  return { parameter: engine.take(out, length), moments };
}
