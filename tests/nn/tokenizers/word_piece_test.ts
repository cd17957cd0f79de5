import assert from "node:assert/strict";
import * as fc from "fast-check";
import { bertWords, readVocabularyFile, WordPieceTokenizer, writeVocabularyFile } from "../../../nn/tokenizers/mod.ts";
import { bareTemplate } from "../../../nn/tokenizers/template.ts";
import { formatVocabularyFile, parseVocabularyFile } from "../../../nn/tokenizers/vocabulary_file.ts";
import { property } from "../../support/property.ts";
import { anyText, repetitiveText } from "../../support/texts.ts";

const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const tokenizer = new WordPieceTokenizer([...special, "un", "##aff", "##able", "##a", "able", "!", "##"]);

property("a word is split into pieces that spell it, if its characters are known", repetitiveText, (text) => {
  const trained = WordPieceTokenizer.train(text, { vocabSize: 40 });
  const words = bertWords(text);
  assert(!trained.encode(text).includes(1));
  assert.equal(trained.decode(trained.encode(text)), words.join(" "));
});

property("pieces are greedy: no longer piece fits where one is used", repetitiveText, (text) => {
  const trained = WordPieceTokenizer.train(text, { vocabSize: 40 });
  const pieces = new Set(trained.pieces);
  for (const word of new Set(bertWords(text))) {
    let start = 0;
    for (const token of trained.encode(word)) {
      const piece = trained.pieces[token]!;
      const end = start + piece.length - (start > 0 ? 2 : 0);
      for (let longer = end + 1; longer <= word.length; longer++) {
        assert(!pieces.has((start > 0 ? "##" : "") + word.slice(start, longer)));
      }
      start = end;
    }
  }
});

property(
  "no special token but [UNK] comes from a text unless it is allowed",
  fc.array(fc.oneof(anyText, fc.constantFrom(...special))).map((parts) => parts.join("")),
  (text) => {
    for (const lowerCase of [true, false]) {
      const trained = WordPieceTokenizer.train(`${text} pad unk cls sep mask PAD UNK`, { vocabSize: 5000, lowerCase });
      assert(trained.encode(text).every((token) => token === 1 || token >= special.length));
    }
  },
);

property("writing and reading keep the vocabulary, and reading and writing keep the file", anyText, (text) => {
  const trained = WordPieceTokenizer.train(text + text, { vocabSize: 5000, lowerCase: false });
  const file = formatVocabularyFile(trained);
  const loaded = new WordPieceTokenizer(parseVocabularyFile(file), { lowerCase: false });
  assert.deepEqual(loaded.encode(text), trained.encode(text));
  assert.equal(formatVocabularyFile(loaded), file);
});

Deno.test("pieces, case by case", () => {
  const cases: [string, number[]][] = [
    ["unable", [5, 7]],
    ["able", [9]],
    ["UNAFFABLE!", [5, 6, 7, 10]],
    ["unablex un", [1, 5]], // nothing ends in x: the whole word is unknown
    ["able" + "a".repeat(96), [9, ...Array(96).fill(8)]], // 100 characters
    ["able" + "a".repeat(97), [1]], // too long
    ["##", [1, 1]], // signs are words of their own, and "##" is a piece inside words
    ["", []],
  ];
  for (const [text, tokens] of cases) assert.deepEqual(tokenizer.encode(text), tokens, text);
});

Deno.test("special tokens are found if allowed, and added around one text or two", () => {
  assert.deepEqual(tokenizer.encode("un [MASK]!", { allowedSpecial: "all" }), [5, 4, 10]);
  assert.deepEqual(tokenizer.encode("un [MASK]!", { allowedSpecial: ["[PAD]"] }), [5, 1, 1, 1, 10]);
  assert.deepEqual(tokenizer.encodePair("un", "able!"), { tokens: [2, 5, 3, 9, 10, 3], segments: [0, 0, 0, 1, 1, 1] });
  assert.deepEqual(tokenizer.encodePair("").tokens, [2, 3]);
  assert.equal(tokenizer.decode([2, 5, 7, 10, 4, 3]), "[CLS] unable ! [MASK] [SEP]");
});

Deno.test("words are cleaned as in BERT", () => {
  assert.deepEqual(bertWords("a\tb\r\nc\u00a0d\u2028e"), ["a", "b", "c", "d", "e"]);
  assert.deepEqual(bertWords("a\u0000b\u200dc\ufffd\ud800"), ["abc"]); // not text
  assert.deepEqual(bertWords("ÀÉ", { stripAccents: false }), ["àé"]);
  assert.deepEqual(bertWords("ÀÉ", { lowerCase: false, stripAccents: true }), ["AE"]);
  assert.deepEqual(bertWords("ab一c𠀀d"), ["ab", "一", "c", "𠀀", "d"]);
  assert.deepEqual(bertWords("e.g. a—b ¿no? 5€"), ["e", ".", "g", ".", "a", "—", "b", "¿", "no", "?", "5€"]);
});

Deno.test("training merges the most frequent pair of pieces", () => {
  const { pieces } = WordPieceTokenizer.train("hug hug pug hugs", { vocabSize: 13 });
  // h·##u 3, ##u·##g 4, p·##u 1, ##g·##s 1
  assert.deepEqual(pieces, [...special, "##g", "##s", "##u", "h", "p", "##ug", "hug"]);
});

Deno.test("a vocabulary may have an empty line and a piece twice: the last counts", () => {
  const odd = new WordPieceTokenizer(parseVocabularyFile([...special, "a", "", "b", "a", ""].join("\n")));
  assert.equal(odd.vocabSize, 9); // the last line's end starts no other line
  assert.deepEqual(odd.encode("a b"), [8, 7]);
  assert.equal(odd.decode([5, 6, 7, 8]), "a b a");
});

Deno.test("spaces at the end of a line are no part of its piece, as in Hugging Face's libraries", () => {
  assert.deepEqual(parseVocabularyFile("a \t\r\n b\u3000\u0085\n \nc"), ["a", " b", "", "c"]);
  assert.throws(
    () => formatVocabularyFile(new WordPieceTokenizer([...special, "a "])),
    /^TypeError: .*in a space: "a "/,
  );
});

Deno.test("capitals become small ones one at a time, as in Hugging Face's libraries", () => {
  assert.deepEqual(bertWords("ΣΑΣ İ", { stripAccents: false }), ["σασ", "i\u0307"]);
  assert.deepEqual(bertWords("a\ue000b\x1cc", { lowerCase: false }), ["abc"]); // private use, and a control character
  assert.deepEqual(bertWords("a\x01 中文", { dropControls: false, splitIdeographs: false }), ["a\x01", "中文"]);
});

Deno.test("pieces of other kinds: another prefix, another unknown word, shorter words", () => {
  const pieces = ["<unk>", "ab", "@c", "c"];
  const options = { prefix: "@", unknown: "<unk>", longestWord: 3, addedTokens: [], template: bareTemplate };
  const other = new WordPieceTokenizer(pieces, options);
  assert.deepEqual(other.encode("abc abcc cc", { addSpecialTokens: true }), [1, 2, 0, 3, 2]);
  assert.equal(other.decode([1, 2, 0]), "abc <unk>");
  assert.deepEqual(new WordPieceTokenizer(pieces, { ...options, prefix: "" }).encode("abc"), [1, 3]);
});

Deno.test("one very long piece does not make long words slow", () => {
  const pieces = [...special, "x", "##x", "x".repeat(100_000)];
  const long = new WordPieceTokenizer(pieces, { longestWord: 1_000_000 });
  assert.deepEqual(long.encode("x".repeat(20_000) + "y"), [1]); // trying every length would take hours
  assert.deepEqual(long.encode("x".repeat(100_002)), [7, 6, 6]);
});

Deno.test("misuse and malformed files are told", async () => {
  assert.throws(
    () => new WordPieceTokenizer(special.slice(1)),
    /^TypeError: .*its pieces must have "\[PAD\]": none of the 4/,
  );
  assert.throws(() => WordPieceTokenizer.train("ab", { vocabSize: 6 }), /^RangeError: .*at least 7 .*: 6/);
  assert.throws(() => formatVocabularyFile(new WordPieceTokenizer([...special, "a\n"])), /^TypeError: .*"a\\n"/);

  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/vocab.txt`;
    await assert.rejects(readVocabularyFile(path), /^TokenizerFileError: .*vocab\.txt is not there/);
    await writeVocabularyFile(tokenizer, `${folder}/new/vocab.txt`); // its folder is created
    await writeVocabularyFile(tokenizer, path);
    assert.deepEqual((await readVocabularyFile(path)).pieces, tokenizer.pieces);
    await Deno.writeTextFile(path, "a\n");
    await assert.rejects(readVocabularyFile(path), {
      name: "TokenizerFileError",
      message: 'Cannot read vocab.txt, as its pieces must have "[PAD]": none of the 1 is that',
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
