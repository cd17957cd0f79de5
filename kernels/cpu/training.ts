/** What only training needs: dropout, and the update of AdamW. */

import { DROPOUT_RANGE, dropoutKeys, dropoutThreshold } from "../dropout.ts";
import type { AdamWMoments, AdamWOptions } from "../fused.ts";
import type { Storage, View } from "../kernels.ts";
import { sizeOf } from "../view.ts";
import type { Engine } from "./engine.ts";
import type { Floats } from "./memory.ts";
import { numbers, put } from "./layout.ts";

/** About what one element takes, in ns. */
const ELEMENT_NS = 0.5;

/** `out = a ⊙ keep / (1 − rate)`. */
export function dropout(engine: Engine, a: View, rate: number, seed: number): Floats {
  const { memory } = engine;
  memory.begin();
  const length = sizeOf(a.shape);
  const x = put(engine, a);
  const out = memory.allocateResult(length);
  const threshold = dropoutThreshold(rate);
  for (let start = 0; start < length; start += DROPOUT_RANGE) { // each range of indices has keys of its own
    const keys = memory.putIntegers(dropoutKeys(seed, start / DROPOUT_RANGE));
    const count = Math.min(length - start, DROPOUT_RANGE);
    const args = [x + 4 * start, out + 4 * start, keys, threshold, 1 / (1 - rate), count];
    engine.run("dropout", args, engine.plan(count, ELEMENT_NS, 4));
  }
  return memory.take(out, length);
}

/** One step of AdamW; the moments are updated in place. */
export function adamW(
  engine: Engine,
  parameter: View,
  grad: View,
  moments: AdamWMoments,
  { lr, beta1, beta2, eps, weightDecay, step }: AdamWOptions,
): { parameter: Floats; moments: AdamWMoments } {
  const { memory } = engine;
  memory.begin();
  const length = sizeOf(parameter.shape);
  const flat = { shape: [length], strides: [1], offset: 0 };
  const [p, g, m, s] = [
    put(engine, parameter),
    put(engine, grad),
    put(engine, { storage: moments.mean, ...flat }),
    put(engine, { storage: moments.square, ...flat }),
  ];
  const out = memory.allocateResult(length);
  const corrections = [1 / (1 - beta1 ** step), 1 / (1 - beta2 ** step)];
  engine.run(
    "adamW",
    [p, g, m, s, out, lr, beta1, 1 - beta1, beta2, 1 - beta2, eps, weightDecay, ...corrections, length],
    engine.plan(length, ELEMENT_NS, 4),
  );
  update(engine, moments.mean, m);
  update(engine, moments.square, s);
  return { parameter: memory.take(out, length), moments };
}

/** Gives a storage that had to be copied to `address` what is there now. */
function update({ memory }: Engine, storage: Storage, address: number): void {
  const array = numbers(storage);
  if (memory.addressOf(array) === undefined) array.set(memory.floats.subarray(address / 4, address / 4 + array.length));
}
