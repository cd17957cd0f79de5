/** Makes nbconvert's HTML self-contained, so that it can be read without a network. */
import { html } from "../../autograd/html.ts";
import { type DefaultTreeAdapterTypes as Tree, parse } from "parse5";
import temml from "temml";
import temmlStyle from "temml/dist/Temml-Local.css" with { type: "text" };

/**
 * The same page without anything that comes from the network: formulas become MathML, which browsers draw
 * natively, where nbconvert leaves TeX to MathJax from the network; everything else it would load (require.js, mermaid)
 * is removed. The output of the notebook's cells stays as it is.
 *
 * @throws {Error} If something on the page would still be loaded from the network.
 */
export function offlineHtml(page: string): string {
  const edits: Edit[] = [];
  const walk = (node: Tree.Node, place: Place) => {
    if ("tagName" in node) {
      if (!place.isOutput && isForeign(node)) {
        edits.push({ ...rangeOf(node), text: "" });
        return;
      }
      if (node.tagName === "head") edits.push({ start: startTagEnd(node), end: startTagEnd(node), text: style });
      const within = inside(node, place);
      node.childNodes.forEach((child) => walk(child, within));
    } else if (node.nodeName === "#text" && place.isMath) {
      const text = node as Tree.TextNode; // its name says so
      const typeset = withFormulas(text.value);
      if (typeset !== undefined) edits.push({ ...rangeOf(text), text: typeset });
    } else if ("childNodes" in node) {
      node.childNodes.forEach((child) => walk(child, place));
    }
  };
  walk(parse(page, { sourceCodeLocationInfo: true }), { isMath: false, isOutput: false });
  const result = edited(page, edits);
  const loads = loadsOf(result);
  if (loads.length > 0) throw new Error(`The page would still load ${loads.slice(0, 10).join(", ")}`);
  return result;
}

/** The addresses a page would load from the network: scripts, pictures, style sheets, frames, and so on. */
export function loadsOf(page: string): string[] {
  const found: string[] = [];
  const isRemote = (address: string) => /^\s*(https?:)?\/\//i.test(address);
  const walk = (node: Tree.Node) => {
    if ("tagName" in node) {
      const { src, href, data } = attributes(node);
      const address = src ?? data ?? (node.tagName === "link" ? href : undefined);
      if (address !== undefined && isRemote(address)) found.push(address);
      const text = node.tagName === "style" || node.tagName === "script" ? textOf(node) : "";
      for (
        const [, address = ""] of text.matchAll(
          /(?:@import\s+(?:url\()?|url\(\s*|\bimport\b[^;]*?|\bfrom\s*)["']?((?:https?:)?\/\/[^"')\s]+)/g,
        )
      ) {
        if (isRemote(address)) found.push(address);
      }
    }
    if ("childNodes" in node) node.childNodes.forEach(walk);
  };
  walk(parse(page));
  return found;
}

/** A part of the page, from `start` up to `end`, and its replacement. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function edited(page: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, text } of edits.toSorted((a, b) => a.start - b.start)) {
    parts.push(page.slice(at, start), text);
    at = end;
  }
  return [...parts, page.slice(at)].join("");
}

/** Where in the page a node is: in text with formulas, or in a cell's output. */
interface Place {
  readonly isMath: boolean;
  readonly isOutput: boolean;
}

/** Elements whose text is not prose. */
const verbatim = ["code", "pre", "script", "style", "textarea", "math"];

function inside(element: Tree.Element, { isMath, isOutput }: Place): Place {
  const classes = attributes(element)["class"]?.split(/\s+/) ?? [];
  const isProse = classes.includes("jp-RenderedMarkdown") || classes.includes("jp-RenderedLatex");
  return {
    isMath: (isMath || isProse) && !verbatim.includes(element.tagName),
    isOutput: isOutput || classes.includes("jp-OutputArea-output"),
  };
}

/** Whether it is one of nbconvert's own scripts that loads something, or configures what would be loaded. */
function isForeign(element: Tree.Element): boolean {
  if (element.tagName !== "script") return false;
  const { src, type } = attributes(element);
  return src !== undefined || type === "text/x-mathjax-config" || /\bimport\b[^;]*https?:/.test(textOf(element));
}

/** The text as HTML with its formulas typeset; undefined if it has none. */
function withFormulas(text: string): string | undefined {
  const formula = /\$\$([^]+?)\$\$|\\\[([^]+?)\\\]|\$((?:[^$\\]|\\[^])+?)\$|\\\(([^]+?)\\\)/g;
  if (!formula.test(text)) return undefined;
  formula.lastIndex = 0;
  const parts: string[] = [];
  let at = 0;
  for (const found of text.matchAll(formula)) {
    const [whole, block, bracket, inline, paren] = found;
    const displayMode = block !== undefined || bracket !== undefined;
    const source = block ?? bracket ?? inline ?? paren ?? "";
    parts.push(escaped(text.slice(at, found.index)), temml.renderToString(source, { displayMode, annotate: true }));
    at = found.index + whole.length;
  }
  return [...parts, escaped(text.slice(at))].join("");
}

const escaped = (text: string) => String(html`${text}`);

/** Fonts made for formulas, one of which nearly every system has; other fonts lack large sums and tall brackets. */
const fonts = [
  "Cambria Math", // Windows
  "STIX Two Math", // macOS
  "Latin Modern Math",
  "TeX Gyre DejaVu Math",
  "DejaVu Math TeX Gyre", // Linux
  "Noto Sans Math",
];

/** temml's style sheet, without the font that it would load. */
const style = `<style>${temmlStyle.replace(/@font-face\s*\{[^}]*\}/g, "")}
math { font-family: ${fonts.map((name) => `"${name}"`).join(", ")}, math; }
</style>`;

function attributes(element: Tree.Element): Readonly<Record<string, string>> {
  return Object.fromEntries(element.attrs.map(({ name, value }) => [name, value]));
}

function textOf(element: Tree.Element): string {
  return element.childNodes.map((child) => "value" in child ? child.value : "").join("");
}

function rangeOf(node: Tree.Element | Tree.TextNode): { readonly start: number; readonly end: number } {
  const place = node.sourceCodeLocation;
  if (!place) throw new Error(`Cannot find <${node.nodeName}> in the page's source`);
  return { start: place.startOffset, end: place.endOffset };
}

function startTagEnd(element: Tree.Element): number {
  return element.sourceCodeLocation?.startTag?.endOffset ?? rangeOf(element).start;
}
