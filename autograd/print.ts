/** How a tensor shows itself: in a terminal, and as a table in a notebook. */

import type { Layout } from "../kernels/view.ts";
import { html, type Html } from "./html.ts";
import type { Tensor } from "./tensor.ts";

/** Along each axis, this many elements are shown at either end where there are more than twice as many. */
const EDGE = 4;
/** Matrices of a tensor of higher rank that a notebook shows before it leaves the rest out. */
const MATRICES = 4;

/** Indices to show along an axis; `undefined` stands for those left out. */
function shown(size: number, edge = EDGE): (number | undefined)[] {
  const all = Array.from({ length: size }, (_, i) => i);
  return size <= 2 * edge + 1 ? all : [...all.slice(0, edge), undefined, ...all.slice(-edge)];
}

/** A number in at most eight characters or so: `0.3333`, `-12`, `1.2e-7`. */
export function showNumber(x: number): string {
  if (Number.isInteger(x) && Math.abs(x) < 1e7) return Object.is(x, -0) ? "-0" : String(x);
  if (!Number.isFinite(x)) return String(x).replace("Infinity", "∞");
  const size = Math.abs(x);
  return size >= 1e-3 && size < 1e5 ? String(Number(x.toFixed(4))) : x.toExponential(3);
}

/** `Tensor [2, 2]` and, below, the elements in brackets, aligned in columns. */
export function text(tensor: Tensor): string {
  const cells = reader(tensor);
  const width = Math.max(0, ...cellsShown(tensor.shape).map((index) => cells(index).length));

  function block(index: readonly number[]): string {
    const axis = index.length;
    if (axis === tensor.rank) return cells(index).padStart(tensor.rank === 0 ? 0 : width);
    const inner = shown(tensor.shape[axis]!).map((i) => i === undefined ? "…" : block([...index, i]));
    const last = axis === tensor.rank - 1;
    const separator = last ? ", " : ",\n" + (axis < tensor.rank - 2 ? "\n" : "") + " ".repeat(axis + 1);
    return `[${inner.join(separator)}]`;
  }
  const grad = tensor.requiresGrad ? ", requires a gradient" : "";
  return `Tensor [${tensor.shape.join(", ")}]${grad}\n${block([])}`;
}

/** The elements as HTML: a matrix is a table, a tensor of higher rank several under their indices. */
export function htmlTable(tensor: Tensor): string {
  const cells = reader(tensor);
  const { shape, rank } = tensor;
  const [rows, columns] = [rank < 2 ? 1 : shape[rank - 2]!, rank < 1 ? 1 : shape[rank - 1]!];

  function row(matrix: readonly number[], i: number | undefined): Html {
    const data = shown(columns).map((j) => {
      if (i === undefined || j === undefined) return html`<td>…</td>`;
      return html`<td>${cells([...matrix, i, j].slice(Math.max(0, 2 - rank)))}</td>`; // a vector has no i, a number no j
    });
    return html`<tr>${data}</tr>`;
  }
  function table(matrix: readonly number[]): Html {
    const caption = matrix.length === 0 ? "" : html`<caption>[${matrix.join(", ")}, :, :]</caption>`;
    return html`<table>${caption}${shown(rows).map((i) => row(matrix, i))}</table>`;
  }
  const leading = rank <= 2 ? [[]] : cellsShown(shape.slice(0, -2), MATRICES / 2);
  const tables = leading.slice(0, MATRICES).map(table);
  const more = leading.length > MATRICES || leading.length < leadingCount(shape) ? html`<p>…</p>` : "";
  const grad = tensor.requiresGrad ? ", requires a gradient" : "";
  return String(html`<div><b>Tensor</b> [${shape.join(", ")}]${grad}${tables}${more}</div>`);
}

function leadingCount(shape: readonly number[]): number {
  return shape.slice(0, -2).reduce((n, size) => n * size, 1);
}

/** The index of every cell that is shown, row-major. */
function cellsShown(shape: readonly number[], edge = EDGE): number[][] {
  return shape.reduce<number[][]>(
    (indices, size) =>
      indices.flatMap((index) => shown(size, edge).flatMap((i) => i === undefined ? [] : [[...index, i]])),
    [[]],
  );
}

/** Reads the elements once, and answers with the text of the one at an index. */
function reader(tensor: Tensor): (index: readonly number[]) => string {
  const data = tensor.data;
  const strides = strideOf(tensor.shape);
  return (index) => showNumber(data[index.reduce((at, i, axis) => at + i * strides[axis]!, 0)]!);
}

function strideOf(shape: Layout["shape"]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((n, size) => n * size, 1));
}
