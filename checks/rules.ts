/** The rules for arguments and options. */

/** What a value must be, in words and as a test. */
export interface Rule<T> {
  /** What is allowed, as it follows "must be" in an error: `a whole number of at least 1`. */
  readonly wanted: string;
  /** Whether the value is of the right kind; if not, the error is a TypeError. */
  readonly isKind: (value: unknown) => boolean;
  /** Whether a value of the right kind lies in the range that is allowed; if not, the error is a RangeError. */
  readonly isInRange?: (value: T) => boolean;
  /** Whether the value is required; `undefined` counts as missing. Default: false. */
  readonly isRequired?: boolean;
  /** The rules of each option, where the value is an object of options. */
  readonly options?: Readonly<Record<string, Rule<never>>>;
}

/** The bounds of a number. Default: none. */
export interface Bounds {
  /** The smallest number allowed. */
  readonly min?: number;
  /** The largest number allowed. */
  readonly max?: number;
  /** The number must be greater than this one. */
  readonly above?: number;
  /** The number must be less than this one. */
  readonly below?: number;
}

/** A finite number within bounds. */
export function real(bounds: Bounds = {}): Rule<number> {
  return numeric("a finite number", Number.isFinite, bounds);
}

/** A whole number within bounds. */
export function whole(bounds: Bounds = {}): Rule<number> {
  return numeric("a whole number", Number.isSafeInteger, bounds);
}

function numeric(kind: string, isSound: (x: unknown) => boolean, { min, max, above, below }: Bounds): Rule<number> {
  const bounds = [
    min === undefined ? [] : [`at least ${min}`],
    above === undefined ? [] : [`greater than ${above}`],
    max === undefined ? [] : [`at most ${max}`],
    below === undefined ? [] : [`less than ${below}`],
  ].flat();
  return {
    wanted: bounds.length === 0 ? kind : `${kind}, ${bounds.join(" and ")}`,
    isKind: (value) => typeof value === "number",
    isInRange: (x) =>
      isSound(x) && x >= (min ?? -Infinity) && x <= (max ?? Infinity) &&
      x > (above ?? -Infinity) && x < (below ?? Infinity),
  };
}

/** A count or a width: a whole number of at least 1. */
export const size: Rule<number> = whole({ min: 1 });

/** A probability of dropping something: at least 0 and less than 1. */
export const rate: Rule<number> = real({ min: 0, below: 1 });

/** Any number, NaN and ±∞ among them. */
export const number: Rule<number> = { wanted: "a number", isKind: (value) => typeof value === "number" };

/** True or false. */
export const flag: Rule<boolean> = { wanted: "true or false", isKind: (value) => typeof value === "boolean" };

/** A string. */
export const string: Rule<string> = { wanted: "a string", isKind: (value) => typeof value === "string" };

/** A function. */
export const callable: Rule<(...inputs: never[]) => unknown> = {
  wanted: "a function",
  isKind: (value) => typeof value === "function",
};

/** Any value: it is checked elsewhere, or needs no check. */
export const anything: Rule<unknown> = { wanted: "anything", isKind: () => true };

/** One of a few names. */
export function oneOf<Name extends string>(...names: readonly Name[]): Rule<Name> {
  return {
    wanted: names.map((name) => `"${name}"`).join(" or "),
    isKind: (value) => typeof value === "string",
    isInRange: (name) => names.includes(name),
  };
}

/**
 * An object of a class.
 *
 * @param like How to get one, for the error: `new Random(1)`.
 */
export function instance<T>(type: abstract new (...inputs: never[]) => T, like?: string): Rule<T> {
  const hint = like === undefined ? "" : `, such as ${like}`;
  return { wanted: `a ${type.name}${hint}`, isKind: (value) => value instanceof type };
}

/** A value that a custom test accepts. */
export function that<T>(wanted: string, isKind: (value: unknown) => boolean): Rule<T> {
  return { wanted, isKind };
}

/** Whether a value is a list: an array or a typed array. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** A list whose items all follow a rule; typed arrays are lists too. */
export function listOf<T>(item: Rule<T>, items: string): Rule<ArrayLike<T>> {
  return {
    wanted: `a list of ${items}, each ${item.wanted}`,
    isKind: (value) => isList(value) && Array.from(value).every((x) => item.isKind(x)),
    isInRange: (list) => Array.from(list).every((x) => item.isInRange?.(x) ?? true),
  };
}

/** What one of two rules accepts. */
export function either<A, B>(a: Rule<A>, b: Rule<B>): Rule<A | B> {
  // Each rule tests the range only for its own kind, which the type of the union does not express.
  const inRange = (rule: Rule<never>, value: A | B) => rule.isKind(value) && (rule.isInRange?.(value as never) ?? true);
  return {
    wanted: `${a.wanted} or ${b.wanted}`,
    isKind: (value) => a.isKind(value) || b.isKind(value),
    isInRange: (value) => inRange(a as Rule<never>, value) || inRange(b as Rule<never>, value),
  };
}

/** The same rule for a required value. */
export function required<T>(rule: Rule<T>): Rule<T> {
  return { ...rule, isRequired: true };
}

/** Whether a value is an object as `{ … }` makes it: a Map, a Tensor or whatever inherits has options that nobody sees. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** A rule for every option of an interface: a missing one does not compile. */
export type OptionRules<Options> = { readonly [Name in keyof Required<Options>]: Rule<never> };

/**
 * An object of options, each with a rule of its own; no other option is allowed.
 *
 * @example
 * ```ts
 * import { checkArguments, flag, optionsOf } from "nabla/checks/mod.ts";
 * import assert from "node:assert/strict";
 *
 * interface FoldOptions {
 *   keepDims?: boolean;
 * }
 * const foldOptions = optionsOf<FoldOptions>({ keepDims: flag });
 * function fold(options: FoldOptions = {}): boolean {
 *   checkArguments("fold", arguments, { options: foldOptions });
 *   return options.keepDims ?? false;
 * }
 * assert.equal(fold({ keepDims: true }), true);
 * // deno-lint-ignore no-explicit-any -- a notebook does not check types
 * assert.throws(() => (fold as any)({ keepdim: true }), /there is no option "keepdim": only keepDims/);
 * ```
 */
export function optionsOf<Options extends object>(rules: OptionRules<Options>): Rule<Options> {
  return {
    wanted: `an object of options (${Object.keys(rules).join(", ")})`,
    isKind: isPlainObject,
    isRequired: Object.values<Rule<never>>(rules).some((rule) => rule.isRequired),
    options: rules,
  };
}
