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

property(
  "files that are read and written again have the same bytes",
  fc.tuple(repetitiveText, fc.nat()),
  ([text, turn]) => {
    const { merges, vocabSize, vocabulary, addedTokens } = BytePairTokenizer.train(text, options);
    const turned = (token: number) => (token + turn) % vocabSize; // in any order
    const files = formatGpt2Files(
      new BytePairTokenizer(merges.map(([left, right]) => [turned(left), turned(right)]), {
        vocabulary: new Map([...vocabulary].map(([piece, token]) => [piece, turned(token)])),
        addedTokens: addedTokens.map(({ name, id }) => ({ name, id: turned(id) })),
      }),
    );
    assert.deepEqual(formatGpt2Files(parseGpt2Files(files)), files);
  },
);

Deno.test("the files look like OpenAI's", () => {
  const { vocabulary, merges } = formatGpt2Files(BytePairTokenizer.train("é é", { ...options, vocabSize: 260 }));
  assert.equal(merges, "#version: 0.2\nÃ ©\n"); // é is C3 A9
  assert(vocabulary.startsWith('{"\\u0100": 0, "\\u0101": 1, ')); // invisible bytes
  assert(vocabulary.includes(', "\\u0120": 32, "!": 33, "\\"": 34, "#": 35, ')); // a space is Ġ
  assert(vocabulary.endsWith(', "\\u00c3\\u00a9": 256, "<|endoftext|>": 257, "<p\\u00e4d>": 258}'));
});

Deno.test("files with Windows line ends and without the first line are read too", () => {
  const { vocabulary, merges } = formatGpt2Files(small);
  const lines = merges.split("\n").slice(1).join("\r\n");
  assert.deepEqual(parseGpt2Files({ vocabulary, merges: lines }).merges, small.merges);
});

Deno.test("a special token that does not look like one is found if it is named", () => {
  const files = formatGpt2Files(new BytePairTokenizer([[97, 98]], { specialTokens: ["EOS"] }));
  assert.deepEqual([...parseGpt2Files(files).specialTokens], []); // no text gives it
  const named = parseGpt2Files(files, { specialTokens: ["EOS"] });
  assert.deepEqual([...named.specialTokens], [["EOS", 257]]);
  assert.deepEqual(named.encode("abEOS", { allowedSpecial: "all" }), [256, 257]);
  assert.throws(
    () => parseGpt2Files(files, { specialTokens: ["BOS"] }),
    /^TokenizerFileError: Cannot read vocab\.json, as it must have the special token "BOS"/,
  );
});

Deno.test("errors of malformed files name the line or the entry", () => {
  const { vocabulary, merges } = formatGpt2Files(small);
  const last = merges.trimEnd().split("\n").length;
  const bad: [{ vocabulary?: string; merges?: string }, RegExp][] = [
    [{ vocabulary: vocabulary.slice(0, -1) }, /^Cannot read vocab\.json, as it must be JSON: .*line 1 column/],
    [{ vocabulary: "[1]" }, /^Cannot read vocab\.json, as it must be an object: \[1\]/],
    [{ vocabulary: "null" }, /^Cannot read vocab\.json, as it must be an object: null/],
    [{ vocabulary: vocabulary.replace('"!": 33', '"!": 34') }, /a token must be of one piece: 34 is "!" and "\\""/],
    [{ vocabulary: vocabulary.replace('"!": 33', '"!": "33"') }, /the token of "!" must be a whole number .*: "33"/],
    [{ vocabulary: vocabulary.replace('"!": 33', '"!": 1e9') }, /the token of "!" must be .*: 1000000000/],
    [{ vocabulary: vocabulary.replace('"!": 33', '"!": null') }, /the token of "!" must be .*: null/],
    [
      { merges: `${merges}a\n` },
      new RegExp(`^Cannot read merges\\.txt, as line ${last + 1} must be two tokens: \\["a"\\]`),
    ],
    [{ merges: `${merges}a b c\n` }, new RegExp(`line ${last + 1} must be two tokens: \\["a", "b", "c"\\]`)],
    [{ merges: merges.replace("\n", "\nq q\n") }, /as the vocabulary must have what line 2 has: "qq"/],
    [{ merges: merges.replace("\n", "\n東 q\n") }, /as the vocabulary must have what line 2 has: "東"/],
  ];
  for (const [change, message] of bad) {
    assert.throws(() => parseGpt2Files({ vocabulary, merges, ...change }), { name: "TokenizerFileError", message });
  }
});

Deno.test("a vocabulary.json of 200,000 special tokens is read without comparing all pairs", () => {
  const { vocabulary, merges } = formatGpt2Files(small);
  const more = Array.from({ length: 200_000 }, (_, i) => `, "<${i}>": ${1000 + i}`).join("");
  const tokenizer = parseGpt2Files({ vocabulary: vocabulary.slice(0, -1) + more + "}", merges });
  assert.equal(tokenizer.specialTokens.size, 200_002);
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
    tokenizer.decode(tokenizer.encode("lowest\ud800")); // bytes may be missing
  } catch (error) {
    assert(error instanceof TokenizerFileError, String(error));
  }
}, 1000);

Deno.test("a tokenizer that the files cannot represent is not written", () => {
  const other = new BytePairTokenizer([], { pattern: /./u });
  assert.throws(
    () => formatGpt2Files(other),
    /^TypeError: Cannot write .* no place for a pattern but GPT-2's: \/\.\/u/,
  );
  const taken = new BytePairTokenizer([[97, 98]], { specialTokens: ["ab"] });
  assert.throws(() => formatGpt2Files(taken), /^TypeError: .*must not be named like another piece: "ab"/);
});

Deno.test("a folder holds only the two files; errors name a file that is missing or not UTF-8", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assert.rejects(
      readGpt2Files(folder),
      /^TokenizerFileError: Cannot read a tokenizer, as .*vocab\.json is not there/,
    );
    await Deno.writeTextFile(`${folder}/tokenizer.json`, "{}");
    await assert.rejects(
      readGpt2Files(folder),
      /^TokenizerFileError: .* has a tokenizer\.json: readTokenizer reads it/,
    );
    await Deno.remove(`${folder}/tokenizer.json`);
    await writeGpt2Files(small, `${folder}/new/deep`); // folders are created
    assert.deepEqual((await readGpt2Files(`${folder}/new/deep`)).merges, small.merges);
    await Deno.remove(`${folder}/new`, { recursive: true });
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
