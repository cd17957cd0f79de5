import assert from "node:assert/strict";
import { loadsOf, offlineHtml } from "../../../tools/jupyter/offline_html.ts";

const cell = (body: string) => `<div class="jp-RenderedHTMLCommon jp-RenderedMarkdown">${body}</div>`;
const page = (body: string, head = "") => `<!DOCTYPE html><html><head>${head}</head><body>${body}</body></html>`;
/** What the body became. */
const made = (body: string) => /<body>([^]*)<\/body>/.exec(offlineHtml(page(body)))?.[1] ?? "";

Deno.test("formulas in text and in outputs become MathML, inline or displayed; everything else stays the same", () => {
  const text = made(cell("<p>Of $x_1 &lt; y$ &amp; <b>more</b>: $$\\frac{a}{b}$$ and <code>$5$</code></p>"));
  assert.match(
    text,
    /^<div class="[^"]*"><p>Of <math[^]*<\/math> &amp; <b>more<\/b>: <math display="block"[^]*<mfrac>/,
  );
  assert.match(text, /<\/math> and <code>\$5\$<\/code><\/p><\/div>$/);
  assert.equal(text.match(/<math/g)?.length, 2);
  assert.match(made('<div class="jp-RenderedLatex jp-OutputArea-output">\n$$x^2$$\n</div>'), /<msup>/);
});

Deno.test("a formula keeps its source for copying", () => {
  assert.match(made(cell("$a \\cdot b$")), /<annotation encoding="application\/x-tex">a \\cdot b<\/annotation>/);
});

Deno.test("outside prose a dollar is a dollar, and an escaped one starts no formula", () => {
  for (const body of ["<p>$x$</p>", cell("<pre>$x$</pre>"), cell("<p>only $5 here</p>"), cell("<p></p>")]) {
    assert.equal(made(body), body);
  }
});

Deno.test("what nbconvert would load is removed; the output of cells stays", () => {
  const ours = '<div class="jp-OutputArea-output"><script>draw("https://a.b")</script></div>';
  const theirs = '<script src="https://c.d/mathjax.js"></script><script type="text/x-mathjax-config">x</script>' +
    '<script type="module">import m from "https://c.d/mermaid.mjs";</script>';
  const result = offlineHtml(page(theirs + ours, '<script src="https://c.d/require.js"></script>'));
  assert.ok(result.includes(ours));
  assert.doesNotMatch(result, /c\.d/);
});

Deno.test("a page that would still load something is an error that names it", () => {
  for (
    const body of [
      '<img src="https://a.b/c.png">',
      '<link href="//a.b/c.css">',
      "<style>@import url(http://a.b/c)</style>",
    ]
  ) {
    assert.throws(() => offlineHtml(page(body)), /would still load (https?:)?\/\/a\.b/);
  }
});

Deno.test("a link is not something that a page loads", () => {
  assert.deepEqual(loadsOf(page('<a href="https://arxiv.org/abs/1706.03762">paper</a>')), []);
});
