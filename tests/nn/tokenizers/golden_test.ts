/** Tokens against those of Hugging Face's tokenizers and of tiktoken: see golden/tokenizers/make.py. */

import assert from "node:assert/strict";
import { bertWords, BytePairTokenizer, preTokenize, WordPieceTokenizer } from "../../../nn/tokenizers/mod.ts";
import { formatGpt2Files, parseGpt2Files } from "../../../nn/tokenizers/gpt2_files.ts";
import golden from "../../golden/tokenizers/tokenizers.json" with { type: "json" };

/** The file is ours, so the type of its JSON array of pairs is known. */
const pairs = <A, B>(entries: unknown) => entries as readonly (readonly [A, B])[];

Deno.test("GPT-2's rule splits as in Hugging Face's libraries", () => {
  for (const [line, words] of pairs<string, string[]>(golden.splits)) assert.deepEqual(preTokenize(line), words, line);
});

Deno.test("training gives the merges of Hugging Face's trainer, and encoding gives tiktoken's tokens", () => {
  const tokenizer = BytePairTokenizer.train(golden.text, { vocabSize: 256 + golden.merges.length });
  assert.deepEqual(tokenizer.merges, golden.merges);
  for (const [line, tokens] of pairs<string, number[]>(golden.encodings)) {
    assert.deepEqual(tokenizer.encode(line), tokens, line);
  }
});

Deno.test("Hugging Face's files give its tokens, even when written again", () => {
  const tokenizer = parseGpt2Files(golden.gpt2);
  assert.deepEqual([...tokenizer.specialTokens], [["<s>", 0], ["<|endoftext|>", 1]]);
  const again = parseGpt2Files(formatGpt2Files(tokenizer));
  for (const [line, tokens] of pairs<string, number[]>(golden.gpt2.encodings)) {
    assert.deepEqual(tokenizer.encode(line), tokens, line);
    assert.deepEqual(again.encode(line), tokens, line);
  }
});

for (const { lowerCase, pieces, lines } of golden.bert) {
  Deno.test(`words and pieces are BERT's, lowerCase: ${lowerCase}`, () => {
    const tokenizer = new WordPieceTokenizer(pieces, { lowerCase });
    for (const [line, words, tokens] of lines as [string, string[], number[]][]) { // as make.py writes them
      assert.deepEqual(bertWords(line, { lowerCase }), words, line);
      assert.deepEqual(tokenizer.encode(line), tokens, line);
    }
  });
}
