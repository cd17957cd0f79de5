/** Examples accessed by index. */

import type { Random } from "../../autograd/random.ts";
import { checkArguments, optionsOf, real, required, that } from "../../checks/mod.ts";
import { chance } from "../rules.ts";

/** A list of examples, in memory or made on demand. Any array is a dataset. */
export interface Dataset<Example> {
  /** The number of examples. */
  readonly length: number;
  /** Example `index`, from 0 to `length − 1`. */
  at(index: number): Example | undefined;
}

/** The rule of a dataset. */
export const datasetRule = that<Dataset<unknown>>("a dataset: an array, or an object with length and at", (value) => {
  return typeof value === "object" && value !== null && "length" in value && "at" in value &&
    Number.isSafeInteger(value.length) && Number(value.length) >= 0 && typeof value.at === "function";
});

const splitting = {
  dataset: required(datasetRule),
  share: required(real({ min: 0, max: 1 })),
  options: optionsOf<{ random: Random }>({ random: chance }),
};

/**
 * The examples of a dataset in random order, cut in two: `[the first share, the rest]`.
 *
 * Continuous text must be cut without shuffling: see `splitTokens`.
 *
 * @param share The first part's share of all examples, from 0 to 1: it has `⌊share · length⌋` of them.
 * @throws {RangeError} If the share is not from 0 to 1.
 *
 * @example
 * ```ts
 * import { Random } from "nabla";
 * import { randomSplit } from "nabla/nn/data/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const [train, test] = randomSplit(["a", "b", "c", "d"], 0.75, { random: new Random(1) });
 * assert.deepEqual([train.length, test.length], [3, 1]);
 * assert.deepEqual([...train, ...test].sort(), ["a", "b", "c", "d"]);
 * ```
 */
export function randomSplit<Example>(
  dataset: Dataset<Example> | readonly Example[],
  share: number,
  options: { random: Random },
): [Example[], Example[]] {
  checkArguments("split a dataset", arguments, splitting);
  const order = options.random.shuffle(Array.from({ length: dataset.length }, (_, i) => i));
  const examples = order.map((index) => exampleAt(dataset, index));
  const cut = Math.floor(share * examples.length);
  return [examples.slice(0, cut), examples.slice(cut)];
}

/**
 * An existing example.
 *
 * @throws {RangeError} If there is no example at that index.
 */
export function exampleAt<Example>(dataset: Dataset<Example>, index: number): Example {
  const example = dataset.at(index);
  if (example === undefined) {
    throw new RangeError(
      `Cannot read example ${index} of a dataset of ${dataset.length}, as it has none of that number`,
    );
  }
  return example;
}

/** @throws {RangeError} If the share is not from 0 to 1. */
export function checkShare(what: string, share: number): void {
  if (!(share >= 0 && share <= 1)) {
    throw new RangeError(`Cannot split a ${what}, as the first part's share must be from 0 to 1: ${share}`);
  }
}
