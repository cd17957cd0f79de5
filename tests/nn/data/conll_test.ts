import assert from "node:assert/strict";
import * as fc from "fast-check";
import { parseConll, type Span, spansOf } from "../../../nn/data/mod.ts";
import { property } from "../../support/property.ts";

const word = fc.string({ unit: fc.constantFrom("a", "É", "東", "#", "-", "."), minLength: 1, maxLength: 5 });
const row = fc.tuple(word, word, fc.constantFrom("O", "B-PER", "I-PER"));
const sentences = fc.array(fc.array(row, { minLength: 1, maxLength: 4 }), { maxLength: 4 });
const layout = fc.record({
  between: fc.constantFrom(" ", "\t", "  ", " \t"),
  ending: fc.constantFrom("\n", "\r\n", "\r"),
  start: fc.constantFrom("", "\ufeff", "\ufeff-DOCSTART- -X- O\n\n"), // a byte order mark
  empty: fc.constantFrom("", " ", "\n", "\n-DOCSTART- -X- O\n"),
});

property("sentences come back from columns, however they are laid out", fc.tuple(sentences, layout), ([rows, how]) => {
  const { between, ending, empty, start } = how;
  const text = rows.map((sentence) => sentence.map((row) => row.join(between) + "\n").join("") + empty + "\n").join("");
  assert.deepEqual(
    parseConll((start + text).replaceAll("\n", ending)),
    rows.map((row) => ({ tokens: row.map(([token]) => token), tags: row.map(([, , tag]) => tag) })),
  );
});

Deno.test("columns are chosen by number, from either end", () => {
  const text = "1 Peter NNP B-PER\n2 sleeps VBZ O"; // no line end
  assert.deepEqual(parseConll(text, { tokenColumn: 1, tagColumn: 2 }), [{
    tokens: ["Peter", "sleeps"],
    tags: ["NNP", "VBZ"],
  }]);
  assert.deepEqual(parseConll("a\nb", { tagColumn: 0 }), [{ tokens: ["a", "b"], tags: ["a", "b"] }]);
});

Deno.test("byte order marks and all line ends are not part of tokens or tags", () => {
  const sentence = { tokens: ["EU"], tags: ["B-ORG"] };
  assert.deepEqual(parseConll("\ufeff-DOCSTART- -X- O O\n\nEU NNP B-NP B-ORG\n"), [sentence]);
  assert.deepEqual(parseConll("\ufeffEU B-ORG\r\rx O"), [sentence, { tokens: ["x"], tags: ["O"] }]);
});

Deno.test("a malformed line is named by its number", () => {
  const error = (text: string, options?: object) => () => parseConll(text, options);
  assert.throws(
    error("-DOCSTART- -X-\n\na b O\n\nc O\n"),
    /^ConllError: Cannot read line 5, as it must have 3 columns, as line 3 has: 2, "c O"$/,
  );
  assert.throws(
    error("a b\n", { tagColumn: 3 }),
    /^ConllError: Cannot read line 1, as it must have the columns 0 \(token\) and 3 \(tag\): 2 columns, "a b"$/,
  );
});

/** Spans that do not overlap, in order: a gap before each, then its length and type. */
const someSpans = fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 3 }), fc.constantFrom("PER", "LOC", "X-Y")))
  .map((parts) => {
    let end = 0;
    return parts.map(([gap, length, type]): Span => {
      const start = end + gap;
      end = start + length;
      return { type, start, end };
    });
  });

/** The tags of spans: in the newer scheme each begins with `B-`; in the older, only after a neighbour of its type. */
function tagsOf(spans: readonly Span[], scheme: "newer" | "older"): string[] {
  const tags = Array<string>((spans.at(-1)?.end ?? 0) + 1).fill("O");
  spans.forEach(({ type, start, end }, i) => {
    const touching = spans[i - 1]?.end === start && spans[i - 1]?.type === type;
    for (let t = start; t < end; t++) tags[t] = `I-${type}`;
    if (scheme === "newer" || touching) tags[start] = `B-${type}`;
  });
  return tags;
}

property("spans come back from their tags, in the newer and the older scheme", someSpans, (spans) => {
  assert.deepEqual(spansOf(tagsOf(spans, "newer")), spans);
  assert.deepEqual(spansOf(tagsOf(spans, "older")), spans);
});

Deno.test("spans, case by case", () => {
  assert.deepEqual(spansOf(["I-A", "I-B", "O", "I-B"]), [
    { type: "A", start: 0, end: 1 },
    { type: "B", start: 1, end: 2 },
    { type: "B", start: 3, end: 4 },
  ]);
  assert.deepEqual(spansOf([]), []);
  for (const tag of ["PER", "B-", "X-PER", ""]) {
    assert.throws(() => spansOf(["O", tag]), new RegExp(`^TypeError: .*a tag must be O, B-… or I-…: "${tag}", tag 1$`));
  }
});
