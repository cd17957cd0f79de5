/** The tokens that models read: batches of token lists. */

import { show } from "../checks/mod.ts";
import { isList } from "./rules.ts";
import type { Tokens } from "./tokenizers/tokenizer.ts";

/** Token numbers, `[B, T]`: B lists of T tokens each. */
export type TokenBatch = readonly Tokens[];

/**
 * The rows of a batch of tokens as plain arrays, once they are known to be `[B, T]`.
 *
 * The embedding checks whether a token is in the vocabulary.
 *
 * @param what What the tokens are, in the words of an error: `tokens`.
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

/** Nested lists with typed arrays replaced by plain ones, so that both kinds of tokens can be read alike. */
export function plainLists<T>(lists: T): T {
  if (!isList(lists)) return lists;
  return Array.from(lists, plainLists) as T; // the same nested numbers, in arrays of another kind
}
