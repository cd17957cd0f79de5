/** Kernels for training: dropout and the update of AdamW. */

import { DROPOUT_RANGE, dropoutKeys, dropoutThreshold } from "../dropout.ts";
import type { FusedKernels } from "../fused.ts";
import type { Storage } from "../kernels.ts";
import { contiguous, sizeOf } from "../view.ts";
import type { Engine } from "./engine.ts";
import { numbers, put } from "./layout.ts";
import { hasLength, hasShape } from "./operands.ts";

/** About the time for one element, in ns. */
const ELEMENT_NS = 0.5;

/** Makes the kernels of this file for an engine. */
export function trainingKernels(engine: Engine): Pick<FusedKernels, "dropout" | "adamW"> {
  return {
    dropout(a, rate, seed) {
      const { memory } = engine;
      memory.begin();
      const length = sizeOf(a.shape);
      const x = put(engine, a);
      const out = memory.allocateResult(length);
      const rule = { threshold: dropoutThreshold(rate), scale: 1 / (1 - rate) };
      for (let start = 0; start < length; start += DROPOUT_RANGE) { // each range of indices has its own keys
        const keys = memory.putIntegers(dropoutKeys(seed, start / DROPOUT_RANGE));
        const count = Math.min(length - start, DROPOUT_RANGE);
        const part = { x: x + 4 * start, out: out + 4 * start, length: count };
        engine.run("dropout", { ...part, keys, ...rule }, engine.plan(count, ELEMENT_NS, 4));
      }
      return memory.take(out, length);
    },

    adamW(parameter, grad, moments, { lr, beta1, beta2, eps, weightDecay, step }) {
      const length = sizeOf(parameter.shape);
      hasShape("adamW", "the gradient", grad, parameter.shape);
      hasLength("adamW", "the mean", moments.mean, length);
      hasLength("adamW", "the mean of squares", moments.square, length);
      const { memory } = engine;
      memory.begin();
      const operands = {
        p: put(engine, parameter),
        g: put(engine, grad),
        m: put(engine, contiguous(moments.mean, [length])),
        s: put(engine, contiguous(moments.square, [length])),
      };
      const out = memory.allocateResult(length);
      const rates = { lr, beta1, oneMinusBeta1: 1 - beta1, beta2, oneMinusBeta2: 1 - beta2, eps, weightDecay };
      const corrections = { correctM: 1 / (1 - beta1 ** step), correctS: 1 / (1 - beta2 ** step) };
      const plan = engine.plan(length, ELEMENT_NS, 4);
      engine.run("adamW", { ...operands, out, ...rates, ...corrections, length }, plan);
      update(engine, moments.mean, operands.m);
      update(engine, moments.square, operands.s);
      return { parameter: memory.take(out, length), moments };
    },
  };
}

/** Copies what is at `address` back to a storage on the heap. A storage in the memory is there already. */
function update({ memory }: Engine, storage: Storage, address: number): void {
  const array = numbers(storage);
  if (memory.addressOf(array) === undefined) array.set(memory.floats.subarray(address / 4, address / 4 + array.length));
}
