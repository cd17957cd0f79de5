import * as fc from "fast-check";
import type {
  AnyFunction,
  Call,
  Claim,
  Counterexample,
  DefinedExercise,
  Exercise,
  Finding,
  Law,
  Settings,
} from "./exercise.ts";
import { close, copied, written } from "./values.ts";

/** Thrown by `todo()`. */
export class Todo extends Error {
  override readonly name = "Todo";
}

/** Stands where the learner's code will: `check` then says that the exercise is not done yet. */
export function todo(): never {
  throw new Todo("This exercise is not done yet: replace todo() by your own code");
}

/** Ends a check that takes too long; a law cannot swallow it. */
class TimeUp extends Error {}

/** The learner's function returned something that is no answer at all. */
class WrongKind extends Error {}

/** Makes an exercise that `check` can find; its list is in exercises/mod.ts. */
export function defineExercise<F extends AnyFunction, Case extends readonly unknown[]>(
  exercise: Exercise<F, Case>,
): DefinedExercise {
  const { name, signature, task, laws } = exercise;
  return {
    name,
    signature,
    task,
    examine(attempt, settings) {
      const deadline = performance.now() + 1000 * settings.seconds;
      const lists = new WatchedLists(attempt);
      let culprit: Law<F, Case> | undefined; // a law whose calls changed a list
      const findings = laws.map((law) => {
        const finding = examineLaw(exercise, law, lists.attempt, settings, deadline);
        if (lists.changed) culprit ??= law;
        return finding;
      });
      if (!lists.seen) return findings;
      const untouched = culprit && examineLaw(exercise, lists.keptIn(culprit), lists.attempt, settings, deadline);
      return [...findings, untouched ?? { says: kept, cases: settings.cases }];
    },
  };
}

/** The one law of every exercise whose function takes a list: a list belongs to whoever passes it in. */
const kept = "It leaves every list that it is given as it was: the caller may still need it.";

/** The learner's function, and what becomes of the lists that it is called with. */
class WatchedLists {
  /** Whether it was ever called with a list. */
  seen = false;
  /** The first list that it changed, before and after. */
  changed: Claim | undefined;

  constructor(private readonly original: AnyFunction) {}

  readonly attempt = ((...args: unknown[]): unknown => {
    const before = args.map(copied);
    const result = (this.original as (...args: unknown[]) => unknown)(...args); // a learner's function may take anything
    for (const [i, list] of args.entries()) {
      if (!Array.isArray(list)) continue;
      this.seen = true;
      if (close(before[i], list, 0)) continue;
      this.changed ??= { of: "the list that it was given, afterwards", expected: before[i], got: copied(list) };
    }
    return result;
  }) as AnyFunction;

  /** `law`'s calls, of which nothing is asked but that they leave their lists alone. */
  keptIn<F extends AnyFunction, Case extends readonly unknown[]>(law: Law<F, Case>): Law<F, Case> {
    return {
      ...law,
      says: kept,
      claim: (answer, ...values) => {
        this.changed = undefined;
        outcome(() => law.claim(answer, ...values)); // an error is for the law itself to report
        return { ...(this.changed ?? { expected: "the same", got: "the same" }), tolerance: 0 };
      },
    };
  }
}

/** Tries one law on random cases; fast-check shrinks the first one that refutes it. */
function examineLaw<F extends AnyFunction, Case extends readonly unknown[]>(
  exercise: Exercise<F, Case>,
  law: Law<F, Case>,
  attempt: AnyFunction,
  settings: Settings,
  deadline: number,
): Finding {
  let counterexample: Counterexample | undefined; // the last one that fast-check saw fail is the smallest
  let stop: Todo | TimeUp | undefined;
  const property = fc.property(law.cases ?? exercise.cases, (values) => {
    if (stop) return true; // no more shrinking
    const calls: Call[] = [];
    try {
      const claim = law.claim(recorded(exercise, attempt, calls, deadline), ...values);
      if (claim.holds ?? close(claim.expected, claim.got, claim.tolerance)) return true;
      counterexample = { calls, problem: claim };
    } catch (error) {
      if (error instanceof Todo || error instanceof TimeUp) stop = error;
      else counterexample = { calls, problem: error instanceof Error ? error.message : written(error) };
    }
    return false;
  });
  const { numRuns } = fc.check(property, { seed: settings.seed, numRuns: settings.cases });
  if (stop instanceof Todo) throw stop;
  if (stop) counterexample ??= { calls: [], problem: stop.message };
  return { says: law.says, cases: numRuns, ...(counterexample && { counterexample }) };
}

/** The learner's function with a witness: what it is called with is a copy, and what comes of it is noted. */
function recorded<F extends AnyFunction, Case extends readonly unknown[]>(
  { name, returns }: Exercise<F, Case>,
  attempt: AnyFunction,
  calls: Call[],
  deadline: number,
): F {
  const answer = (...args: Parameters<F>): ReturnType<F> => {
    if (performance.now() > deadline) throw new TimeUp("It took too long: is there a loop that hardly ends?");
    const call = { written: `${name}(${args.map((arg) => written(arg)).join(", ")})`, outcome: "never returned" };
    calls.push(call);
    let result: unknown;
    try {
      result = (attempt as (...args: unknown[]) => unknown)(...args.map(copied)); // a learner's function may take anything
    } catch (error) {
      call.outcome = `threw ${error instanceof Error ? `${error.name}: ${error.message}` : written(error)}`;
      throw error;
    }
    call.outcome = `returned ${written(result)}`;
    if (!returns.accepts(result)) throw new WrongKind(wrongKind(result, returns.name));
    return result;
  };
  return answer as AnyFunction as F; // takes F's parameters and returns F's result, which is all that F is
}

/** Says what is wrong with an answer that is not of the kind that was asked for. */
function wrongKind(result: unknown, kind: string): string {
  if (result === undefined) return `Nothing was returned, where ${kind} is wanted: is a return missing?`;
  if (result instanceof Promise) return `A Promise was returned, where ${kind} is wanted: leave out async`;
  return `${written(result)} was returned, where ${kind} is wanted`;
}

/** Whether a call of the learner's function threw an error of its own. */
export function outcome(call: () => unknown): { threw: boolean } {
  try {
    call();
    return { threw: false };
  } catch (error) {
    if (error instanceof Todo || error instanceof TimeUp || error instanceof WrongKind) throw error;
    return { threw: true };
  }
}

/** `f`, which throws when it is called more than `limit` times: so a loop that calls it without end does end. */
export function limited<Args extends unknown[], R>(
  name: string,
  limit: number,
  f: (...args: Args) => R,
): (...args: Args) => R {
  let calls = 0;
  return (...args) => {
    calls += 1;
    if (calls > limit) throw new RangeError(`${name} was called more than ${limit} times: does the loop end?`);
    return f(...args);
  };
}
