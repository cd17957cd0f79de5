/** Tokens that are found in a text by their names, before it is cut into words: special tokens, and whole words. */

import { check, flag, optionsOf, required, show, string, whole } from "../../checks/mod.ts";
import { Trie } from "./trie.ts";
import type { EncodeOptions } from "./tokenizer.ts";

/** A token that is found in a text by its name, as Hugging Face's `AddedToken`. */
export interface AddedToken {
  /** Its name in a text. */
  readonly name: string;
  /** Its token. */
  readonly id: number;
  /** Whether it stands for no text, and is found only if the caller allows it. Default: true. */
  readonly special?: boolean;
  /** Whether it includes the spaces before it. Default: false. */
  readonly takesLeft?: boolean;
  /** Whether it includes the spaces after it. Default: false. */
  readonly takesRight?: boolean;
  /** Whether it must not be adjacent to a letter or digit. Default: false. */
  readonly wholeWord?: boolean;
  /** Whether it is normalized, and matched against the normalized text. Default: false. */
  readonly normalized?: boolean;
}

/** A piece of plain text, or one token. */
export type Stretch = { readonly text: string } | { readonly token: number };

/** The largest token allowed, so that a list indexed by token stays small, and a pair of tokens fits one number. */
export const largestToken = 2 ** 22 - 1;

/** The most characters of a name: to look for it at each place of a text takes up to as many steps. */
const longestName = 1000;

const addedTokenRule = optionsOf<AddedToken>({
  name: required(string),
  id: required(whole({ min: 0, max: largestToken })),
  special: flag,
  takesLeft: flag,
  takesRight: flag,
  wholeWord: flag,
  normalized: flag,
});

/**
 * Finds added tokens in texts.
 *
 * @example
 * ```ts
 * import { AddedTokens } from "nabla/nn/tokenizers/added_tokens.ts";
 * import assert from "node:assert/strict";
 *
 * const added = new AddedTokens([{ name: "<|end|>", id: 9 }]);
 * assert.deepEqual(added.split("a<|end|>b", "all"), [{ text: "a" }, { token: 9 }, { text: "b" }]);
 * assert.deepEqual(added.split("a<|end|>b", []), [{ text: "a<|end|>b" }]);
 * ```
 */
export class AddedTokens {
  /** The special ones, by name. */
  readonly special: ReadonlyMap<string, number>;
  readonly #names: ReadonlyMap<number, string>;
  #tries: Tries | undefined; // made on first use
  readonly #hasText: boolean;

  /**
   * @param normalize What happens to a text before it is cut into words.
   * @throws {TypeError} If a name is empty, very long, there twice, or holds half a surrogate pair.
   */
  constructor(readonly tokens: readonly AddedToken[], readonly normalize: (text: string) => string = (text) => text) {
    for (const token of tokens) check("add a token", "it", token, addedTokenRule);
    checkSpecialNames(tokens.map(({ name }) => name));
    this.#names = new Map(tokens.map(({ name, id }) => [id, name]));
    this.#hasText = tokens.some(({ special }) => special === false);
    this.special = new Map(tokens.filter(isSpecial).map(({ name, id }) => [name, id]));
  }

  /** The name of a token; `undefined` if it is not an added one. */
  name(token: number): string | undefined {
    return this.#names.get(token);
  }

  /**
   * Splits a text at the names of added tokens; at each position the longest name wins. The text between them is
   * normalized.
   *
   * @throws {RangeError} If a special token is allowed that does not exist.
   */
  split(text: string, allowed: EncodeOptions["allowedSpecial"] = []): Stretch[] {
    const names = allowed === "all" ? undefined : new Set(allowed);
    for (const name of names ?? []) if (!this.special.has(name)) throw new RangeError(notAllowed(name, this.special));
    if (text === "") return [];
    if (names?.size === 0 && !this.#hasText) return [{ text: this.normalize(text) }];
    const counts = (token: AddedToken) => !isSpecial(token) || (names?.has(token.name) ?? true);
    const { raw, normalized } = this.#tries ??= this.#makeTries();
    return find(text, raw, counts).flatMap((stretch) =>
      "token" in stretch ? [stretch] : find(this.normalize(stretch.text), normalized, counts)
    );
  }

  #makeTries(): Tries {
    const [raw, normalized] = [new Trie<AddedToken>(), new Trie<AddedToken>()];
    for (const token of this.tokens) {
      if (token.normalized) normalized.add(this.normalize(token.name), token);
      else raw.add(token.name, token);
    }
    return { raw, normalized };
  }
}

/** The tokens to find in the text itself, and those to find in the normalized text. */
interface Tries {
  readonly raw: Trie<AddedToken>;
  readonly normalized: Trie<AddedToken>;
}

/** Splits a text at the accepted tokens of a trie. */
function find(text: string, trie: Trie<AddedToken>, counts: (token: AddedToken) => boolean): Stretch[] {
  const stretches: Stretch[] = [];
  let end = 0; // of the last stretch
  for (let i = 0; i < text.length;) {
    const found = trie.longestAt(text, i, counts);
    if (found === undefined) {
      i++;
      continue;
    }
    const { value: { id, takesLeft, takesRight, wholeWord } } = found;
    let [start, stop] = [i, found.end];
    i = stop;
    if (wholeWord && (endsInWord(text.slice(Math.max(0, start - 2), start)) || word.test(text.slice(stop, stop + 2)))) {
      continue;
    }
    while (takesLeft && start > end && space.test(text[start - 1]!)) start--;
    while (takesRight && stop < text.length && space.test(text[stop]!)) stop++;
    if (start > end) stretches.push({ text: text.slice(end, start) });
    stretches.push({ token: id });
    i = end = stop;
  }
  if (end < text.length) stretches.push({ text: text.slice(end) });
  return stretches;
}

const space = /\p{White_Space}/u;
const word = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;

function endsInWord(text: string): boolean {
  return word.test([...text].at(-1) ?? "");
}

function isSpecial({ special = true }: AddedToken): boolean {
  return special;
}

function notAllowed(name: unknown, special: ReadonlyMap<string, number>): string {
  const known = [...special.keys()].slice(0, 10).map((name) => JSON.stringify(name)).join(", ");
  const more = special.size > 10 ? ` and ${special.size - 10} more` : "";
  return `Cannot allow a special token that the vocabulary lacks: ${show(name)}; it has ${known || "none"}${more}`;
}

/**
 * Rejects names that cannot be found in a text.
 *
 * @throws {TypeError} If a name is empty, very long, there twice, or holds half a surrogate pair.
 */
export function checkSpecialNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    const rule = name === ""
      ? "not be empty"
      : typeof name !== "string"
      ? "be a string"
      : !name.isWellFormed()
      ? "not hold half a surrogate pair"
      : name.length > longestName
      ? `have at most ${longestName} characters`
      : seen.has(name)
      ? "not be repeated"
      : undefined;
    if (rule !== undefined) {
      throw new TypeError(`Cannot use a special token, as its name must ${rule}: ${show(name)}`);
    }
    seen.add(name);
  }
}
