import assert from "node:assert/strict";
import * as fc from "fast-check";
import { BytePairTokenizer, readGpt2Files, TokenizerFileError, writeGpt2Files } from "../../../nn/tokenizers/mod.ts";
import { formatGpt2Files, parseGpt2Files } from "../../../nn/tokenizers/gpt2_files.ts";
import { property } from "../../support/property.ts";
import { anyText, repetitiveText } from "../../support/texts.ts";

const options = { vocabSize: 290, specialTokens: ["<|endoftext|>", "<päd>"] };
const small = BytePairTokenizer.train("low lower lowest; new newer newest", options);

property(
  "saved and loaded gives the same tokens",
  fc.tuple(fc.oneof(anyText, repetitiveText), anyText),
  ([text, other]) => {
    const tokenizer = BytePairTokenizer.train(text.repeat(2), options);
    const loaded = parseGpt2Files(formatGpt2Files(tokenizer));
    for (const s of [text, other, `${text}<|endoftext|>${other}<päd>`]) {
      assert.deepEqual(loaded.encode(s, { allowedSpecial: "all" }), tokenizer.encode(s, { allowedSpecial: "all" }));
    }
    assert.deepEqual(loaded.specialTokens, tokenizer.specialTokens);
  },
);

property("read and written again is the same bytes", fc.tuple(repetitiveText, fc.nat()), ([text, turn]) => {
  const { merges, vocabSize, specialTokens } = BytePairTokenizer.train(text, options);
  const ids = Array.from({ length: vocabSize }, (_, i) => (i + turn) % vocabSize); // in any order
  const files = formatGpt2Files(new BytePairTokenizer(merges, { specialTokens: [...specialTokens.keys()], ids }));
  assert.deepEqual(formatGpt2Files(parseGpt2Files(files)), files);
});

Deno.test("the files look as OpenAI's do", () => {
  const { vocabulary, merges } = formatGpt2Files(BytePairTokenizer.train("é é", { ...options, vocabSize: 260 }));
  assert.equal(merges, "#version: 0.2\nÃ ©\n"); // é is C3 A9
  assert(vocabulary.startsWith('{"\\u0100": 0, "\\u0101": 1, ')); // bytes that cannot be seen
  assert(vocabulary.includes(', "\\u0120": 32, "!": 33, "\\"": 34, "#": 35, ')); // a space is Ġ
  assert(vocabulary.endsWith(', "\\u00c3\\u00a9": 256, "<|endoftext|>": 257, "<p\\u00e4d>": 258}'));
});

Deno.test("files from Windows and without the first line are read, too", () => {
  const { vocabulary, merges } = formatGpt2Files(small);
  const lines = merges.split("\n").slice(1).join("\r\n");
  assert.deepEqual(parseGpt2Files({ vocabulary, merges: lines }).merges, small.merges);
});

Deno.test("a special token that does not look like one is read if it is named", () => {
  const files = formatGpt2Files(new BytePairTokenizer([[97, 98]], { specialTokens: ["EOS"] }));
  assert.throws(
    () => parseGpt2Files(files),
    /^TokenizerFileError: vocab.json, entry "EOS": no line of merges.txt makes it/,
  );
  assert.deepEqual([...parseGpt2Files(files, { specialTokens: ["EOS"] }).specialTokens], [["EOS", 257]]);
});

Deno.test("malformed files are told with the line or the entry", () => {
  const { vocabulary, merges } = formatGpt2Files(small);
  const last = merges.trimEnd().split("\n").length;
  const bad: [{ vocabulary?: string; merges?: string }, RegExp][] = [
    [{ vocabulary: vocabulary.slice(0, -1) }, /^vocab\.json is not JSON: .*line 1 column/],
    [{ vocabulary: "[1]" }, /^vocab\.json must be an object/],
    [{ vocabulary: "null" }, /^vocab\.json must be an object/],
    [{ vocabulary: vocabulary.replace('"!": 33', '"!": 34') }, /entry "\\"": the id 34 is that of "!" as well/],
    [
      { vocabulary: vocabulary.replace('"!": 33', '"!": "33"') },
      /entry "!": an id must be an integer from 0 to .*: "33"/,
    ],
    [{ vocabulary: vocabulary.replace('"!": 33', '"!": 5000') }, /entry "!": an id must be .*: 5000/],
    [{ vocabulary: vocabulary.replace('"!": 33', '"<!>": 33') }, /lacks the byte 33, written "!"/],
    [{ vocabulary: vocabulary.replace('"!": 33', '"!": null') }, /entry "!": an id must be .*: null/],
    [{ merges: `${merges}a\n` }, new RegExp(`^merges\\.txt, line ${last + 1}: it must be two tokens .*: "a"`)],
    [{ merges: `${merges}a b c\n` }, new RegExp(`^merges\\.txt, line ${last + 1}: it must be two tokens`)],
    [{ merges: merges.replace("\n", "\n\n") }, /^merges\.txt, line 2: it must be two tokens .*: ""/],
    [{ merges: merges.replace("\n", "\nlow er\n") }, /^merges\.txt, line 2: a token must be a byte, or .*: "low"/],
    [{ merges: merges.replace("\n", "\nq q\n") }, /^merges\.txt, line 2: it makes what vocab\.json lacks: "qq"/],
    [{ merges: merges.replace(/\n(.*)\n/, "\n$1\n$1\n") }, /^merges\.txt, line 3: it makes what a line before made/],
    [{ merges: merges.replace(/\n[^\n]*\n$/, "\n") }, /^vocab\.json, entry "[^"]+": no line of merges\.txt makes it/],
  ];
  for (const [change, message] of bad) {
    assert.throws(() => parseGpt2Files({ vocabulary, merges, ...change }), { name: "TokenizerFileError", message });
  }
});

const textFiles = formatGpt2Files(small);
const damage = fc.record({
  file: fc.constantFrom("vocabulary", "merges"),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.nat(12),
  put: fc.oneof(anyText, fc.constantFrom("\n", " ", '"', "Ġ", "{", "0", ",")),
});

property("a file damaged at random is read or gives a TokenizerFileError", damage, ({ file, at, cut, put }) => {
  const text = file === "vocabulary" ? textFiles.vocabulary : textFiles.merges;
  const start = Math.floor(at * text.length);
  const damaged = { ...textFiles, [file]: text.slice(0, start) + put + text.slice(start + cut) };
  try {
    const tokenizer = parseGpt2Files(damaged);
    assert.equal(tokenizer.decode(tokenizer.encode("lowest\ud800")), "lowest\ud800");
  } catch (error) {
    assert(error instanceof TokenizerFileError, String(error));
  }
}, 1000);

Deno.test("what the files cannot hold is not written", () => {
  const other = new BytePairTokenizer([], { pattern: /./u });
  assert.throws(
    () => formatGpt2Files(other),
    /^TypeError: Cannot write .* no place for a pattern but GPT-2's: \/\.\/u/,
  );
  const taken = new BytePairTokenizer([[97, 98]], { specialTokens: ["ab"] });
  assert.throws(() => formatGpt2Files(taken), /^TypeError: .*must not be named like another: ab/);
});

Deno.test("a folder holds the two files and nothing else; what is missing or no UTF-8 is told", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assert.rejects(
      readGpt2Files(folder),
      /^TokenizerFileError: Cannot read a tokenizer, as .*vocab\.json is not there/,
    );
    await writeGpt2Files(small, folder);
    await writeGpt2Files(small, folder); // over the old ones
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["merges.txt", "vocab.json"]);
    assert.deepEqual((await readGpt2Files(folder)).merges, small.merges);
    await Deno.writeFile(`${folder}/merges.txt`, Uint8Array.of(0xff));
    await assert.rejects(readGpt2Files(folder), /^TokenizerFileError: .*merges\.txt is not UTF-8/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
