import assert from "node:assert/strict";
import { preTokenize } from "../../../nn/tokenizers/mod.ts";
import { property } from "../../support/property.ts";
import { anyText } from "../../support/texts.ts";

property("the pieces of a text make up the text", anyText, (text) => {
  assert.equal(preTokenize(text).join(""), text);
  assert.equal(preTokenize(text, /\p{L}|(?=1)/u).join(""), text);
  assert(preTokenize(text).every((piece) => piece !== ""));
});

Deno.test("GPT-2's rule, case by case", () => {
  const cases: [string, string[]][] = [
    ["Hello world", ["Hello", " world"]],
    ["we're I'LL", ["we", "'re", " I", "'", "LL"]], // endings in capitals do not count
    ["a  b", ["a", " ", " b"]], // the last space belongs to the word
    ["a \n b", ["a", " \n", " b"]],
    ["a\tb", ["a", "\t", "b"]], // only a space does
    ["end  ", ["end", "  "]],
    ["x2 3½", ["x", "2", " 3½"]],
    ["wait...what?!", ["wait", "...", "what", "?!"]],
    ["a\u0085b\ufeffc", ["a", "\u0085", "b", "\ufeff", "c"]], // a space, and a sign
    ["\ud83d", ["\ud83d"]],
  ];
  for (const [text, pieces] of cases) assert.deepEqual(preTokenize(text), pieces);
});
