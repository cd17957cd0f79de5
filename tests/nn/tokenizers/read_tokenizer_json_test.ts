import assert from "node:assert/strict";
import * as fc from "fast-check";
import { BytePairTokenizer, TokenizerFileError } from "../../../nn/tokenizers/mod.ts";
import { parseTokenizerJson } from "../../../nn/tokenizers/read_tokenizer_json.ts";
import { property } from "../../support/property.ts";
import { anyText } from "../../support/texts.ts";

const golden = new URL("../../golden/tokenizers/", import.meta.url);
const textOf = (name: string) => Deno.readTextFileSync(new URL(`${name}/tokenizer.json`, golden));

/** The object of a golden file, changed at a path. */
function changed(name: string, path: string, value: unknown): string {
  const json = JSON.parse(textOf(name));
  const keys = path.split(".");
  // the golden file is an object, down to the place that is changed
  const place = keys.slice(0, -1).reduce((object, key) => object[key], json);
  place[keys.at(-1)!] = value;
  return JSON.stringify(json);
}

Deno.test("unsupported parts are named", () => {
  const split = (fields: object) => ({
    type: "Sequence",
    pretokenizers: [
      { type: "Split", pattern: { Regex: "a" }, behavior: "Isolated", invert: false, ...fields },
      { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
    ],
  });
  const refused: [text: string, rule: string][] = [
    [
      changed("gpt2", "model.type", "Unigram"),
      'the model "Unigram" is not supported: byte-level BPE and WordPiece are',
    ],
    [changed("gpt2", "model.merges", null), "model.merges must be a list: there is none"],
    [
      changed("gpt2", "model.end_of_word_suffix", "</w>"),
      'the end_of_word_suffix "</w>" is not supported: only none is',
    ],
    [changed("gpt2", "model.dropout", 0.1), "the dropout 0.1 is not supported: only none is"],
    [
      changed("added", "model.unk_token", "<|endoftext|>"),
      "the unk_token of a vocabulary that lacks the byte 0 is not supported: all 256 bytes must be there",
    ],
    [changed("added", "model.byte_fallback", true), "the byte_fallback is not supported: only false is"],
    [
      changed("gpt2", "normalizer", { type: "Lowercase" }),
      'the normalizer "Lowercase" is not supported: of BPE, NFC, NFD, NFKC and NFKD are',
    ],
    [
      changed("gpt2", "pre_tokenizer", { type: "Metaspace" }),
      'the pre-tokenizer "Metaspace" is not supported: of BPE, ByteLevel is, alone or after Split and Digits',
    ],
    [
      changed("gpt2", "pre_tokenizer", null),
      "the pre-tokenizer null is not supported: of BPE, ByteLevel is, alone or after Split and Digits",
    ],
    [
      changed("gpt2", "pre_tokenizer", split({ behavior: "Removed" })),
      'the behavior "Removed" of the pre-tokenizer Split is not supported: "Isolated" is',
    ],
    [
      changed("gpt2", "pre_tokenizer", split({ pattern: { Regex: "a++" } })),
      'the pattern "a++" is not supported: it has possessive quantifiers, such as a++',
    ],
    [
      changed("gpt2", "post_processor", { type: "Sandwich" }),
      'the post-processor "Sandwich" is not supported: TemplateProcessing, BertProcessing, RobertaProcessing and ' +
      "ByteLevel are",
    ],
    [
      changed("bert", "normalizer", { type: "Lowercase" }),
      'the normalizer "Lowercase" is not supported: of WordPiece, BertNormalizer is',
    ],
    [
      changed("bert", "pre_tokenizer", { type: "Whitespace" }),
      'the pre-tokenizer "Whitespace" is not supported: of WordPiece, BertPreTokenizer is',
    ],
  ];
  for (const [text, rule] of refused) {
    assert.throws(() => parseTokenizerJson(text), {
      name: "TokenizerFileError",
      message: `Cannot read tokenizer.json, as ${rule}`,
    });
  }
});

Deno.test("errors of malformed files name the place", () => {
  const refused: [text: string, rule: RegExp][] = [
    ["", /it must be JSON/],
    ["[]", /it must be an object: \[\]/],
    ["{}", /it must have a model/],
    [changed("gpt2", "model", []), /model must be an object: \[\]/],
    [changed("gpt2", "model.vocab", null), /its vocabulary must be an object: null/],
    [changed("gpt2", "model.vocab.!", -1), /the token of "!" must be a whole number from 0 to 4194303: -1/],
    [changed("gpt2", "model.vocab.!", 2 ** 30), /the token of "!" must be .*: 1073741824/],
    [changed("gpt2", "model.vocab.!", 2), /a token must be of one piece: 2 is/],
    [changed("gpt2", "model.merges.3", ["a"]), /merge 3 must be two tokens: \["a"\]/],
    [changed("gpt2", "model.merges.3", "a b c"), /merge 3 must be two tokens: \["a", "b", "c"\]/],
    [changed("gpt2", "model.merges.3", 7), /merge 3 must be two tokens: \[7\]/],
    [changed("gpt2", "model.merges.3", ["a", "東"]), /the vocabulary must have what merge 3 has: "東"/],
    [changed("gpt2", "model.merges.3", ["Q", "Q"]), /the vocabulary must have what merge 3 has: "QQ"/],
    [changed("gpt2", "model.ignore_merges", 1), /model\.ignore_merges must be true or false: 1/],
    [changed("gpt2", "added_tokens", {}), /added_tokens must be a list/],
    [changed("gpt2", "added_tokens.0", 7), /added_tokens\[0\] must be an object: 7/],
    [changed("gpt2", "added_tokens.0.lstrip", "yes"), /added_tokens\[0\]\.lstrip must be true or false: "yes"/],
    [changed("bert", "post_processor.special_tokens", {}), /must be a text, or tokens of special_tokens: "\[CLS\]"/],
    [changed("bert_added", "post_processor.cls", []), /post_processor\.cls must be a name and a number/],
    [changed("bert", "model.unk_token", "[X]"), /its pieces must have "\[X\]": none of the 291 is that/],
    [changed("bert", "model.max_input_chars_per_word", 0), /"longestWord" must be a whole number, at least 1: 0/],
    [changed("bert", "normalizer.lowercase", "no"), /normalizer\.lowercase must be true or false: "no"/],
  ];
  for (const [text, message] of refused) {
    assert.throws(() => parseTokenizerJson(text), { name: "TokenizerFileError", message });
  }
});

Deno.test("deeply nested values are rejected like others", () => {
  const deep = `[${"[".repeat(200_000)}${"]".repeat(200_000)}]`;
  const paths = ["model", "model.type", "model.vocab", "model.vocab.!", "model.merges.3", "model.dropout"];
  const more = ["added_tokens.0", "added_tokens.0.content", "normalizer", "pre_tokenizer"];
  for (const path of [...paths, ...more, "post_processor", "post_processor.single", "post_processor.special_tokens"]) {
    const text = changed("llama", path.replace("post_processor.", "post_processor.processors.1."), "HERE");
    assert.throws(() => parseTokenizerJson(text.replace('"HERE"', deep)), TokenizerFileError, path);
  }
  const sequences = `${'{"type":"Sequence","processors":['.repeat(50_000)}${"]}".repeat(50_000)}`;
  const nested = changed("llama", "post_processor", "HERE").replace('"HERE"', sequences);
  assert.throws(() => parseTokenizerJson(nested), {
    name: "TokenizerFileError",
    message: /at most 8 nested sequences/,
  });
  assert.throws(
    () => parseTokenizerJson(changed("bert_added", "post_processor.cls.1", "HERE").replace('"HERE"', deep)),
    TokenizerFileError,
  );
});

Deno.test("added tokens have the numbers that Hugging Face's libraries assign", () => {
  const special = (content: string, id: number) => ({ content, id, special: true });
  const text = changed("gpt2", "added_tokens", [special("<b>", 900), special("<a>", 361), special("!", 5)]);
  const { specialTokens } = parseTokenizerJson(text);
  const bang = JSON.parse(text).model.vocab["!"];
  assert.deepEqual([...specialTokens], [["<b>", 360], ["<a>", 361], ["!", bang]]); // from the vocabulary's size on
  const gap = JSON.parse(text);
  gap.model.vocab["!"] = 360; // its old number is free, and the first added token would get this one
  assert.throws(
    () => parseTokenizerJson(JSON.stringify(gap)),
    /TokenizerFileError: .*the added token "<b>" must not have the number of another token: 360/,
  );
});

Deno.test("older files are read: without a type, and with merges as lines", () => {
  const json = JSON.parse(textOf("gpt2"));
  delete json.model.type;
  json.model.merges = ["#version: 0.2", ...json.model.merges.map((merge: string[]) => merge.join(" "))];
  const old = parseTokenizerJson(JSON.stringify(json));
  const now = parseTokenizerJson(textOf("gpt2"));
  assert(old instanceof BytePairTokenizer && now instanceof BytePairTokenizer);
  assert.deepEqual(old.merges, now.merges);
});

const damage = fc.record({
  name: fc.constantFrom("gpt2", "bert", "added"),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.nat(12),
  put: fc.oneof(anyText, fc.constantFrom('"', "{", "}", "[", "null", "0", ",", "-1", "1e9", "true")),
});

property("a file damaged at random is read or gives a TokenizerFileError", damage, ({ name, at, cut, put }) => {
  const text = textOf(name);
  const start = Math.floor(at * text.length);
  try {
    parseTokenizerJson(text.slice(0, start) + put + text.slice(start + cut)).encode("the river\ud800", {
      addSpecialTokens: true,
    });
  } catch (error) {
    assert(error instanceof TokenizerFileError, String(error));
  }
}, 300);

Deno.test("of an added token that is listed twice, what comes later counts", () => {
  const listed = (later: object) => {
    const word = { content: "<w>", single_word: false, lstrip: false, rstrip: false, normalized: true, special: false };
    return parseTokenizerJson(changed("gpt2", "added_tokens", [word, { ...word, ...later }]));
  };
  const { vocabSize: id } = listed({});
  assert.deepEqual(listed({}).encode(" <w>"), [listed({}).encode(" ")[0], id - 1]);
  assert.deepEqual(listed({ lstrip: true }).encode(" <w>"), [id - 1]);
  assert.equal(listed({ special: true }).specialTokens.get("<w>"), id - 1);
});
