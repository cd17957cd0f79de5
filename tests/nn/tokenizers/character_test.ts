import assert from "node:assert/strict";
import { CharacterTokenizer } from "../../../nn/tokenizers/mod.ts";
import { property } from "../../support/property.ts";
import { anyText } from "../../support/texts.ts";

property("a text comes back from its own vocabulary of characters", anyText, (text) => {
  const tokenizer = CharacterTokenizer.train(text);
  const tokens = tokenizer.encode(text);
  assert.equal(tokens.length, [...text].length);
  assert.equal(tokenizer.decode(tokens), text);
  assert.equal(new CharacterTokenizer(tokenizer.characters).decode(Int32Array.from(tokens)), text);
});

Deno.test("characters are in the order of their code points", () => {
  assert.deepEqual(CharacterTokenizer.train("b😀a\uffee").characters, ["a", "b", "\uffee", "😀"]); // not of their units
});

Deno.test("errors of misuse", () => {
  const tokenizer = CharacterTokenizer.train("ab");
  assert.throws(
    () => tokenizer.encode("ax"),
    /^RangeError: Cannot encode .* among the 2 of the vocabulary: "x", character 1/,
  );
  assert.throws(() => tokenizer.decode([2]), /^RangeError: .*less than 2: 2/);
  assert.throws(() => tokenizer.decode([-1]), /^RangeError: .*: -1/);
  assert.throws(() => new CharacterTokenizer(["ab"]), /^TypeError: .*one code point: "ab"/);
  assert.throws(() => new CharacterTokenizer(["a", "a"]), /^TypeError: .*piece 1 is piece 0 as well: "a"/);
});
