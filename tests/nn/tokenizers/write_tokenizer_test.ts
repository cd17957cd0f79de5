import assert from "node:assert/strict";
import * as fc from "fast-check";
import { BytePairTokenizer, type Template, WordPieceTokenizer, writeTokenizer } from "../../../nn/tokenizers/mod.ts";
import { bareTemplate } from "../../../nn/tokenizers/template.ts";
import { parseTokenizerJson } from "../../../nn/tokenizers/read_tokenizer_json.ts";
import { formatTokenizerJson } from "../../../nn/tokenizers/write_tokenizer_json.ts";
import { inFolder } from "../../support/folders.ts";
import { property } from "../../support/property.ts";
import { anyText, repetitiveText } from "../../support/texts.ts";

const settings = fc.record({
  addPrefixSpace: fc.boolean(),
  wholeWords: fc.boolean(),
  normalization: fc.constantFrom("NFC" as const, "NFKD" as const),
  template: fc.constantFrom<Template>(bareTemplate, {
    single: [{ tokens: [97], segment: 2 }, { text: "first", segment: 1 }],
    pair: [{ text: "second", segment: 1 }, { tokens: [98, 99], segment: 0 }, { text: "first", segment: 3 }],
  }),
}, { requiredKeys: [] });
const options = { addSpecialTokens: true, allowedSpecial: "all" } as const;

property(
  "writing and reading keep a byte pair tokenizer, and the file",
  fc.tuple(repetitiveText, anyText, settings),
  ([text, other, how]) => {
    const { merges } = BytePairTokenizer.train(text, { vocabSize: 280, minCount: 1 });
    const tokenizer = new BytePairTokenizer(merges, { ...how, specialTokens: ["<s>", "<päd>"] });
    const file = formatTokenizerJson(tokenizer);
    const loaded = parseTokenizerJson(file);
    for (const s of [text, other, `${text}<s>${other}<päd>`]) {
      assert.deepEqual(loaded.encode(s, options), tokenizer.encode(s, options));
      assert.deepEqual(loaded.encode(s), tokenizer.encode(s));
      assert.deepEqual(loaded.encodePair(s, other), tokenizer.encodePair(s, other));
    }
    assert.equal(formatTokenizerJson(loaded), file);
  },
);

const cleaning = fc.record({
  lowerCase: fc.boolean(),
  stripAccents: fc.boolean(),
  dropControls: fc.boolean(),
  splitIdeographs: fc.boolean(),
});

property("writing and reading keep a WordPiece tokenizer, and the file", fc.tuple(anyText, cleaning), ([text, how]) => {
  const tokenizer = WordPieceTokenizer.train(text + text, { vocabSize: 5000, ...how });
  const file = formatTokenizerJson(tokenizer);
  const loaded = parseTokenizerJson(file);
  assert.deepEqual(loaded.encode(text, options), tokenizer.encode(text, options));
  assert.deepEqual(loaded.encodePair("[MASK]", text, options), tokenizer.encodePair("[MASK]", text, options));
  assert.equal(formatTokenizerJson(loaded), file);
});

Deno.test("special tokens in the middle of the numbering stay there", () => {
  const names = ["<a>", "<b>"];
  const { merges, vocabulary } = BytePairTokenizer.train("abab", { vocabSize: 257 });
  const moved = new Map([...vocabulary].map(([piece, token]) => [piece, token + 3]));
  const addedTokens = names.map((name, i) => ({ name, id: i + 1 }));
  const tokenizer = new BytePairTokenizer(merges.map(([a, b]) => [a + 3, b + 3] as const), {
    vocabulary: moved,
    addedTokens,
  });
  assert.deepEqual(tokenizer.encode("<b>ab", options), [2, 259]);
  assert.deepEqual(parseTokenizerJson(formatTokenizerJson(tokenizer)).encode("<b>ab", options), [2, 259]);
});

Deno.test("a tokenizer that was read with literal splits can be written", () => {
  const split = { type: "Split", pattern: { String: "a-b " }, behavior: "Isolated", invert: false };
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false };
  const file = JSON.parse(formatTokenizerJson(new BytePairTokenizer([[97, 45]])));
  const pre_tokenizer = { type: "Sequence", pretokenizers: [split, byteLevel] };
  const read = parseTokenizerJson(JSON.stringify({ ...file, pre_tokenizer }));
  const again = parseTokenizerJson(formatTokenizerJson(read));
  for (const text of ["xa-b y", "a-ba-b "]) assert.deepEqual(again.encode(text), read.encode(text));
  assert.deepEqual(read.encode("a-a-b "), [256, 256, 98, 32]);
});

Deno.test("an added word does not become a piece of other words", () => {
  const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
  const names = special.map((name, id) => ({ name, id }));
  const tokenizer = new WordPieceTokenizer([...special, "r", "##iver", "##s"], {
    addedTokens: [...names, { name: "river", id: 8, special: false, wholeWord: true }],
  });
  const loaded = parseTokenizerJson(formatTokenizerJson(tokenizer));
  for (const each of [tokenizer, loaded]) assert.deepEqual(each.encode("river rivers"), [8, 5, 6, 7]);
});

Deno.test("a tokenizer that the file cannot represent is not written", () => {
  const bytePair = (options: ConstructorParameters<typeof BytePairTokenizer>[1]) => () =>
    formatTokenizerJson(new BytePairTokenizer([[97, 98]], options));
  const [a, b] = [/a/u, /a+?.|(?<n>b)/u];
  assert.throws(bytePair({ pattern: b }), /^TypeError: Cannot write a tokenizer\.json, as the pattern .* has /);
  assert.throws(bytePair({ pattern: a, addPrefixSpace: true }), /^TypeError: .*addPrefixSpace must come with GPT-2's/);
  assert.throws(bytePair({ specialTokens: ["ab"] }), /^TypeError: .*must not be named like another piece: "ab"/);
  assert.throws(
    bytePair({ addedTokens: [{ name: "word", id: 400, special: false }] }),
    /^TypeError: .*must be the next after the vocabulary's 257: "word" is 400/,
  );
});

Deno.test("the configuration names the roles of special tokens", async () => {
  await inFolder(async (folder) => {
    const write = async (...[tokenizer, options]: [BytePairTokenizer | WordPieceTokenizer, object?]) => {
      await writeTokenizer(tokenizer, folder, options);
      return JSON.parse(await Deno.readTextFile(`${folder}/tokenizer_config.json`));
    };
    const bert = await write(WordPieceTokenizer.train("a", { vocabSize: 9, lowerCase: false }), { contextLength: 64 });
    assert.deepEqual(bert, {
      tokenizer_class: "PreTrainedTokenizerFast",
      clean_up_tokenization_spaces: false,
      model_max_length: 64,
      do_lower_case: false,
      strip_accents: false,
      tokenize_chinese_chars: true,
      model_input_names: ["input_ids", "token_type_ids", "attention_mask"],
      pad_token: "[PAD]",
      unk_token: "[UNK]",
      mask_token: "[MASK]",
      cls_token: "[CLS]",
      sep_token: "[SEP]",
    });
    const gpt = new BytePairTokenizer([], { specialTokens: ["<|endoftext|>", "<fill>"] });
    const { bos_token, eos_token, pad_token } = await write(gpt, { padding: "<fill>" });
    assert.deepEqual([bos_token, eos_token, pad_token], ["<|endoftext|>", "<|endoftext|>", "<fill>"]);
    await assert.rejects(
      write(gpt, { end: "." }),
      /^TypeError: .*the option "end" must be one of its special tokens: \./,
    );
    await assert.rejects(write(gpt, { eos: "." }), /^TypeError: .*there is no option "eos"/);
  });
});
