/**
 * The law of arguments: whatever a public function is given, it does what its documentation says, or throws one of the
 * library's own errors, which names what is allowed. Notebooks check no types.
 */

import assert from "node:assert/strict";
import * as library from "../../mod.ts";
import type { Callable, Kind, Slot, Type } from "./api.ts";

/** A valid call: the object of a method, and an argument for each parameter, with every option. */
export interface Call {
  readonly on?: object;
  readonly given: readonly unknown[];
}

/** Makes a new valid call each time, as a call may consume its arguments. */
export type MakeCall = () => Call | Promise<Call>;

/** Valid calls by the callable's name. */
export type Calls = Readonly<Record<string, MakeCall>>;

/** How many calls the law has tried. */
export interface Coverage {
  calls: number;
  options: number;
}

/** Values of every kind, with the kinds that they count as. */
const STRANGERS: readonly (readonly [value: unknown, ...kinds: Kind[]])[] = [
  [null, "null"],
  [7, "number"],
  ["no such thing", "string"],
  [true, "boolean"],
  [() => 0, "function"],
  [{}, "record"],
  [[], "list"],
  [Symbol("stranger"), "anything"],
  [10n, "anything"],
];

/** Numbers that are seldom valid: a function may accept or reject them. */
const ODD_NUMBERS = [NaN, Infinity, -Infinity, -1, 1.5];

/** The values of a wrong kind for a type. */
function strangersTo({ kinds, literals }: Type): unknown[] {
  if (kinds.has("anything")) return [];
  return STRANGERS.flatMap(([value, ...passesFor]) => {
    const isNamed = typeof value === "string" && literals.length > 0; // a string that is not one of those allowed
    return !isNamed && passesFor.some((kind) => kinds.has(kind)) ? [] : [value];
  });
}

/** What is called, and how. */
function invoke({ name }: Callable, on: object | undefined, given: readonly unknown[]): unknown {
  const [path = "", method] = name.split("#");
  // The name comes from the documentation of this module.
  const walk = (owner: unknown, field: string): unknown => Reflect.get(owner as object, field);
  if (method !== undefined) return (walk(on, method) as (...given: unknown[]) => unknown).apply(on, [...given]);
  const steps = path.split(".");
  const last = steps.pop()!;
  const owner = steps.reduce(walk, library as unknown);
  const callable = walk(owner, last) as { new (...given: unknown[]): unknown } & ((...given: unknown[]) => unknown);
  return /^[A-Z]/.test(last) ? new callable(...given) : callable.apply(owner, [...given]);
}

/** Calls and waits for the result; of a generator, for its first value. */
async function attempt(callable: Callable, on: object | undefined, given: readonly unknown[]): Promise<void> {
  const out = await invoke(callable, on, given);
  if (typeof out === "object" && out !== null && typeof Reflect.get(out, "next") === "function") {
    await (out as Iterator<unknown> | AsyncIterator<unknown>).next();
  }
}

/** Whether an error is the library's own: it says what cannot be done, and never mentions undefined properties. */
function isOwn(error: unknown): error is Error {
  return error instanceof Error && (error.message.startsWith("Cannot ") || error.name === "GradcheckError");
}

/** Asserts that the library rejects a call. */
async function refuses(what: string, naming: string | undefined, call: () => Promise<void>): Promise<void> {
  let error: unknown;
  try {
    await call();
  } catch (thrown) {
    error = thrown;
  }
  assert.ok(error !== undefined, `${what} is accepted`);
  assert.ok(isOwn(error), `${what} ends in another's error: ${error}`);
  if (naming !== undefined) {
    assert.ok(error.message.includes(naming), `${what} ends in an error that does not name it: ${error.message}`);
  }
}

/** Asserts that a call either works or is rejected by the library. */
async function worksOrRefuses(what: string, call: () => Promise<void>): Promise<void> {
  try {
    await call();
  } catch (error) {
    assert.ok(isOwn(error), `${what} ends in another's error: ${error}`);
  }
}

const print = (value: unknown) =>
  typeof value === "symbol" || typeof value === "bigint" ? String(value) : Deno.inspect(value);

/** Tries the whole law on one callable. */
export async function tryLaw(callable: Callable, make: MakeCall, coverage: Coverage): Promise<void> {
  const { name, parameters } = callable;
  const withArgument = async (i: number, value: unknown): Promise<void> => {
    const { on, given } = await make();
    const padded = [...given];
    padded[i] = value;
    await attempt(callable, on, padded);
  };

  const { on, given } = await make();
  await attempt(callable, on, given);
  coverage.calls++;
  if (parameters === undefined) return;
  assert.ok(
    given.length <= parameters.length,
    `${name} takes ${parameters.length} arguments: ${given.length} in the table`,
  );
  await refuses(`an extra argument of ${name}`, undefined, () => withArgument(parameters.length, "extra"));

  for (const [i, slot] of parameters.entries()) {
    const what = (value: unknown) => `${print(value)} as "${slot.name}" of ${name}`;
    if (slot.isOptional) await withArgument(i, undefined);
    else await refuses(what(undefined), undefined, () => withArgument(i, undefined));
    for (const stranger of strangersTo(slot.type)) {
      await refuses(what(stranger), undefined, () => withArgument(i, stranger));
    }
    if (slot.type.kinds.has("number")) {
      for (const odd of ODD_NUMBERS) await worksOrRefuses(what(odd), () => withArgument(i, odd));
    }
    if (slot.type.members !== undefined) await tryOptions(callable, i, slot, make, coverage);
  }
}

/** Tries every documented option of one parameter. */
async function tryOptions(
  callable: Callable,
  i: number,
  { type }: Slot,
  make: MakeCall,
  coverage: Coverage,
): Promise<void> {
  const { name } = callable;
  const options = (await make()).given[i] as Record<string, unknown> | undefined;
  assert.ok(options !== undefined, `The table of calls gives no options of ${name}`);
  const missing = [...type.members!.keys()].filter((option) => !Object.hasOwn(options, option));
  assert.deepEqual(missing, [], `The table of calls leaves out options of ${name}`);

  const withOption = async (option: string, value: unknown): Promise<void> => {
    const { on, given } = await make();
    const changed = { ...given[i] as Record<string, unknown>, [option]: value };
    await attempt(callable, on, given.with(i, changed));
  };
  await refuses(`an unknown option of ${name}`, "no_such_option", () => withOption("no_such_option", 1));
  for (const [option, slot] of type.members!) {
    const what = (value: unknown) => `${print(value)} as the option "${option}" of ${name}`;
    if (slot.isOptional) await withOption(option, undefined);
    else await refuses(what(undefined), option, () => withOption(option, undefined));
    for (const stranger of strangersTo(slot.type)) {
      await refuses(what(stranger), option, () => withOption(option, stranger));
    }
    if (slot.type.kinds.has("number")) {
      for (const odd of ODD_NUMBERS) await worksOrRefuses(what(odd), () => withOption(option, odd));
    }
    coverage.options++;
  }
}
