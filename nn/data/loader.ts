import type { Random } from "../../autograd/random.ts";
import { type Dataset, exampleAt } from "./dataset.ts";

/** How examples are put into batches. */
export interface DataLoaderOptions {
  /** B, the examples of a batch. */
  batchSize: number;
  /** Draws a new order for every epoch; in the dataset's own order, if none is given. */
  shuffle?: Random;
  /** Leave out the last batch if it is not full: no, if nothing is said. */
  dropLast?: boolean;
}

/** A batch, and when it comes. */
export interface Step<Example> {
  /** Which pass over the dataset it is of, from 0. */
  readonly epoch: number;
  /** Which batch it is of all, from 0. */
  readonly step: number;
  /** At most B examples. */
  readonly batch: Example[];
}

/**
 * Reads a dataset in batches; to iterate over it once is one epoch.
 *
 * Every example comes once in an epoch (but for those of a last batch that is dropped). The same seed gives the same
 * batches. How examples become numbers of one shape is up to the caller: see `pad`.
 *
 * @example
 * ```ts
 * import { Random } from "nabla";
 * import { DataLoader } from "nabla/nn/data/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const loader = new DataLoader([1, 2, 3, 4, 5], { batchSize: 2 });
 * assert.deepEqual([...loader], [[1, 2], [3, 4], [5]]);
 *
 * const shuffled = new DataLoader([1, 2, 3, 4, 5], { batchSize: 2, shuffle: new Random(1), dropLast: true });
 * assert.equal([...shuffled.epochs(3)].length, 6); // steps: two an epoch
 * ```
 */
export class DataLoader<Example> implements Iterable<Example[]> {
  readonly #batchSize: number;
  readonly #shuffle: Random | undefined;
  readonly #dropLast: boolean;

  /** @throws {RangeError} If the batch size is no positive integer. */
  constructor(readonly dataset: Dataset<Example>, { batchSize, shuffle, dropLast = false }: DataLoaderOptions) {
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw new RangeError(`Cannot make a DataLoader, as batchSize must be a positive integer: ${batchSize}`);
    }
    this.#batchSize = batchSize;
    this.#shuffle = shuffle;
    this.#dropLast = dropLast;
  }

  /** The batches of an epoch. */
  get length(): number {
    const batches = this.dataset.length / this.#batchSize;
    return this.#dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  /** The batches of one epoch, in a new order if they are shuffled. */
  *[Symbol.iterator](): Generator<Example[]> {
    const inOrder = Array.from({ length: this.dataset.length }, (_, i) => i);
    const order = this.#shuffle?.shuffle(inOrder) ?? inOrder;
    for (let batch = 0; batch < this.length; batch++) {
      const start = batch * this.#batchSize;
      yield order.slice(start, start + this.#batchSize).map((index) => exampleAt(this.dataset, index));
    }
  }

  /**
   * The batches of so many epochs, numbered: what a training loop runs over.
   *
   * @throws {RangeError} If the number of epochs is no integer of at least 0.
   */
  *epochs(count: number): Generator<Step<Example>> {
    if (!Number.isInteger(count) || count < 0) {
      throw new RangeError(`Cannot iterate over epochs, as their number must be an integer of at least 0: ${count}`);
    }
    let step = 0;
    for (let epoch = 0; epoch < count; epoch++) {
      for (const batch of this) yield { epoch, step: step++, batch };
    }
  }
}
