/** How a tensor is shown: as text in a terminal, and as a table in a notebook. */

import { rowMajorStrides, sizeOf } from "../kernels/view.ts";
import { type Html, html } from "./html.ts";
import type { Tensor } from "./tensor.ts";

/** The most positions shown along an axis; of a longer axis, four at either end are shown. */
const PLACES = 9;
/** The most elements shown, however many axes there are. */
const CELLS = 2000;
/** The most matrices that a notebook shows of a tensor of higher rank. */
const MATRICES = 4;

/** The positions to show along an axis, at most `most`; `undefined` stands for those left out. */
function shown(size: number, most: number): (number | undefined)[] {
  const all = [...new Array<number>(Math.min(size, most)).keys()];
  if (size <= most) return all;
  const [head, tail] = most < 3 ? [1, most - 1] : [Math.floor((most - 1) / 2), Math.floor((most - 1) / 2)];
  return [...all.slice(0, head), undefined, ...all.slice(0, tail).map((i) => size - tail + i)];
}

/** How many positions of each axis are shown, inner axes first, for at most `cells` elements in all. */
function placesOf(shape: readonly number[], cells: number): number[] {
  let left = cells;
  return shape.toReversed().map((size) => {
    const places = Math.max(1, Math.min(PLACES, size, Math.floor(left)));
    left /= places;
    return places;
  }).toReversed();
}

/** A number in about eight characters: `0.3333`, `-12`, `1.2e-7`. */
export function showNumber(x: number): string {
  if (Number.isInteger(x) && Math.abs(x) < 1e7) return Object.is(x, -0) ? "-0" : String(x);
  if (!Number.isFinite(x)) return String(x).replace("Infinity", "∞");
  const size = Math.abs(x);
  return size >= 1e-3 && size < 1e5 ? String(Number(x.toFixed(4))) : x.toExponential(3);
}

/** `Tensor [2, 2]` and, below, the elements in brackets, aligned in columns. */
export function text(tensor: Tensor): string {
  const { shape, rank } = tensor;
  const cells = reader(tensor);
  const places = placesOf(shape, CELLS);
  const indices = indicesShown(shape, places);
  const width = rank === 0 ? 0 : indices.reduce((width, index) => Math.max(width, cells(index).length), 0);

  function block(index: readonly number[]): string {
    const axis = index.length;
    if (axis === rank) return cells(index).padStart(width);
    const inner = shown(shape[axis]!, places[axis]!).map((i) => i === undefined ? "…" : block([...index, i]));
    const last = axis === rank - 1;
    const separator = last ? ", " : ",\n" + (axis < rank - 2 ? "\n" : "") + " ".repeat(axis + 1);
    return `[${inner.join(separator)}]`;
  }
  const grad = tensor.requiresGrad ? ", requires a gradient" : "";
  return `Tensor [${shape.join(", ")}]${grad}\n${block([])}`;
}

/** The elements as HTML: a matrix is a table, a tensor of higher rank several under their indices. */
export function htmlTable(tensor: Tensor): string {
  const cells = reader(tensor);
  const { shape, rank } = tensor;
  const [rows, columns] = [rank < 2 ? 1 : shape[rank - 2]!, rank < 1 ? 1 : shape[rank - 1]!];

  function row(matrix: readonly number[], i: number | undefined): Html {
    const data = shown(columns, PLACES).map((j) => {
      if (i === undefined || j === undefined) return html`<td>…</td>`;
      return html`<td>${cells([...matrix, i, j].slice(Math.max(0, 2 - rank)))}</td>`; // a vector has no i, a number no j
    });
    return html`<tr>${data}</tr>`;
  }
  function table(matrix: readonly number[]): Html {
    const caption = matrix.length === 0 ? "" : html`<caption>[${matrix.join(", ")}, :, :]</caption>`;
    return html`<table>${caption}${shown(rows, PLACES).map((i) => row(matrix, i))}</table>`;
  }
  const leading = shape.slice(0, -2);
  const matrices = indicesShown(leading, placesOf(leading, MATRICES));
  const tables = matrices.map(table);
  const more = matrices.length < sizeOf(leading) ? html`<p>…</p>` : "";
  const grad = tensor.requiresGrad ? ", requires a gradient" : "";
  return String(html`<div><b>Tensor</b> [${shape.join(", ")}]${grad}${tables}${more}</div>`);
}

/** The index of every element that is shown, row-major. */
function indicesShown(shape: readonly number[], places: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (indices, size, axis) => {
      const along = shown(size, places[axis]!).filter((i) => i !== undefined);
      return indices.flatMap((index) => along.map((i) => [...index, i]));
    },
    [[]],
  );
}

/** Reads the elements once, and returns a function from an index to the element's text. */
function reader(tensor: Tensor): (index: readonly number[]) => string {
  const data = tensor.data;
  const strides = rowMajorStrides(tensor.shape);
  return (index) => showNumber(data[index.reduce((at, i, axis) => at + i * strides[axis]!, 0)]!);
}
