/** Tokens as models take them. */

import { show } from "../../checks/mod.ts";

/** Token numbers, `[B, T]`: a list of sequences, each of the same length. */
export type Tokens = readonly (readonly number[] | Int32Array)[];

/**
 * Looks at the tokens that a model is given.
 *
 * @returns The rows as plain lists, and T, how long each is.
 * @throws {TypeError} If they are not `[B, T]`, or not whole numbers.
 * @throws {RangeError} If a sequence is longer than `most`; `before` tokens precede it.
 */
export function checkTokens(
  action: string,
  what: string,
  tokens: unknown,
  { most, before = 0 }: { most: number; before?: number },
): { rows: number[][]; T: number } {
  const isList = (value: unknown): value is ArrayLike<unknown> => Array.isArray(value) || value instanceof Int32Array;
  const wrong = (rule: string, given: unknown) =>
    new TypeError(`Cannot ${action}, as ${what} must be ${rule}: ${show(given)}`);
  if (!Array.isArray(tokens)) throw wrong("[B, T], a list of sequences", tokens);
  if (tokens.length === 0) throw wrong("[B, T] of at least one sequence", tokens);
  const T = isList(tokens[0]) ? tokens[0].length : 0;
  for (const row of tokens as unknown[]) {
    if (!isList(row)) throw wrong("[B, T], a list of sequences; one sequence alone is [tokens]", tokens);
    if (row.length !== T) throw wrong(`[B, T], sequences of one length (see nn.pad): ${T} and ${row.length}`, tokens);
    for (let t = 0; t < T; t++) if (!Number.isInteger(row[t])) throw wrong("whole numbers", row[t]);
  }
  if (T === 0) throw wrong("[B, T] of at least one token each", tokens);
  if (before + T > most) {
    throw new RangeError(`Cannot read ${before + T} tokens, as the context is of at most ${most}`);
  }
  return { rows: tokens.map((row: ArrayLike<number>) => Array.from(row)), T }; // whole numbers, as was checked
}
