import assert from "node:assert/strict";
import * as fc from "fast-check";
import { readPattern, writePattern } from "../../../nn/tokenizers/patterns.ts";
import { preTokenize } from "../../../nn/tokenizers/mod.ts";
import { property } from "../../support/property.ts";

const llama =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

Deno.test("Llama 3's pattern splits as in its own tokenizer", () => {
  const cases: [string, string[]][] = [
    ["I'LL pay 12345\n\n now", ["I", "'LL", " pay", " ", "123", "45", "\n\n", " now"]],
    ["(word) a\u0085b", ["(word", ")", " a", "\u0085b"]],
    ["end.\r\n  x", ["end", ".\r\n", " ", " x"]],
  ];
  for (const [text, words] of cases) assert.deepEqual(preTokenize(text, readPattern(llama)), words);
});

const part = fc.constantFrom(
  "\\s",
  "\\S",
  "\\d",
  "\\p{Lu}",
  "\\P{L}",
  "[^\\s\\d-]",
  "[a-z\\]]",
  "\\p{Han}",
  "é",
  " ",
  "/",
  "\\.",
);
const pattern = fc.array(fc.tuple(part, fc.constantFrom("", "+", "*?", "{1,3}", "?")), { minLength: 1 })
  .map((parts) => parts.map((part) => part.join("")).join("|"));

property("a pattern that is read is written unchanged", pattern, (text) => {
  const read = readPattern(text);
  assert.deepEqual(readPattern(writePattern(read)), read);
  assert.equal(writePattern(readPattern(writePattern(read))), writePattern(read));
});

Deno.test("each translation", () => {
  const cases: [theirs: string, ours: RegExp][] = [
    ["\\s\\S\\d\\D", /\p{White_Space}\P{White_Space}\p{Nd}\P{Nd}/u],
    ["(a|b)(?:c)(?=d)(?!e)(?<=f)(?<!g)(?i:h)", /(?:a|b)(?:c)(?=d)(?!e)(?<=f)(?<!g)(?i:h)/u],
    [".", /[^\n]/u], // there, every character but one
    ["[.(^|+]", /[.(^|+]/u], // in a class they are themselves
    ["\\'\\-[\\-\\]]", /'-[\-\]]/u],
    ["\\p{L}\\p{Han}\\P{Nd}", /\p{L}\p{Script=Han}\P{Nd}/u],
    ["\\u4e00\\x20", /\u4e00\x20/u],
    ["(?i:a\\s)\\p{Lu}", /(?i:a\p{White_Space})\p{Lu}/u],
  ];
  for (const [theirs, ours] of cases) assert.deepEqual(readPattern(theirs), ours);
  assert.equal(writePattern(/[a-z]/iu), "(?i:[a-z])");
});

Deno.test("patterns with another meaning, or none, are rejected", () => {
  for (
    const text of [
      "a++",
      "a*+",
      "(?>a)",
      "(?<n>a)",
      "(?i)a",
      "^a",
      "a$",
      "\\ba",
      "\\w",
      "\\1",
      "[[:alpha:]]",
      "[a&&b]",
      "[]a]",
      "\\xe9", // a byte, not a character
      "(?i:'s|(\\p{Lu}))", // of capitals there, of all letters in JavaScript
      "(?i:[^\\p{L}])",
    ]
  ) {
    assert.throws(() => readPattern(text), SyntaxError, text);
  }
  for (const text of ["(", "a)", "[a", "a{", "\\", "\\p{Nonsense}", "*"]) {
    assert.throws(() => readPattern(text), SyntaxError, text);
  }
  for (const regExp of [/./u, /./su, /^a/mu, /(?<n>a)/u, /[\p{L}--a]/v, /\p{Lu}/iu]) {
    assert.throws(() => writePattern(regExp), SyntaxError, String(regExp));
  }
});
