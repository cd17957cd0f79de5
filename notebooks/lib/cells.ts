/** Small matrices drawn as coloured cells with their numbers in them, for pictures of arrays at work. */
import type { Tensor } from "../../autograd/tensor.ts";
import { type Figure, figure } from "./figure.ts";
import type { ColorScale, Trace } from "./traces.ts";

/** Where the top left cell of a matrix is drawn; a cell is 1 by 1, and y goes down. */
export type Corner = readonly [x: number, y: number];

/** Blue for the first operand, orange for the second, green for the result: pale, so that numbers can be read. */
export const tints = {
  left: [[0, "#DCEBF5"], [1, "#8FC1E0"]],
  right: [[0, "#FBE3D3"], [1, "#F0A877"]],
  result: [[0, "#D9F0E7"], [1, "#84CDB3"]],
} satisfies Record<string, ColorScale>;

/** A matrix as cells; `name` gives what the hover text calls a cell: `a[1, 0]`. */
export function cells(
  matrix: readonly (readonly number[])[],
  [x, y]: Corner,
  colorscale: ColorScale,
  name: (row: number, column: number) => string,
  opacity = 1,
): Trace {
  return {
    type: "heatmap",
    x: matrix[0]?.map((_, column) => x + column) ?? [],
    y: matrix.map((_, row) => y + row),
    z: matrix,
    text: matrix.map((row, i) => row.map((_, j) => name(i, j))),
    texttemplate: "%{z:.4~g}",
    ...(opacity < 1 && { textfont: { color: "ink" } }), // what is pale is mostly the page's ground
    hovertemplate: "%{text} = %{z:.4~g}<extra></extra>",
    colorscale,
    showscale: false,
    opacity,
    xgap: 2,
    ygap: 2,
  };
}

/** Words beside the matrices, each centred at its place. */
export function words(texts: readonly (readonly [text: string, x: number, y: number])[]): Trace {
  return {
    type: "scatter",
    mode: "text",
    x: texts.map(([, x]) => x),
    y: texts.map(([, , y]) => y),
    text: texts.map(([text]) => text),
    hoverinfo: "skip",
    showlegend: false,
  };
}

/** Cells and words on a ground of `width` by `height` cells, with room for a line of words above and below. */
export function ground(traces: readonly Trace[], title: string, width: number, height: number): Figure {
  return figure(traces, {
    title: { text: title },
    height: 90 + 44 * (height + 1.7),
    showlegend: false,
    xaxis: { visible: false, range: [-1.2, width + 0.2], constrain: "domain" },
    yaxis: { visible: false, range: [height + 0.5, -1.2], scaleanchor: "x", constrain: "domain" },
  });
}

/** The rows of a tensor of up to two axes: a vector is one row, a number one cell. */
export function rowsOf(tensor: Tensor): number[][] {
  const columns = tensor.shape.at(-1) ?? 1;
  const numbers = Array.from(tensor.data);
  return Array.from({ length: tensor.shape.at(-2) ?? 1 }, (_, i) => numbers.slice(i * columns, (i + 1) * columns));
}
