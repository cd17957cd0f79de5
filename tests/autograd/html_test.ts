import * as fc from "fast-check";
import assert from "node:assert/strict";
import { type DefaultTreeAdapterTypes, parseFragment } from "parse5";
import { escapeHtml, html, trusted } from "../../autograd/html.ts";

/** Any string, including halves of surrogate pairs, but without U+0000, which HTML cannot hold. */
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom(..."<>&\"'=/! \r\n\t;#x0a", "<b>", "&lt;", "&amp;", "-->", "</script>", "\u2028"),
  }),
).map((string) => string.replaceAll("\0", ""));

const parameters = { seed: 8 };

type Element = DefaultTreeAdapterTypes.Element;
const onlyElement = (source: string): Element => {
  const { childNodes } = parseFragment(source);
  assert.equal(childNodes.length, 1, source);
  return childNodes[0] as Element; // each source below is one element
};
const textIn = (element: Element): string =>
  element.childNodes.map((child) => {
    assert.equal(child.nodeName, "#text");
    return (child as DefaultTreeAdapterTypes.TextNode).value; // its name says so
  }).join("");

Deno.test("any string comes out of an HTML parser as the text that went in, and makes no element", () => {
  fc.assert(
    fc.property(text, (given) => assert.equal(textIn(onlyElement(`${html`<td>${given}</td>`}`)), given)),
    parameters,
  );
});

Deno.test("any string in a quoted attribute comes out of an HTML parser as it went in", () => {
  fc.assert(
    fc.property(text, (given) => {
      for (const source of [html`<td title="${given}"></td>`, html`<td title='${given}'></td>`]) {
        assert.deepEqual(onlyElement(String(source)).attrs, [{ name: "title", value: given }]);
      }
    }),
    parameters,
  );
});

Deno.test("HTML inside HTML is kept at any depth, and the items of lists follow one another", () => {
  const depth = fc.integer({ min: 1, max: 5 });
  fc.assert(
    fc.property(fc.array(text), depth, (items, levels) => {
      let nested = html`<i>${items}</i>`;
      for (let level = 1; level < levels; level++) nested = html`<b>${[nested]}</b>`;
      let element = onlyElement(String(nested));
      for (let level = 1; level < levels; level++) element = element.childNodes[0] as Element; // a <b> has one child
      assert.equal(textIn(element), items.join(""));
    }),
    parameters,
  );
});

Deno.test("numbers are written as JavaScript writes them, and trusted HTML is kept", () => {
  assert.equal(String(html`<td>${-0.5}</td>${trusted("<br>")}`), "<td>-0.5</td><br>");
});

Deno.test("U+0000, which HTML cannot hold, becomes the replacement character", () => {
  assert.equal(escapeHtml("a\0b"), "a\uFFFDb");
});
