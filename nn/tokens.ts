/** Tokens as models take them: batches of token lists. */

import { show } from "../checks/mod.ts";
import { isList } from "./rules.ts";
import type { Tokens } from "./tokenizers/tokenizer.ts";

/** Token numbers, `[B, T]`: B lists of T tokens each. */
export type TokenBatch = readonly Tokens[];

/**
 * The rows of a batch of tokens as plain arrays, once they are known to be `[B, T]`.
 *
 * Whether a token is in the vocabulary is for the embedding to say.
 *
 * @param what What the tokens are, as an error says it: `tokens`.
 * @throws {TypeError} If they are not a list of token lists of equal lengths.
 */
export function tokenRows(action: string, what: string, tokens: TokenBatch): number[][] {
  if (!isList(tokens) || !Array.from(tokens).every(isList)) {
    const hint = isList(tokens) && tokens.length > 0 ? "; put a single text into a list of its own" : "";
    throw new TypeError(`Cannot ${action}, as ${what} must be [B, T], a list of token lists: ${show(tokens)}${hint}`);
  }
  const rows = Array.from(tokens, (row) => Array.from(row));
  const T = rows[0]?.length ?? 0;
  const other = rows.find((row) => row.length !== T);
  if (other !== undefined) {
    throw new TypeError(
      `Cannot ${action}, as ${what} must be [B, T], lists of equal lengths: ${T} and ${other.length}; see nn.pad`,
    );
  }
  return rows;
}

/** Nested lists with every typed array in them as a plain array, so that tokens of either kind can be read alike. */
export function plainLists<T>(lists: T): T {
  if (!isList(lists)) return lists;
  return Array.from(lists, plainLists) as T; // the same nested numbers, in arrays of another kind
}
