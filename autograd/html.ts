/** HTML with its text escaped: the only way in which the library and the notebooks make HTML. */

/** HTML that is safe to show as it is: made by `html`, or vouched for by `trusted`. */
export class Html {
  /** @param source The HTML itself. */
  constructor(private readonly source: string) {}

  /** The HTML itself. */
  toString(): string {
    return this.source;
  }
}

/** What a template accepts: strings and numbers, which it escapes; HTML, which it does not; and lists of these. */
export type HtmlPart = string | number | Html | readonly HtmlPart[];

/**
 * A template that escapes the values put into it, in the text of an element and in quoted attributes.
 *
 * It does not know the languages inside HTML: put no values into a `<script>` or `<style>`.
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
 * HTML from a program that is known to escape its output, such as Graphviz.
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
 * Escapes text for HTML. A carriage return, which HTML would turn into a line feed, is kept; U+0000, which
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
