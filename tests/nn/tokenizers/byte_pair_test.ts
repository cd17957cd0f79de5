import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Random } from "../../../mod.ts";
import { BytePairTokenizer, preTokenize } from "../../../nn/tokenizers/mod.ts";
import { bertTemplate } from "../../../nn/tokenizers/template.ts";
import { learnMerges } from "../../../nn/tokenizers/learn_merges.ts";
import { property } from "../../support/property.ts";
import { anyText, repetitiveText } from "../../support/texts.ts";
import { textbookEncode, textbookMerges, wordsOf } from "./textbook_bpe.ts";

const english = BytePairTokenizer.train("the cat sat on the mat; the other cat, that is, sat there. ".repeat(2), {
  vocabSize: 300,
  specialTokens: ["<|end|>", "<|end|><|of|>"],
});

property("decode(encode(text)) === text for any JavaScript string", anyText, (text) => {
  assert.equal(english.decode(english.encode(text)), text);
  const own = BytePairTokenizer.train(text + text, { vocabSize: 300 }); // merges that cut its characters
  assert.equal(own.decode(own.encode(text)), text);
}, 500);

property("decoding what was encoded in parts gives the whole", fc.tuple(anyText, anyText), ([a, b]) => {
  assert.equal(english.decode([...english.encode(a), ...english.encode(b)]), a + b);
});

property("training finds the merges of the textbook", repetitiveText, (text) => {
  const expected = textbookMerges(wordsOf(text), 256, 30, 2);
  assert.deepEqual(BytePairTokenizer.train(text, { vocabSize: 286 }).merges, expected);
}, 500);

property(
  "merges are the textbook's even without words, where the same token repeats",
  fc.array(fc.nat(2), { maxLength: 40 }),
  (tokens) => {
    assert.deepEqual(learnMerges([[tokens, 1]], { first: 3, most: 20 }), textbookMerges([tokens], 3, 20));
  },
  500,
);

property("encoding gives the tokens of the textbook", fc.tuple(repetitiveText, repetitiveText), ([text, other]) => {
  const { merges } = BytePairTokenizer.train(text, { vocabSize: 290, minCount: 1 });
  assert.deepEqual(new BytePairTokenizer(merges).encode(other), textbookEncode(merges, other));
}, 300);

property("the order of the documents changes nothing", fc.array(repetitiveText, { maxLength: 5 }), (documents) => {
  const options = { vocabSize: 280 };
  const { merges } = BytePairTokenizer.train(documents, options);
  assert.deepEqual(BytePairTokenizer.train(new Random(1).shuffle(documents), options).merges, merges);
});

property("no two tokens stand for the same bytes", repetitiveText, (text) => {
  const tokenizer = BytePairTokenizer.train(text, { vocabSize: 300, minCount: 1 });
  const bytes = Array.from({ length: tokenizer.vocabSize }, (_, token) => String(tokenizer.bytes(token)));
  assert.equal(new Set(bytes).size, bytes.length);
});

const withNames = fc.array(fc.oneof(anyText, fc.constantFrom(...english.specialTokens.keys()))).map((a) => a.join(""));

property("no special token comes from a text unless it is allowed", withNames, (text) => {
  const plain = english.encode(text);
  assert(plain.every((token) => ![...english.specialTokens.values()].includes(token)));
  assert.equal(english.decode(plain), text);
  const end = english.specialTokens.get("<|end|>")!;
  const some = english.encode(text, { allowedSpecial: ["<|end|>"] });
  assert.equal(some.filter((token) => token === end).length, text.split("<|end|>").length - 1);
  assert.equal(english.decode(some), text);
  assert.equal(english.decode(english.encode(text, { allowedSpecial: "all" })), text);
});

Deno.test("of two special tokens that match, the longer is found", () => {
  const [end, longer] = english.specialTokens.values();
  assert.deepEqual(english.encode("<|end|><|of|><|end|>", { allowedSpecial: "all" }), [longer, end]);
});

Deno.test("a case worked by hand: aaabdaaabac, as in Wikipedia's article", () => {
  const tokenizer = BytePairTokenizer.train("aaabdaaabac", { vocabSize: 256 + 3 });
  // aa 4 times (of 2 places each); then Z a b: Za and ab twice each, and ab is the older pair; then Z·Y
  assert.deepEqual(tokenizer.merges, [[97, 97], [97, 98], [256, 257]]);
  assert.deepEqual(tokenizer.encode("aaabdaaabac"), [258, 100, 258, 97, 99]);
});

Deno.test("of equally frequent pairs, the one of the smaller tokens is merged first", () => {
  assert.deepEqual(BytePairTokenizer.train("dc\nba\ndc\nba", { vocabSize: 258 }).merges, [[98, 97], [100, 99]]);
});

Deno.test("training stops where no pair is frequent enough", () => {
  assert.equal(BytePairTokenizer.train("ab ab cd", { vocabSize: 1000 }).vocabSize, 257);
  assert.equal(BytePairTokenizer.train("ab ab cd", { vocabSize: 1000, minCount: 3 }).vocabSize, 256);
  assert.deepEqual(BytePairTokenizer.train("", { vocabSize: 1000 }).merges, []);
});

Deno.test("nothing is learned from the names of special tokens", () => {
  const tokenizer = BytePairTokenizer.train("a<|end|>".repeat(9), { vocabSize: 300, specialTokens: ["<|end|>"] });
  assert.deepEqual(tokenizer.merges, []);
  assert.equal(tokenizer.vocabSize, 257);
});

Deno.test("a custom pattern splits words, and the text between matches stays", () => {
  const tokenizer = BytePairTokenizer.train("ab-ab-ab", { vocabSize: 300, pattern: /\p{L}+/u });
  assert.deepEqual(tokenizer.merges, [[97, 98]]); // never b·-
  assert.equal(tokenizer.decode(tokenizer.encode("-ab--")), "-ab--");
  assert.throws(
    () => preTokenize("a", /a/),
    /^TypeError: Cannot split a text, as the pattern must have the flag u or v: \/a\//,
  );
});

Deno.test("a word of 200,000 letters is encoded without comparing all pairs", () => {
  const text = "the".repeat(66_667);
  const the = english.encode("the");
  assert.equal(the.length, 1);
  assert.deepEqual(english.encode(text), Array(66_667).fill(the[0]));
});

Deno.test("changing the tokens from encode does not change the tokenizer", () => {
  english.encode("the").push(0);
  assert.equal(english.decode(english.encode("the")), "the");
});

Deno.test("a vocabulary may number tokens freely, and bytes that it lacks are dropped", () => {
  const vocabulary = new Map([["c", 5], ["b", 9], ["a", 2], ["ab", 7], ["Ã", 3]]);
  const tokenizer = new BytePairTokenizer([[2, 9]], { vocabulary, addedTokens: [{ name: "<s>", id: 0 }] });
  assert.equal(tokenizer.vocabSize, 10);
  assert.deepEqual(tokenizer.encode("abc<s>é axb", { allowedSpecial: "all" }), [7, 5, 0, 3, 7]); // é is C3 A9; no x
  assert.deepEqual(tokenizer.encode("aéb"), [2, 3, 9]);
  assert.equal(tokenizer.decode([7, 5, 0, 1]), "abc<s>"); // no token is 1
  const named = new BytePairTokenizer([], { vocabulary, specialTokens: ["<s>"] });
  assert.deepEqual([...named.specialTokens], [["<s>", 10]]);
});

Deno.test("merges with the same bytes make the same token", () => {
  const tokenizer = new BytePairTokenizer([[97, 98], [98, 99], [256, 99], [97, 257], [258, 100]]);
  assert.equal(tokenizer.vocabSize, 260); // ab, bc, abc, abcd
  assert.deepEqual(tokenizer.encode("abc abcd"), [258, 32, 259]);
});

Deno.test("a merge may make more than 2^17 bytes, but not more than a million", () => {
  const doubling = (merges: number) =>
    Array.from({ length: merges }, (_, k) => k === 0 ? [97, 97] : [255 + k, 255 + k]);
  const make = (merges: number) => new BytePairTokenizer(doubling(merges) as [number, number][], { pattern: /[^]+/u });
  const tokenizer = make(17);
  assert.equal(tokenizer.bytes(272).length, 2 ** 17);
  assert.deepEqual(tokenizer.encode("a".repeat(2 ** 18)), [272, 272]);
  assert.equal(tokenizer.decode(Int32Array.of(272)).length, 2 ** 17);
  assert.throws(() => make(40), /^RangeError: .*merge 20 must make at most 1048576 bytes: 2097152/);
});

Deno.test("a space before the text, whole words first, and a normalization", () => {
  const { merges } = BytePairTokenizer.train("ab ab", { vocabSize: 257 });
  const make = (options: object) => new BytePairTokenizer(merges, { specialTokens: ["<s>"], ...options });
  const spaced = make({ addPrefixSpace: true });
  assert.deepEqual(spaced.encode("ab<s>ab <s> b", { allowedSpecial: "all" }), [32, 256, 257, 32, 256, 32, 257, 32, 98]);
  assert.deepEqual(spaced.encode(""), []);
  assert.deepEqual(make({ normalization: "NFC" }).encode("e\u0301"), [0xc3, 0xa9]);
  const vocabulary = new Map([["a", 0], ["b", 1], ["c", 2], ["bc", 3], ["ab", 4], ["abc", 5]]);
  assert.deepEqual(new BytePairTokenizer([[1, 2]], { vocabulary }).encode("abc ab"), [0, 3, 0, 1]);
  assert.deepEqual(new BytePairTokenizer([[1, 2]], { vocabulary, wholeWords: true }).encode("abc"), [5]);
});

Deno.test("a template is added around one text, and around two", () => {
  const tokenizer = new BytePairTokenizer([], { specialTokens: ["<s>"], template: bertTemplate(256, 256) });
  assert.deepEqual(tokenizer.encode("a"), [97]);
  assert.deepEqual(tokenizer.encode("a", { addSpecialTokens: true }), [256, 97, 256]);
  assert.deepEqual(tokenizer.encodePair("a", "b"), { tokens: [256, 97, 256, 98, 256], segments: [0, 0, 0, 1, 1] });
  assert.deepEqual(tokenizer.encodePair("a<s>", "b", { addSpecialTokens: false, allowedSpecial: ["<s>"] }), {
    tokens: [97, 256, 98],
    segments: [0, 0, 1],
  });
});

Deno.test("errors of misuse", () => {
  const make = (merges: [number, number][], options?: object) => () => new BytePairTokenizer(merges, options);
  assert.throws(
    make([[97, 98], [258, 97]]),
    /^RangeError: Cannot make .*merge 1 must be of tokens from 0 to 256: \[258, 97\]/,
  );
  const vocabulary = (entries: [string, number][]) => ({ vocabulary: new Map(entries) });
  assert.throws(
    make([[0, 1]], vocabulary([["a", 0], ["b", 1]])),
    /^TypeError: .*must have what merge 0 makes: "ab"/,
  );
  assert.throws(make([[0, 2]], vocabulary([["a", 0], ["b", 1]])), /^RangeError: .*tokens of the vocabulary: \[0, 2\]/);
  assert.throws(make([], vocabulary([["a", 0], ["b", 0]])), /^TypeError: .*of one piece: 0 is "a" and "b"/);
  assert.throws(make([], vocabulary([["a", 1.5]])), /^RangeError: .*a whole number from 0 to 4194303: 1\.5, of "a"/);
  assert.throws(make([], { specialToken: ["a"] }), /^TypeError: .*there is no option "specialToken"/);
  assert.throws(make([], { pattern: /a/ }), /^TypeError: .*must have the flag u or v/);
  // a notebook checks no types
  assert.throws(
    make([7, null] as unknown as [number, number][]),
    /^TypeError: .*"merges" must be a list of pairs of tokens/,
  );
  assert.throws(make([], { specialTokens: ["a", "a"] }), /^TypeError: .*must not be repeated: "a"/);
  assert.throws(make([], { specialTokens: [""] }), /^TypeError: .*must not be empty: ""/);
  assert.throws(make([], { specialTokens: ["\ud800"] }), /^TypeError: .*must not hold half a surrogate pair/);
  const train = (vocabSize: number) => () => BytePairTokenizer.train("a", { vocabSize, specialTokens: ["<s>"] });
  assert.throws(train(256), /^RangeError: .*at least 257 \(256 bytes, 1 special tokens\): 256/);
  assert.throws(train(NaN), /^RangeError: /);
  assert.throws(
    () => english.decode([278]),
    /^RangeError: Cannot decode tokens, as a token must be at least 0 and less than 278: 278/,
  );
  assert.throws(
    () => english.decode([1.5]),
    /^TypeError: Cannot decode tokens, as a token must be a whole number: 1.5/,
  );
  assert.throws(() => english.encode(7 as unknown as string), /^TypeError: Cannot encode a text/); // as JavaScript may
  assert.throws(
    () => english.encode("a", { allowedSpecial: ["<s>"] }),
    /^RangeError: Cannot allow a special token that the vocabulary lacks: "<s>"; it has "<\|end\|>"/,
  );
});
