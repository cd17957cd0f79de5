import { checkArguments, required, string, that } from "../../checks/mod.ts";
import { AddedTokens } from "./added_tokens.ts";
import { checkDecode, checkEncode, type EncodeOptions, type Tokenizer, type Tokens } from "./tokenizer.ts";
import { Vocabulary } from "./vocabulary.ts";

const characterList = that<readonly string[]>(
  "a list of characters",
  (value) => Array.isArray(value) && value.every((character) => typeof character === "string"),
);

/**
 * One token per character: the simplest vocabulary that loses nothing of its training text.
 *
 * A character is a Unicode code point, as in `for (const c of text)`; a lone half of a surrogate pair is one
 * too. `decode(encode(text)) === text` for every text with only these characters.
 *
 * @example
 * ```ts
 * import { CharacterTokenizer } from "nabla/nn/tokenizers/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const tokenizer = CharacterTokenizer.train("hello");
 * assert.deepEqual(tokenizer.characters, ["e", "h", "l", "o"]);
 * assert.deepEqual(tokenizer.encode("hole"), [1, 3, 2, 0]);
 * assert.equal(tokenizer.decode([1, 3, 2, 0]), "hole");
 * ```
 */
export class CharacterTokenizer implements Tokenizer {
  readonly #vocabulary: Vocabulary;
  readonly #special = new AddedTokens([]);
  /** None. */
  readonly specialTokens: ReadonlyMap<string, number> = new Map();

  /**
   * Makes a tokenizer from its characters.
   *
   * @param characters The vocabulary: a character's index is its token.
   * @throws {TypeError} If one is not a single character, or is repeated.
   */
  constructor(readonly characters: readonly string[]) {
    checkArguments("make a CharacterTokenizer", arguments, { characters: required(characterList) });
    for (const character of characters) {
      if ([...character].length !== 1) {
        throw new TypeError(
          `Cannot make a CharacterTokenizer, as a character must be one code point: ${JSON.stringify(character)}`,
        );
      }
    }
    this.#vocabulary = new Vocabulary(characters);
  }

  /** The characters of a text, in the order of their code points. */
  static train(text: string): CharacterTokenizer {
    checkArguments("train a CharacterTokenizer", arguments, { text: required(string) });
    return new CharacterTokenizer([...new Set(text)].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!));
  }

  /** V, the number of characters. */
  get vocabSize(): number {
    return this.#vocabulary.size;
  }

  /**
   * The tokens of a text; there are no special tokens.
   *
   * @throws {RangeError} If the vocabulary lacks a character of the text.
   */
  encode(text: string, options: EncodeOptions = {}): number[] {
    checkEncode(arguments);
    this.#special.split("", options.allowedSpecial); // rejects allowed names, as there are none
    return Array.from(text, (character, i) => {
      const token = this.#vocabulary.token(character);
      if (token === undefined) {
        throw new RangeError(
          `Cannot encode a text, as its characters must be among the ${this.vocabSize} of the vocabulary: ` +
            `${JSON.stringify(character)}, character ${i}`,
        );
      }
      return token;
    });
  }

  /** The text of tokens. */
  decode(tokens: Tokens): string {
    checkDecode(arguments);
    return Array.from(tokens, (token) => this.#vocabulary.piece(token)).join("");
  }
}
