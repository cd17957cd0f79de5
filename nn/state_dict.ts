/** A model's numbers by name, and what keeps them from being loaded. */

import { Tensor } from "../autograd/mod.ts";
import { sameShape, showShape } from "../autograd/shape.ts";
import { show } from "../checks/mod.ts";

/** The numbers of a module's parameters by name: `{ "layers.0.weight": Tensor, … }`. */
export type StateDict = Record<string, Tensor>;

/** How `loadStateDict` treats names that do not match. */
export interface LoadOptions {
  /** Throw for names that are missing or unexpected, rather than return them. Default: true. */
  strict?: boolean;
}

/** The names that did not match when a state dict was loaded; both lists are empty if `strict`. */
export interface LoadReport {
  /** Parameters that are missing from the state dict; they keep their numbers. */
  readonly missing: string[];
  /** Names in the state dict that are not parameters; they are ignored. */
  readonly unexpected: string[];
}

/** The most problems that an error prints. */
const MOST_PROBLEMS = 10;

/** The most characters that it prints of one. */
const LONGEST = 500;

/** Everything that keeps a state dict from being loaded; the message has the first ten. */
export class StateDictError extends TypeError {
  /** The error's name. */
  override name = "StateDictError";

  /**
   * Makes the error, with one line for each problem.
   *
   * @param problems One line for each name that is missing or unexpected, or has another shape.
   */
  constructor(readonly problems: readonly string[]) {
    const more = problems.length > MOST_PROBLEMS ? [`… and ${problems.length - MOST_PROBLEMS} more`] : [];
    const shown = problems.slice(0, MOST_PROBLEMS).map((line) =>
      line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
    );
    const lines = [...shown, ...more].join("\n  ");
    super(`Cannot load the state dict, as names and shapes must be those of the module:\n  ${lines}`);
  }
}

/** The problems with the value of a parameter in a state dict. */
export function misfit(name: string, value: unknown, { shape }: Tensor): string[] {
  if (!(value instanceof Tensor)) return [`${name}: ${show(value)} where it must be a Tensor`];
  return sameShape(value.shape, shape)
    ? []
    : [`${name}: shape ${showShape(value.shape)} where it must be ${showShape(shape)}`];
}

/** Whether two tensors hold the same numbers, NaN and −0 included. */
export function sameNumbers(a: Tensor, b: Tensor): boolean {
  if (a === b) return true;
  const [left, right] = [a.data, b.data];
  return left.every((x, i) => Object.is(x, right[i]));
}
