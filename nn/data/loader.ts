import { Random } from "../../autograd/random.ts";
import { check, checkArguments, flag, instance, optionsOf, required, size, whole } from "../../checks/mod.ts";
import { randomAt } from "../random_state.ts";
import { type Dataset, datasetRule, exampleAt } from "./dataset.ts";
import { type DataLoaderState, loaderStateRule } from "./loader_state.ts";

/** The options of a `DataLoader`. */
export interface DataLoaderOptions {
  /** B, the number of examples in a batch. */
  batchSize: number;
  /** Draws a new order for every epoch. Default: the dataset's own order. */
  shuffle?: Random;
  /** Leave out the last batch if it is not full. Default: false. */
  dropLast?: boolean;
}

/** A batch and its position. */
export interface Step<Example> {
  /** The epoch, from 0. */
  readonly epoch: number;
  /** The number of the step, from 0. */
  readonly step: number;
  /** At most B examples. */
  readonly batch: Example[];
}

/** The loader that a generator shuffles; of several, the last one that was within an epoch. */
const shuffledBy = new WeakMap<Random, DataLoader<unknown>>();

/** Where the next loader that a generator shuffles resumes. */
const awaited = new WeakMap<Random, DataLoaderState>();

/** The position of the loader that a generator shuffles, if any. */
export function placeOfSource(random: Random): DataLoaderState | null {
  return awaited.get(random) ?? shuffledBy.get(random)?.state ?? null;
}

/** Makes the next loader that a generator shuffles resume at a position; `null` makes it begin an epoch. */
export function resumeSource(random: Random, state: DataLoaderState | null): void {
  shuffledBy.delete(random);
  if (state === null) awaited.delete(random);
  else awaited.set(random, state);
}

/**
 * Checks that a loader can be set to a state, so that a whole file can be checked before anything changes.
 *
 * @throws {TypeError} If it cannot.
 */
export let checkLoaderState: (loader: DataLoader<unknown>, state: DataLoaderState) => void;

/** The next batch. */
type Place = Pick<DataLoaderState, "epoch" | "batch" | "order">;

const START: Place = { epoch: 0, batch: 0, order: null };

const making = {
  dataset: required(datasetRule),
  options: optionsOf<DataLoaderOptions>({ batchSize: required(size), shuffle: instance(Random), dropLast: flag }),
};
const running = { count: required(whole({ min: 0 })) };

/**
 * Reads a dataset in batches; one iteration over it is one epoch.
 *
 * Every example comes once per epoch (except in a last batch that is dropped). The same seed gives the same batches.
 * The caller turns examples into arrays of one shape: see `pad`.
 *
 * A loader's `state` is its position, which `saveTraining` keeps: a loader set to it continues with the next batch,
 * even in the middle of an epoch.
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
  /** The dataset of the examples. */
  readonly dataset: Dataset<Example>;
  readonly #batchSize: number;
  readonly #shuffle: Random | undefined;
  readonly #dropLast: boolean;
  /** The next batch of the current epoch. */
  #place = START;
  /** Whether the next iteration resumes at the position that was set, rather than beginning a new epoch. */
  #resumes = false;

  static {
    checkLoaderState = (loader, state) => loader.#check(state);
  }

  /**
   * Makes a loader.
   *
   * @throws {RangeError} If the batch size is not a whole number of at least 1.
   */
  constructor(dataset: Dataset<Example> | readonly Example[], options: DataLoaderOptions) {
    checkArguments("make a DataLoader", arguments, making);
    const { batchSize, shuffle, dropLast = false } = options;
    this.dataset = dataset;
    this.#batchSize = batchSize;
    this.#shuffle = shuffle;
    this.#dropLast = dropLast;
  }

  /** The number of batches in an epoch. */
  get length(): number {
    const batches = this.dataset.length / this.#batchSize;
    return this.#dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  /** The generator of the orders, if the examples are shuffled. */
  get random(): Random | undefined {
    return this.#shuffle;
  }

  /** The batches of one epoch, in a new order if they are shuffled; after `state` was set, the rest of its epoch. */
  [Symbol.iterator](): Generator<Example[]> {
    this.#takeAwaited();
    const { epoch, batch } = this.#place;
    const unfinished = batch > 0 && !this.#resumes; // an epoch that was left early has ended
    return this.#epoch(unfinished ? epoch + 1 : epoch);
  }

  /**
   * The numbered batches of a number of epochs, for a training loop. After `state` was set, it continues with the next
   * step, up to the same number of epochs.
   *
   * @throws {RangeError} If the number of epochs is not a whole number of at least 0.
   */
  epochs(count: number): Generator<Step<Example>> {
    checkArguments("iterate over epochs", arguments, running);
    this.#takeAwaited();
    return this.#steps(count);
  }

  /**
   * The position of the loader. Setting it, even on another loader of the same dataset and options, resumes there.
   *
   * @throws {TypeError} If it is set to anything but a state of such a loader; nothing is changed then.
   */
  get state(): DataLoaderState {
    const shuffle = this.#shuffle?.state ?? null;
    return { examples: this.dataset.length, batchSize: this.#batchSize, ...this.#place, shuffle };
  }

  set state(state: DataLoaderState) {
    this.#check(state);
    const { epoch, batch, order, shuffle } = state;
    if (this.#shuffle !== undefined && shuffle !== null) {
      this.#shuffle.state = shuffle;
      awaited.delete(this.#shuffle);
    }
    this.#moveTo({ epoch, batch, order });
    this.#resumes = true;
  }

  *#steps(count: number): Generator<Step<Example>> {
    const first = this.#resumes ? this.#place : START;
    let step = first.epoch * this.length + first.batch;
    for (let epoch = first.epoch; epoch < count; epoch++) {
      for (const batch of this.#epoch(epoch)) yield { epoch, step: step++, batch };
    }
  }

  /** The batches of one epoch; the remaining ones if it is resumed. */
  *#epoch(epoch: number): Generator<Example[]> {
    const resumed = this.#resumes ? this.#place : undefined;
    this.#resumes = false;
    const inOrder = Array.from({ length: this.dataset.length }, (_, i) => i);
    const drawn = resumed?.order ?? this.#shuffle?.state ?? null; // the state that the order is drawn from
    const random = resumed?.order ? randomAt(resumed.order) : this.#shuffle; // draws the same order again
    const order = random?.shuffle(inOrder) ?? inOrder;
    for (let batch = resumed?.batch ?? 0; batch < this.length; batch++) {
      const isLast = batch + 1 === this.length;
      this.#moveTo(isLast ? { epoch: epoch + 1, batch: 0, order: null } : { epoch, batch: batch + 1, order: drawn });
      const start = batch * this.#batchSize;
      yield order.slice(start, start + this.#batchSize).map((index) => exampleAt(this.dataset, index));
    }
  }

  #moveTo(place: Place): void {
    this.#place = place;
    if (this.#shuffle === undefined) return;
    const other = shuffledBy.get(this.#shuffle);
    if (place.batch > 0 || other === undefined || other.#place.batch === 0) shuffledBy.set(this.#shuffle, this);
  }

  /** Resumes at the position that `loadTraining` has stored for the generator, if it fits this loader. */
  #takeAwaited(): void {
    const state = this.#shuffle && awaited.get(this.#shuffle);
    if (state === undefined || state.examples !== this.dataset.length || state.batchSize !== this.#batchSize) return;
    awaited.delete(this.#shuffle!); // it exists, as it led to a state
    const { epoch, batch, order } = state;
    this.#moveTo({ epoch, batch, order });
    this.#resumes = true;
  }

  #check(state: DataLoaderState): void {
    const action = "set the state of a DataLoader";
    check(action, "it", state, loaderStateRule);
    const own: Record<string, unknown> = {
      examples: this.dataset.length,
      batchSize: this.#batchSize,
      shuffle: this.#shuffle !== undefined,
    };
    const given: Record<string, unknown> = { ...state, shuffle: state.shuffle !== null };
    for (const name of Object.keys(own)) {
      if (given[name] === own[name]) continue;
      throw new TypeError(
        `Cannot ${action}, as it must be of a loader with the same ${name}, ${own[name]}: ${given[name]}`,
      );
    }
    if (
      state.batch >= this.length && state.batch > 0 ||
      state.batch > 0 && (state.order === null) !== (state.shuffle === null)
    ) {
      throw new TypeError(`Cannot ${action}, as there is no such place in an epoch: batch ${state.batch}`);
    }
  }
}
