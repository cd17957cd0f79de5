import { required, type Rule, that } from "../../checks/mod.ts";
import { isRandomState } from "../random_state.ts";

/** The position of a loader in plain numbers, for JSON. */
export interface DataLoaderState {
  /** The number of examples in the dataset. */
  readonly examples: number;
  /** B */
  readonly batchSize: number;
  /** The epoch of the next batch, from 0. */
  readonly epoch: number;
  /** The index of the next batch in its epoch, from 0. */
  readonly batch: number;
  /** The state of `shuffle` when the epoch's order was drawn; `null` before that, or without shuffling. */
  readonly order: readonly number[] | null;
  /** The state of `shuffle` now; `null` without shuffling. */
  readonly shuffle: readonly number[] | null;
}

const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
const isStateOrNull = (value: unknown) => value === null || isRandomState(value);

/** The rule of a loader's state. */
export const loaderStateRule: Rule<DataLoaderState> = required(that(
  "a DataLoader's state, { examples, batchSize, epoch, batch, order, shuffle }",
  (value) => {
    if (typeof value !== "object" || value === null) return false;
    const { examples, batchSize, epoch, batch, order, shuffle } = value as Record<string, unknown>; // an object
    return [examples, batchSize, epoch, batch].every(isCount) && [order, shuffle].every(isStateOrNull);
  },
));
