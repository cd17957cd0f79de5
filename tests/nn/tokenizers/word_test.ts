import assert from "node:assert/strict";
import * as fc from "fast-check";
import { cleanWords, englishStopWords, WordTokenizer } from "../../../nn/tokenizers/mod.ts";
import { property } from "../../support/property.ts";
import { anyText } from "../../support/texts.ts";

const cleaning = fc.record({ lowerCase: fc.boolean(), dropPunctuation: fc.boolean() });

property("decoded text is encoded to the same tokens", fc.tuple(anyText, cleaning), ([text, how]) => {
  const tokenizer = WordTokenizer.train(text, how);
  const tokens = tokenizer.encode(text);
  assert(!tokens.includes(0)); // all words are known
  assert.deepEqual(tokenizer.encode(tokenizer.decode(tokens)), tokens);
}, 300);

property("no text spells the unknown word", fc.tuple(fc.array(anyText), cleaning), ([parts, how]) => {
  assert(!cleanWords(parts.join("<unk>"), how).includes("<unk>"));
});

Deno.test("words are cleaned according to the options", () => {
  assert.deepEqual(cleanWords("The CAT’s e-mail, 3rd: “café”"), ["the", "cat's", "e-mail", "3rd", "café"]);
  assert.deepEqual(cleanWords("cafe\u0301"), ["café"]); // one spelling
  assert.deepEqual(cleanWords("- 'a' b-"), ["a", "b"]);
  assert.deepEqual(cleanWords("A b!", { lowerCase: false, dropPunctuation: false }), ["A", "b", "!"]);
  assert.deepEqual(cleanWords("It's not the end, isn't it?", { stopWords: englishStopWords }), ["end"]);
});

Deno.test("an emoji with its modifiers is one word, and invisible characters are not words", () => {
  const signs = (text: string) => cleanWords(text, { dropPunctuation: false });
  assert.deepEqual(cleanWords("I ❤️ NY"), ["i", "ny"]);
  assert.deepEqual(signs("I ❤️ NY"), ["i", "❤️", "ny"]);
  assert.deepEqual(signs("👩‍👩‍👧🇩🇪 👍🏽! ❤"), ["👩‍👩‍👧", "🇩🇪", "👍🏽", "!", "❤"]);
  assert.deepEqual(signs("a\u200b \ufe0f\u200d \x00\x7f\u00ad b"), ["a", "b"]);
  assert.deepEqual(signs("=\u0301 \u0301"), ["=\u0301", "\u0301"]); // a mark belongs to the sign before it
  assert.deepEqual(WordTokenizer.train("I ❤️ NY. You ❤️ LA. We ☀️!").words, ["<unk>", "i", "ny", "you", "la", "we"]);
});

Deno.test("the vocabulary has the most frequent words; ties go to the first", () => {
  const words = (options: object) => WordTokenizer.train(["b a c", "c b c d"], options).words;
  assert.deepEqual(words({}), ["<unk>", "c", "b", "a", "d"]);
  assert.deepEqual(words({ vocabSize: 3 }), ["<unk>", "c", "b"]);
  assert.deepEqual(words({ minCount: 3 }), ["<unk>", "c"]);
  assert.throws(() => words({ vocabSize: 0 }), /^RangeError: .*vocabSize must be a whole number, at least 1: 0/);
});

Deno.test("a saved list of words gives the same tokens", () => {
  const tokenizer = WordTokenizer.train("to be or not to be");
  const loaded = new WordTokenizer(JSON.parse(JSON.stringify(tokenizer.words.slice(1))));
  assert.deepEqual(loaded.encode("be or bee"), tokenizer.encode("be or bee"));
  assert.throws(() => new WordTokenizer(["<unk>"]), /^TypeError: .*piece 1 is piece 0 as well/);
});
