/** Examples that are reached by number. */

import type { Random } from "../../autograd/random.ts";

/** A list of examples, there or made when asked for. Any array is one. */
export interface Dataset<Example> {
  /** How many examples there are. */
  readonly length: number;
  /** Example `index`, from 0 to `length − 1`. */
  at(index: number): Example | undefined;
}

/**
 * The examples of a dataset in random order, cut in two: `[the first share, the rest]`.
 *
 * For text that runs on, cut without shuffling: see `splitTokens`.
 *
 * @param share Of all examples, from 0 to 1: the first list has `⌊share · length⌋` of them.
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
  dataset: Dataset<Example>,
  share: number,
  { random }: { random: Random },
): [Example[], Example[]] {
  checkShare("dataset", share);
  const order = random.shuffle(Array.from({ length: dataset.length }, (_, i) => i));
  const examples = order.map((index) => exampleAt(dataset, index));
  const cut = Math.floor(share * examples.length);
  return [examples.slice(0, cut), examples.slice(cut)];
}

/**
 * An example that must be there.
 *
 * @throws {RangeError} If the dataset has none of that number.
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
