/** Untrusted JSON: reading objects, and showing values in errors. */

/** Whether a JSON value is an object, with values of any type. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text of a file in UTF-8, without a byte order mark; `fail` makes the error of the rule that is broken. */
export function textOf(bytes: Uint8Array, fail: (rule: string) => Error): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw fail("must be UTF-8");
  }
}

/** The object that a text says; `fail` makes the error of the rule that is broken. */
export function parseObject(text: string, fail: (rule: string) => Error): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw fail(`must be JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (isRecord(value)) return value;
  throw fail(`must be a JSON object: ${text.slice(0, LONGEST)}`);
}

/** A short text for a value, however long or deep it is. */
export function showValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (isRecord(value)) return "an object";
  if (!Array.isArray(value)) return shorten(JSON.stringify(value));
  return shorten(
    `[${value.slice(0, LONGEST).map((item) => Array.isArray(item) ? "a list" : showValue(item)).join(", ")}]`,
  );
}

const LONGEST = 40;

function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
