import assert from "node:assert/strict";
import { tales } from "../../../notebooks/lib/mod.ts";

Deno.test("every tale is a title and paragraphs of plain sentences", () => {
  for (const tale of tales) {
    const [title = "", ...paragraphs] = tale.split("\n");
    assert.match(title, /^[A-Z][A-Za-z' ]*$/);
    assert.ok(paragraphs.length >= 2, title);
    for (const paragraph of paragraphs) assert.match(paragraph, /^[A-Z"][A-Za-z .,:?!"']*[.?!]"?$/, title);
  }
});

Deno.test("the tales are a text that a small model can learn: few characters, few words, no tale twice", () => {
  const text = tales.join("\n\n");
  assert.ok(text.length > 20_000 && text.length < 40_000, `${text.length} characters`);
  assert.ok(new Set(text).size <= 60, `${new Set(text).size} different ones`);
  assert.ok(new Set(text.toLowerCase().match(/[a-z']+/g)).size <= 800, "different words");
  assert.equal(new Set(tales.map((tale) => tale.split("\n")[0])).size, tales.length);
});
