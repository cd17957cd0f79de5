import { Random } from "../../autograd/random.ts";
import { check, checkArguments, flag, instance, optionsOf, required, size, whole } from "../../checks/mod.ts";
import { randomAt } from "../random_state.ts";
import { type Dataset, datasetRule, exampleAt } from "./dataset.ts";
import { type DataLoaderState, loaderStateRule } from "./loader_state.ts";

/** How examples are put into batches. */
export interface DataLoaderOptions {
  /** B, the examples of a batch. */
  batchSize: number;
  /** Draws a new order for every epoch. Default: the dataset's own order. */
  shuffle?: Random;
  /** Leave out the last batch if it is not full. Default: false. */
  dropLast?: boolean;
}

/** A batch, and when it comes. */
export interface Step<Example> {
  /** Which pass over the dataset it belongs to, from 0. */
  readonly epoch: number;
  /** Its place among all batches, from 0. */
  readonly step: number;
  /** At most B examples. */
  readonly batch: Example[];
}

/** The loader that a source of chance shuffles: of several, the last one that was within an epoch. */
const shuffledBy = new WeakMap<Random, DataLoader<unknown>>();

/** Where the next loader that a source of chance shuffles goes on. */
const awaited = new WeakMap<Random, DataLoaderState>();

/** The place of the loader that a source of chance shuffles, if there is one. */
export function placeOfSource(random: Random): DataLoaderState | null {
  return awaited.get(random) ?? shuffledBy.get(random)?.state ?? null;
}

/** Makes the next loader that a source of chance shuffles go on from a place; `null` makes it begin an epoch. */
export function resumeSource(random: Random, state: DataLoaderState | null): void {
  shuffledBy.delete(random);
  if (state === null) awaited.delete(random);
  else awaited.set(random, state);
}

/**
 * Whether a loader can be set to a state: for looking at all of a file before anything changes.
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
 * Reads a dataset in batches; to iterate over it once is one epoch.
 *
 * Every example comes once in an epoch (but for those of a last batch that is dropped). The same seed gives the same
 * batches. How examples become numbers of one shape is up to the caller: see `pad`.
 *
 * A loader's `state` says where it stands, and `saveTraining` keeps it: a loader that is set to it goes on with the next
 * batch, in the middle of an epoch too.
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
  /** Where the examples come from. */
  readonly dataset: Dataset<Example>;
  readonly #batchSize: number;
  readonly #shuffle: Random | undefined;
  readonly #dropLast: boolean;
  /** The next batch of the epoch that runs. */
  #place = START;
  /** Whether the next iteration goes on from the place, which was set, rather than with a new epoch. */
  #resumes = false;

  static {
    checkLoaderState = (loader, state) => loader.#check(state);
  }

  /**
   * A loader of the data set's examples, in batches.
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

  /** How many batches an epoch has. */
  get length(): number {
    const batches = this.dataset.length / this.#batchSize;
    return this.#dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  /** What draws the orders, if the examples are shuffled. */
  get random(): Random | undefined {
    return this.#shuffle;
  }

  /** The batches of one epoch, in a new order if they are shuffled; after `state` was set, the rest of its epoch. */
  [Symbol.iterator](): Generator<Example[]> {
    this.#takeAwaited();
    const { epoch, batch } = this.#place;
    const unfinished = batch > 0 && !this.#resumes; // an epoch that was left early is over
    return this.#epoch(unfinished ? epoch + 1 : epoch);
  }

  /**
   * The batches of so many epochs, numbered: what a training loop runs over. After `state` was set, it goes on with the
   * next step, up to the same number of epochs.
   *
   * @throws {RangeError} If the number of epochs is not a whole number of at least 0.
   */
  epochs(count: number): Generator<Step<Example>> {
    checkArguments("iterate over epochs", arguments, running);
    this.#takeAwaited();
    return this.#steps(count);
  }

  /**
   * Where the loader stands: setting it, also on another loader of the same dataset and options, goes on from there.
   *
   * @throws {TypeError} If it is set to something that is not a state of such a loader; nothing is changed then.
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

  /** The batches of one epoch: of the one that is resumed, those that are left. */
  *#epoch(epoch: number): Generator<Example[]> {
    const resumed = this.#resumes ? this.#place : undefined;
    this.#resumes = false;
    const inOrder = Array.from({ length: this.dataset.length }, (_, i) => i);
    const drawn = resumed?.order ?? this.#shuffle?.state ?? null; // the state that the order is drawn from
    const random = resumed?.order ? randomAt(resumed.order) : this.#shuffle; // an order that was drawn once is drawn again
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

  /** Goes on from the place that `loadTraining` has put beside the source of chance, if it is one of this loader. */
  #takeAwaited(): void {
    const state = this.#shuffle && awaited.get(this.#shuffle);
    if (state === undefined || state.examples !== this.dataset.length || state.batchSize !== this.#batchSize) return;
    awaited.delete(this.#shuffle!); // there is one, as a state was found by it
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
