/** How a given value is shown in an error: briefly, and safely even if its own text throws. */

/** The most characters of a value that an error repeats. */
const LONGEST = 60;

/**
 * A value as an error shows it: strings in quotes, lists in brackets, everything else by its kind.
 *
 * @example
 * ```ts
 * import { show } from "nabla/checks/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(show("post"), '"post"');
 * assert.equal(show([1, [2, -0]]), "[1, [2, -0]]");
 * assert.equal(show({ dim: 3 }), "{ dim: 3 }");
 * assert.equal(show(new Map()), "a Map");
 * ```
 */
export function show(value: unknown): string {
  return shorten(describe(value, 2));
}

function describe(value: unknown, depth: number): string {
  if (typeof value === "string") return JSON.stringify(value.length > LONGEST ? value.slice(0, LONGEST) + "…" : value);
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`;
  if (typeof value !== "object" || value === null) return typeof value === "bigint" ? `${value}n` : String(value);
  if (Array.isArray(value)) {
    if (depth === 0) return "[…]";
    const items = value.slice(0, 8).map((item) => describe(item, depth - 1));
    return `[${items.join(", ")}${value.length > 8 ? ", …" : ""}]`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return `a ${kindOf(value)}`;
  if (depth === 0) return "{ … }";
  const entries = Object.entries(value).slice(0, 4).map(([key, item]) => `${key}: ${describe(item, depth - 1)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")}${Object.keys(value).length > 4 ? ", …" : ""} }`;
}

/** The name of an object's class. */
function kindOf(value: object): string {
  const { name } = (value.constructor ?? Object) as { name?: unknown }; // a constructor can be anything at all
  return typeof name === "string" && name !== "" ? name : "Object";
}

function shorten(text: string): string {
  return text.length <= LONGEST + 2 ? text : `${text.slice(0, LONGEST)}…`;
}
