/** Checking the arguments of public functions, as notebooks check no types. */

import type { Rule } from "./rules.ts";
import { show } from "./show.ts";

/** A rule for each parameter, by name and in order. */
export type ParameterRules = Readonly<Record<string, Rule<never>>>;

/**
 * Checks the arguments of a call: their number, the kind and range of each, and every option.
 *
 * @param action What the function does, as it follows "Cannot" in an error: `make a Linear`.
 * @param given The function's own `arguments`.
 * @param parameters The rule of each parameter; a parameter of options has the rule `optionsOf({ … })`.
 * @throws {TypeError} If there are too many arguments, one that is required is missing or of the wrong kind, or an option
 * is unknown.
 * @throws {RangeError} If a value is out of range.
 *
 * @example
 * ```ts
 * import { checkArguments, required, size } from "nabla/checks/mod.ts";
 * import assert from "node:assert/strict";
 *
 * function ones(length: number): number[] {
 *   checkArguments("make ones", arguments, { length: required(size) });
 *   return new Array(length).fill(1);
 * }
 * assert.deepEqual(ones(2), [1, 1]);
 * assert.throws(() => ones(1.5), {
 *   name: "RangeError",
 *   message: 'Cannot make ones, as "length" must be a whole number, at least 1: 1.5',
 * });
 * ```
 */
export function checkArguments(action: string, given: ArrayLike<unknown>, parameters: ParameterRules): void {
  let position = 0;
  for (const name in parameters) check(action, `"${name}"`, given[position++], parameters[name]!);
  if (given.length > position) {
    const names = Object.keys(parameters);
    const most = names.length === 0 ? "no arguments" : `at most ${names.length} (${names.join(", ")})`;
    throw new TypeError(
      `Cannot ${action}, as it takes ${most}: ${given.length} ${given.length === 1 ? "was" : "were"} given, ` +
        `the last ${show(given[given.length - 1])}`,
    );
  }
}

/**
 * Makes the methods of a class check their arguments, and keeps the rules out of the class itself.
 *
 * @param rules The rules of each method's parameters, by the method's name.
 *
 * @example
 * ```ts
 * import { guardMethods } from "nabla/checks/mod.ts";
 * import assert from "node:assert/strict";
 *
 * class Counter {
 *   count = 0;
 *   next(): number {
 *     return ++this.count;
 *   }
 * }
 * guardMethods(Counter.prototype, { next: {} });
 * const next = Counter.prototype.next as (...given: unknown[]) => number;
 * assert.throws(() => next.call(new Counter(), 1), /Cannot call next, as it takes no arguments/);
 * ```
 */
export function guardMethods(prototype: object, rules: Readonly<Record<string, ParameterRules>>): void {
  for (const [name, parameters] of Object.entries(rules)) {
    const method: unknown = Reflect.get(prototype, name);
    if (typeof method !== "function") throw new TypeError(`Cannot guard "${name}", as it is not a method`);
    const value = function (this: unknown, ...given: unknown[]): unknown {
      checkArguments(`call ${name}`, given, parameters);
      return method.apply(this, given);
    };
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  }
}

/**
 * Checks one value.
 *
 * @param what What the value is, in the words of an error: `the option "dropout"`.
 * @throws {TypeError | RangeError} As `checkArguments`.
 */
export function check(action: string, what: string, value: unknown, rule: Rule<never>): void {
  if (value === undefined) {
    if (rule.isRequired) missing(action, what, rule);
    return;
  }
  if (!rule.isKind(value)) throw new TypeError(`Cannot ${action}, as ${what} must be ${rule.wanted}: ${show(value)}`);
  // The rule has just found the value to be of its own kind.
  if (rule.isInRange?.(value as never) === false) {
    throw new RangeError(`Cannot ${action}, as ${what} must be ${rule.wanted}: ${show(value)}`);
  }
  if (rule.options !== undefined) checkOptions(action, value as Record<string, unknown>, rule.options);
}

function checkOptions(action: string, given: Record<string, unknown>, rules: ParameterRules): void {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(rules, name)) {
      const known = Object.keys(rules);
      const list = known.length === 1 ? `only ${known[0]}` : `there are ${known.join(", ")}`;
      throw new TypeError(`Cannot ${action}, as there is no option ${show(name)}: ${list}`);
    }
  }
  for (const name in rules) check(action, `the option "${name}"`, given[name], rules[name]!);
}

/** The error for a missing value; for options, it names the first required one. */
function missing(action: string, what: string, rule: Rule<never>): never {
  if (rule.options !== undefined) checkOptions(action, {}, rule.options);
  throw new TypeError(`Cannot ${action}, as ${what} must be given: ${rule.wanted}`);
}
