/** HTML in which every text is text: the one way in which the library and the notebooks make it. */

/** HTML that is safe to show as it is: it was made by `html`, or vouched for by `trusted`. */
export class Html {
  /** @param source The HTML itself. */
  constructor(private readonly source: string) {}

  /** The HTML itself. */
  toString(): string {
    return this.source;
  }
}

/** What can stand in a template: a text or a number, which is escaped; HTML, which is not; a list of these. */
export type HtmlPart = string | number | Html | readonly HtmlPart[];

/**
 * A template that escapes what is put into it, in the text of an element and in quoted attributes.
 *
 * It knows nothing of the languages inside HTML: put nothing into a `<script>` or `<style>`.
 *
 * @example
 * ```ts
 * import { html } from "nabla/autograd/html.ts";
 * import assert from "node:assert/strict";
 *
 * const row = (token: string) => html`<td title="${token}">${token}</td>`;
 * assert.equal(String(row("<s>")), '<td title="&lt;s&gt;">&lt;s&gt;</td>');
 * assert.equal(String(html`<tr>${["a", "b"].map(row)}</tr>`), '<tr><td title="a">a</td><td title="b">b</td></tr>');
 * ```
 */
export function html(literals: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(literals.map((literal, i) => literal + (i < parts.length ? sourceOf(parts[i]!) : "")).join(""));
}

/**
 * HTML that comes from a program which is known to escape, such as Graphviz.
 *
 * @example
 * ```ts
 * import { html, trusted } from "nabla/autograd/html.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(String(html`<div>${trusted("<svg/>")}</div>`), "<div><svg/></div>");
 * ```
 */
export function trusted(source: string): Html {
  return new Html(source);
}

/**
 * A text as HTML shows it. A carriage return is kept, which HTML would turn into a line feed; the character U+0000, which
 * HTML cannot hold, becomes `�`.
 *
 * @example
 * ```ts
 * import { escapeHtml } from "nabla/autograd/html.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(escapeHtml(`<b> & "x"`), "&lt;b&gt; &amp; &quot;x&quot;");
 * ```
 */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'\r\0]/g, (character) => entities[character] ?? character);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "\r": "&#13;",
  "\0": "�",
};

function sourceOf(part: HtmlPart): string {
  if (part instanceof Html) return String(part);
  return Array.isArray(part) ? part.map(sourceOf).join("") : escapeHtml(String(part));
}
