import { instance } from "@viz-js/viz";
import { topologicalOrder } from "../../autograd/graph.ts";
import { escapeHtml, html, trusted } from "../../autograd/html.ts";
import { checkArguments, flag, optionsOf, required, type Rule, that, whole } from "../../checks/mod.ts";
import { type Bundle, display, type Displayable } from "./display.ts";
import { byName } from "./given.ts";

const graphviz = await instance();

/** A result of a computation, of either engine: a number, or an array that has a shape. */
export interface Computed<N> {
  readonly parents: readonly N[];
  readonly label?: string;
  /** What made it, "" for what was given; of a tensor, its origin knows. */
  readonly operation?: string;
  readonly origin?: { readonly operation: string } | undefined;
  /** The number itself; of no interest where there is a shape. */
  readonly data?: unknown;
  readonly grad?: unknown;
  readonly shape?: readonly number[];
}

/** What the picture of a computation can be told. */
export interface GraphOptions<N> {
  /** What to call the values, where they have no label of their own: `{ x, weights }`. */
  readonly names?: Readonly<Record<string, N>> | undefined;
  /** The most nodes that are drawn. Default: 60. */
  readonly limit?: number | undefined;
  /** Whether gradients are written in. Default: true. */
  readonly gradients?: boolean | undefined;
}

const graphOptions = optionsOf<GraphOptions<unknown>>({
  names: byName("a value of the graph"),
  limit: whole({ min: 1 }),
  gradients: flag,
});

const computed: Rule<unknown> = that(
  "a Value or a Tensor",
  (value) => typeof value === "object" && value !== null && Array.isArray(Reflect.get(value, "parents")),
);

/**
 * The picture of a computation: boxes are values, ovals the operations that made them.
 *
 * @example
 * ```ts
 * import { GraphPicture } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const picture = new GraphPicture("digraph { a -> b }"); // in Graphviz's language
 * assert.equal(picture.dot, "digraph { a -> b }");
 * ```
 */
export class GraphPicture implements Displayable {
  private readonly svg: string;

  constructor(readonly dot: string) {
    const drawn = graphviz.renderString(dot, { format: "svg" });
    this.svg = drawn.slice(drawn.indexOf("<svg"))
      .replace(/<title>[^<]*<\/title>\n?/g, "") // Graphviz's own names of the nodes
      .replaceAll(/<text (?![^>]*fill=)/g, '<text fill="currentColor" ') // the page's, light or dark
      .replaceAll('font-family="Courier"', `font-family="ui-monospace, Menlo, 'DejaVu Sans Mono', Courier, monospace"`);
  }

  [display](): Bundle {
    const page = html`<div style="overflow-x: auto">${trusted(this.svg)}</div>`;
    return { "text/html": String(page), "image/svg+xml": this.svg, "text/plain": this.dot };
  }
}

/**
 * Draws what a value was computed from: boxes are values, ovals the operations between them.
 *
 * @throws {TypeError} If it is no Value and no Tensor, or an option is unknown.
 * @throws {RangeError} If there are more nodes than `limit`.
 *
 * @example
 * ```ts
 * import { Value } from "nabla";
 * import { graphPicture } from "nabla/notebooks/lib/mod.ts";
 *
 * const a = new Value(2, "a");
 * const loss = a.mul(a).add(1);
 * loss.backward();
 * graphPicture(loss);
 * ```
 */
export function graphPicture<N extends Computed<N>>(root: N, options: GraphOptions<N> = {}): GraphPicture {
  checkArguments("draw a graph", arguments, { root: required(computed), options: graphOptions });
  const { limit = 60 } = options;
  const nodes = topologicalOrder(root);
  if (nodes.length > limit) {
    throw new RangeError(
      `Cannot draw a graph of ${nodes.length} nodes, as nobody could read it: draw a smaller part of it, or set limit, which is ${limit}`,
    );
  }
  return new GraphPicture(dotOf(nodes, options));
}

/** The graph in Graphviz's language; labels are its HTML-like ones, so that the escapes are HTML's. */
function dotOf<N extends Computed<N>>(nodes: readonly N[], { names = {}, gradients = true }: GraphOptions<N>): string {
  const index = new Map(nodes.map((node, i) => [node, i]));
  const labels = new Map(Object.entries(names).map(([name, node]) => [node, name]));
  const lines = nodes.flatMap((node, i) => {
    const box = `  value${i} [label=<${boxOf(node, labels.get(node) ?? node.label, gradients)}>]`;
    if (node.parents.length === 0) return [box];
    return [
      box,
      `  operation${i} [label=<${
        escapeHtml(node.operation || node.origin?.operation || "?")
      }>, shape=ellipse, style=filled, fillcolor="#DCEBF5", fontcolor="#222222"]`,
      `  operation${i} -> value${i}`,
      ...node.parents.map((parent) => `  value${index.get(parent)} -> operation${i}`),
    ];
  });
  return [ // a monospaced font, as those are all of one width, so that the text fits boxes measured without it
    "digraph {",
    "  bgcolor=transparent; rankdir=LR; nodesep=0.2; ranksep=0.3",
    '  node [fontname="Courier", fontsize=12, shape=plain, height=0.3, width=0.3, margin="0.08,0.04"]',
    '  edge [color="#8C8C8C", fillcolor="#8C8C8C", arrowsize=0.6]',
    ...lines,
    "}",
  ].join("\n");
}

/** A table of one row: the label, the number or the shape, and the gradient. */
function boxOf<N extends Computed<N>>(node: N, label: string | undefined, gradients: boolean): string {
  const cells = [
    ...(label ? [`<B>${escapeHtml(label)}</B>`] : []),
    node.shape ? escapeHtml(`[${node.shape.join(", ")}]`) : short(node.data),
    ...(gradients && typeof node.grad === "number" ? [`<FONT COLOR="#D9660F">grad ${short(node.grad)}</FONT>`] : []),
  ].map((cell) => `<TD>${cell}</TD>`);
  return `<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="4" COLOR="#8C8C8C"><TR>${
    cells.join("")
  }</TR></TABLE>`;
}

/** A number to four digits. */
function short(x: unknown): string {
  return escapeHtml(typeof x === "number" ? String(Number(x.toPrecision(4))) : String(x));
}
