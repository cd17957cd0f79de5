/** Folders of Hugging Face's libraries: see golden/tokenizers/make_folders.py. */

import assert from "node:assert/strict";
import { readTokenizer, writeTokenizer, writeVocabularyFile } from "../../../nn/tokenizers/mod.ts";
import { BytePairTokenizer, WordPieceTokenizer, writeGpt2Files } from "../../../nn/tokenizers/mod.ts";
import { inFolder } from "../../support/folders.ts";

const golden = new URL("../../golden/tokenizers/", import.meta.url).pathname;
const folders = ["gpt2", "roberta", "bert", "llama", "added", "bert_added", "vocab_txt", "gpt2_files"];

/** What make_folders.py writes. */
interface Answers {
  lines: [text: string, tokens: number[], withSpecialTokens: number[]][];
  pairs: [first: string, second: string, tokens: number[], segments: number[]][];
}

const answersOf = (name: string): Answers => JSON.parse(Deno.readTextFileSync(`${golden}${name}/answers.json`));

function compare(tokenizer: BytePairTokenizer | WordPieceTokenizer, { lines, pairs }: Answers): void {
  const all = { allowedSpecial: "all" } as const; // Hugging Face's libraries read every special token
  for (const [line, plain, special] of lines) {
    assert.deepEqual(tokenizer.encode(line, all), plain, line);
    assert.deepEqual(tokenizer.encode(line, { ...all, addSpecialTokens: true }), special, line);
    assert.deepEqual(tokenizer.encodePair(line, undefined, all).tokens, special, line);
    assert.deepEqual(tokenizer.encodePair(line, undefined, { ...all, addSpecialTokens: false }).tokens, plain, line);
  }
  for (const [first, second, tokens, segments] of pairs) {
    assert.deepEqual(tokenizer.encodePair(first, second, all), { tokens, segments }, `${first} / ${second}`);
  }
}

for (const name of folders) {
  Deno.test(`the folder ${name} gives Hugging Face's tokens, even when written again`, async () => {
    const tokenizer = await readTokenizer(golden + name);
    compare(tokenizer, answersOf(name));
    await inFolder(async (folder) => {
      await writeTokenizer(tokenizer, `${folder}/again`);
      const again = await readTokenizer(`${folder}/again`);
      compare(again, answersOf(name));
      assert.deepEqual(again.specialTokens, tokenizer.specialTokens);
      assert.equal(again.vocabSize, tokenizer.vocabSize);
    });
  });
}

Deno.test("untrusted text gives no special token, and decoding shows their names", async () => {
  const tokenizer = await readTokenizer(`${golden}roberta`);
  const special = [...tokenizer.specialTokens.values()];
  assert.deepEqual([...tokenizer.specialTokens.keys()], ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]);
  assert(tokenizer.encode("a</s> <mask>").every((token) => !special.includes(token)));
  assert.equal(tokenizer.decode(tokenizer.encodePair("river", "bridge").tokens), "<s> river</s></s> bridge</s>");
  assert.equal(tokenizer.decode(Int32Array.from(tokenizer.encode("river"))), " river"); // with its prefix space
});

Deno.test("numbers that a vocabulary skips have no text, and numbers beyond it are rejected", async () => {
  const tokenizer = await readTokenizer(`${golden}gpt2_files`);
  assert.equal(tokenizer.decode([0, 1, 2]), "");
  assert.throws(() => tokenizer.decode([tokenizer.vocabSize]), RangeError);
});

Deno.test("the settings that vocab.txt and vocab.json lack are read from the other files", async () => {
  await inFolder(async (folder) => {
    const config = (settings: object) =>
      Deno.writeTextFile(`${folder}/tokenizer_config.json`, JSON.stringify(settings));
    await writeVocabularyFile(
      WordPieceTokenizer.train("Été été ete Ete 東京", { vocabSize: 40 }),
      `${folder}/vocab.txt`,
    );
    await config({ do_lower_case: false, tokenize_chinese_chars: false });
    const cased = await readTokenizer(folder);
    assert(cased instanceof WordPieceTokenizer);
    assert.deepEqual(cased.cleaning, {
      lowerCase: false,
      stripAccents: false,
      dropControls: true,
      splitIdeographs: false,
    });
    await Deno.remove(`${folder}/tokenizer_config.json`);
    assert.deepEqual((await readTokenizer(folder)).encode("ÉTÉ"), cased.encode("ete"));

    const special = ["<s>", "</s>"];
    await writeGpt2Files(BytePairTokenizer.train("a b", { vocabSize: 258, specialTokens: special }), folder);
    await config({ tokenizer_class: "RobertaTokenizer", add_prefix_space: true });
    const roberta = await readTokenizer(folder); // vocab.json goes before vocab.txt
    assert.deepEqual(roberta.encodePair("a", "b").tokens, [256, 32, 97, 257, 257, 32, 98, 257]);
  });
});

Deno.test("a folder without a tokenizer, and invalid files, are errors that name them", async () => {
  await inFolder(async (folder) => {
    await assert.rejects(readTokenizer(folder), {
      name: "TokenizerFileError",
      message:
        `Cannot read a tokenizer, as ${folder} must have a tokenizer.json, a vocab.json with merges.txt, or a vocab.txt`,
    });
    await Deno.mkdir(`${folder}/tokenizer.json`);
    await assert.rejects(readTokenizer(folder), { name: "TokenizerFileError", message: /tokenizer\.json.*directory/ });
    await Deno.remove(`${folder}/tokenizer.json`);
    if (Deno.build.os === "windows") return; // it has neither
    await Deno.symlink("/dev/zero", `${folder}/tokenizer.json`);
    await assert.rejects(readTokenizer(folder), { name: "TokenizerFileError", message: /tokenizer\.json.*device/ });
    await Deno.remove(`${folder}/tokenizer.json`);
    await new Deno.Command("mkfifo", { args: [`${folder}/vocab.txt`] }).output();
    await assert.rejects(readTokenizer(folder), { name: "TokenizerFileError", message: /vocab\.txt.*FIFO/ });
  });
  await assert.rejects(readTokenizer("a\0"), /^TokenizerFileError: .*cannot be read: .*NUL/);
  // a notebook checks no types
  await assert.rejects(
    readTokenizer(7 as unknown as string),
    /^TypeError: Cannot read a tokenizer, as "folder" must be/,
  );
});

Deno.test("a file larger than any vocabulary is rejected before it is read", async () => {
  await inFolder(async (folder) => {
    const file = await Deno.open(`${folder}/tokenizer.json`, { write: true, create: true });
    await file.truncate(2 ** 40); // a sparse file: it takes no room on the disk
    file.close();
    await assert.rejects(readTokenizer(folder), { name: "TokenizerFileError", message: /at most 134217728 bytes/ });
  });
});

Deno.test("a byte order mark is not part of the text", async () => {
  await inFolder(async (folder) => {
    for (const name of ["bert/tokenizer.json", "vocab_txt/vocab.txt"]) {
      const text = await Deno.readTextFile(golden + name);
      const path = `${folder}/${name.split("/")[1]}`;
      await Deno.writeTextFile(path, `\ufeff${name.endsWith(".txt") ? text.replaceAll("\n", "\r") : text}`);
      compare(await readTokenizer(folder), answersOf(name.split("/")[0]!));
      await Deno.remove(path);
    }
  });
});
