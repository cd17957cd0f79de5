import type * as fc from "fast-check";
import type { Kind } from "./kinds.ts";

/** Any function; its parameters are `never` because nothing is known of them. */
export type AnyFunction = (...args: never[]) => unknown;

/** What a law says of one case: `expected` and `got` are the same, to within `tolerance`. */
export interface Claim {
  /** What was compared, where it is not the answer itself: "the sum of the probabilities". */
  readonly of?: string;
  readonly expected: unknown;
  readonly got: unknown;
  /** Largest difference of two numbers, relative to the larger one or to 1; 1e-9 unless told. */
  readonly tolerance?: number;
  /** Says whether the claim holds, where comparing the two does not: `expected` is then a sentence. */
  readonly holds?: boolean;
}

/** A sentence that is true of every right answer, and how to find out on one random case. */
export interface Law<F extends AnyFunction, Case extends readonly unknown[]> {
  readonly says: string;
  /** The cases that this law speaks of, where they are not the exercise's. */
  readonly cases?: fc.Arbitrary<Case>;
  /** Calls the learner's function, `answer`, as often as it likes. */
  readonly claim: (answer: F, ...values: Case) => Claim;
}

/**
 * An exercise: a function `F` that the learner writes, and the laws that it must obey on random cases.
 *
 * A case need not be the function's arguments: a law may make a function, a graph or a shifted copy out of it.
 */
export interface Exercise<F extends AnyFunction, Case extends readonly unknown[]> {
  /** The function's name, by which `check` finds the exercise. */
  readonly name: string;
  /** The function as the learner declares it. */
  readonly signature: string;
  /** What it has to do. */
  readonly task: string;
  readonly returns: Kind<ReturnType<F>>;
  readonly cases: fc.Arbitrary<Case>;
  readonly laws: readonly Law<F, Case>[];
}

/** A call of the learner's function, written out as it was when it was made: `softmax([0, 1])`, `returned [1, 1]`. */
export interface Call {
  readonly written: string;
  readonly outcome: string;
}

/** The smallest case found on which a law does not hold. */
export interface Counterexample {
  readonly calls: readonly Call[];
  /** What did not hold, or why it could not be worked out. */
  readonly problem: Claim | string;
}

/** How a law fared: on how many random cases it was tried, and the case that refutes it, if any. */
export interface Finding {
  readonly says: string;
  readonly cases: number;
  readonly counterexample?: Counterexample;
}

export interface Settings {
  /** Where the random cases start from. */
  readonly seed: number;
  /** How many cases each law is tried on. */
  readonly cases: number;
  /** How long all of them may take together. */
  readonly seconds: number;
}

/** An exercise as `check` sees it, its types kept inside. */
export interface DefinedExercise extends Pick<Exercise<AnyFunction, []>, "name" | "signature" | "task"> {
  /** Tries the laws one after the other; stops with a `Todo` where the function is not written yet. */
  readonly examine: (attempt: AnyFunction, settings: Settings) => Finding[];
}
