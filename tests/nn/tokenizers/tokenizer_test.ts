/** Laws that hold for every tokenizer. */

import assert from "node:assert/strict";
import * as nn from "../../../nn/tokenizers/mod.ts";
import { pad, spansOf, splitTokens, TextWindows } from "../../../nn/data/mod.ts";

const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const bytePair = nn.BytePairTokenizer.train("low low", { vocabSize: 258 });
const wordPiece = new nn.WordPieceTokenizer([...special, "a"]);
const tokenizers = [bytePair, wordPiece, nn.CharacterTokenizer.train("abc"), nn.WordTokenizer.train("abc")];

Deno.test("tokens may be an Int32Array everywhere", () => {
  const tokens = Int32Array.of(0, 1, 2);
  for (const each of tokenizers) {
    const known = tokens.slice(0, Math.min(3, each.vocabSize));
    assert.equal(each.decode(known), each.decode([...known]));
  }
  assert.deepEqual(pad([tokens, Int32Array.of(7)]), pad([[0, 1, 2], [7]]));
  assert.deepEqual(splitTokens(tokens, 0.5), splitTokens([0, 1, 2], 0.5));
  assert.deepEqual(new TextWindows(tokens, 2).at(0), { input: [0, 1], target: [1, 2] });
});

Deno.test("long texts and long lists cause no overflow", () => {
  const long = "low ".repeat(150_000);
  for (const each of [bytePair, nn.CharacterTokenizer.train(long), nn.WordTokenizer.train(long)]) {
    const tokens = each.encode(long);
    assert.equal(each.decode(tokens).trim(), long.trim());
  }
  assert.equal(wordPiece.encode(long).length, 150_000);
  assert.equal(wordPiece.encodePair(long, long).tokens.length, 300_003);
  assert.equal(pad(Array.from({ length: 150_000 }, () => [1])).tokens.length, 150_000);
  assert.equal(spansOf(Array<string>(150_000).fill("B-X")).length, 150_000);
});

Deno.test("a tokenizer without special tokens accepts no name of one", () => {
  for (const each of tokenizers.slice(2)) {
    assert.deepEqual(each.encode("abc", { addSpecialTokens: true, allowedSpecial: "all" }), each.encode("abc"));
    assert.throws(() => each.encode("abc", { allowedSpecial: ["<s>"] }), /^RangeError: Cannot allow a special token/);
  }
});
