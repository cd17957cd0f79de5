/** Pictures of small arrays at work: broadcasting, and the matrix product. */
import { expand, sumTo } from "../../autograd/ops/broadcast.ts";
import { broadcastShapes, sameShape, showShape } from "../../autograd/shape.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { slideshow } from "./charts.ts";
import { type Figure, figure } from "./figure.ts";
import type { ColorScale, Trace } from "./traces.ts";

/** Where the top left cell of a matrix is drawn; a cell is 1 by 1, and y goes down. */
type Corner = readonly [x: number, y: number];

/** The colours of the first operand, the second, and the result: pale, so that numbers can be read on them. */
const tints: Record<"a" | "b" | "c", ColorScale> = {
  a: [[0, "#DCEBF5"], [1, "#8FC1E0"]],
  b: [[0, "#FBE3D3"], [1, "#F0A877"]],
  c: [[0, "#D9F0E7"], [1, "#84CDB3"]],
};

/** A matrix as coloured cells with their numbers in them; `name` is what the pointer is told: `a[1, 0]`. */
function cells(
  matrix: readonly (readonly number[])[],
  [x, y]: Corner,
  tint: ColorScale,
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
    hovertemplate: "%{text} = %{z:.4~g}<extra></extra>",
    colorscale: tint,
    showscale: false,
    opacity,
    xgap: 2,
    ygap: 2,
  };
}

/** Words between and under the matrices. */
function words(texts: readonly (readonly [text: string, x: number, y: number])[]): Trace {
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

/** A slide of so many cells along x and y. */
function slide(traces: readonly Trace[], title: string, [width, height]: readonly [number, number]): Figure {
  const bare = { tickvals: [], ticks: "", showgrid: false, zeroline: false } as const;
  return figure(traces, {
    title: { text: title },
    height: 90 + 44 * (height + 1.7),
    showlegend: false,
    xaxis: { ...bare, range: [-0.7, width - 0.3], constrain: "domain" },
    yaxis: { ...bare, range: [height + 0.5, -1.2], scaleanchor: "x", constrain: "domain" },
  });
}

/** The rows of a tensor of up to two axes; a vector is one row, a number one cell. */
function rowsOf(tensor: Tensor): number[][] {
  const columns = tensor.shape.at(-1) ?? 1;
  const numbers = Array.from(tensor.data);
  return Array.from({ length: tensor.shape.at(-2) ?? 1 }, (_, i) => numbers.slice(i * columns, (i + 1) * columns));
}

/**
 * `c = a + b`, with a slider: the arrays as they are, stretched to one shape, and added. Copies are drawn pale.
 *
 * With a gradient it goes on backwards: `∂L/∂c` arrives, every copy receives its share, and each number's shares are
 * summed.
 *
 * @param gradient `∂L/∂c`, of the shape that `a` and `b` broadcast to.
 * @throws {TypeError} If the shapes do not broadcast, have more than two axes, or the gradient's is another.
 *
 * @example
 * ```ts
 * import { Tensor } from "nabla";
 * import { broadcastPicture } from "nabla/notebooks/lib/mod.ts";
 *
 * broadcastPicture(Tensor.from([[10], [20]]), Tensor.from([1, 2, 3])); // [2, 1] + [3] → [2, 3]
 * ```
 */
export function broadcastPicture(a: Tensor, b: Tensor, gradient?: Tensor): Figure {
  const shape = broadcastShapes("draw the sum of", a.shape, b.shape);
  if (shape.length > 2) throw new TypeError(`Cannot draw arrays of more than two axes: ${showShape(shape)}`);
  if (gradient && !sameShape(gradient.shape, shape)) {
    throw new TypeError(`Cannot draw a gradient of shape ${showShape(gradient.shape)}: c has ${showShape(shape)}`);
  }
  const [rows, columns] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  const at = { a: 0, b: columns + 1, c: 2 * columns + 2 };
  const size = [3 * columns + 2, rows] as const;
  const place = (which: "a" | "b" | "c", own: Tensor, pale: Tensor | undefined, name = which as string): Trace[] => {
    const named = (i: number, j: number) => `${name}[${[i, j].slice(2 - own.rank).join(", ")}]`;
    const solid = cells(rowsOf(own), [at[which], 0], tints[which], named);
    if (!pale) return [solid];
    const copy = (i: number, j: number) => {
      return `a copy of ${named(Math.min(i, (own.shape.at(-2) ?? 1) - 1), Math.min(j, (own.shape.at(-1) ?? 1) - 1))}`;
    };
    return [cells(rowsOf(pale), [at[which], 0], tints[which], copy, 0.45), solid];
  };
  const captions = (texts: Record<"a" | "b" | "c", string>, operators: readonly [string, string] = ["+", "="]) =>
    words([
      ...(["a", "b", "c"] as const).map((which) => [texts[which], at[which] + (columns - 1) / 2, rows] as const),
      [operators[0], columns, (rows - 1) / 2],
      [operators[1], 2 * columns + 1, (rows - 1) / 2],
    ]);
  const grown = (own: Tensor) =>
    sameShape(own.shape, shape) ? showShape(shape) : `${showShape(own.shape)} → ${showShape(shape)}`;

  const stretched = [...place("a", a, expand(a, shape)), ...place("b", b, expand(b, shape))];
  const forward = {
    "as they are": slide(
      [
        ...place("a", a, undefined),
        ...place("b", b, undefined),
        captions({ a: `a ${showShape(a.shape)}`, b: `b ${showShape(b.shape)}`, c: "" }),
      ],
      "c = a + b",
      size,
    ),
    stretched: slide(
      [
        ...stretched,
        captions({ a: `a ${grown(a)}`, b: `b ${grown(b)}`, c: "" }),
      ],
      "c = a + b",
      size,
    ),
    added: slide(
      [
        ...stretched,
        ...place("c", a.add(b), undefined),
        captions({ a: `a ${grown(a)}`, b: `b ${grown(b)}`, c: `c ${showShape(shape)}` }),
      ],
      "c = a + b",
      size,
    ),
  };
  if (!gradient) return slideshow(forward);

  const arrived = place("c", gradient, undefined, "∂L/∂c");
  const share = (which: "a" | "b") => {
    return cells(
      rowsOf(gradient),
      [at[which], 0],
      tints[which],
      (i, j) => `the share of the copy at [${i}, ${j}]`,
      0.45,
    );
  };
  const summed = (own: Tensor) => sumTo(gradient, own.shape);
  const back = ["", "←"] as const;
  return slideshow({
    ...forward,
    "the gradient arrives": slide(
      [
        ...arrived,
        captions({ a: "", b: "", c: `∂L/∂c ${showShape(shape)}` }, back),
      ],
      "c = a + b",
      size,
    ),
    "a share for every copy": slide(
      [
        ...arrived,
        share("a"),
        share("b"),
        captions({ a: "shares of a", b: "shares of b", c: `∂L/∂c ${showShape(shape)}` }, back),
      ],
      "c = a + b",
      size,
    ),
    summed: slide(
      [
        ...arrived,
        ...place("a", summed(a), undefined, "∂L/∂a"),
        ...place("b", summed(b), undefined, "∂L/∂b"),
        captions({
          a: `∂L/∂a ${showShape(a.shape)}`,
          b: `∂L/∂b ${showShape(b.shape)}`,
          c: `∂L/∂c ${showShape(shape)}`,
        }, back),
      ],
      "c = a + b",
      size,
    ),
  });
}

/**
 * `c = a · b` with a slider over the elements of `c`: each stands where a row of `a` crosses a column of `b`.
 *
 * @param names What the three matrices are called.
 * @throws {TypeError} If they are not two matrices that can be multiplied.
 *
 * @example
 * ```ts
 * import { Tensor } from "nabla";
 * import { matmulPicture } from "nabla/notebooks/lib/mod.ts";
 *
 * matmulPicture(Tensor.from([[1, 2, 3], [4, 5, 6]]), Tensor.ones([3, 4])); // [2, 3] · [3, 4] → [2, 4]
 * ```
 */
export function matmulPicture(
  a: Tensor,
  b: Tensor,
  names: readonly [string, string, string] = ["a", "b", "c"],
): Figure {
  if (a.rank !== 2 || b.rank !== 2) {
    throw new TypeError(
      `Cannot draw a product of anything but two matrices: ${showShape(a.shape)}, ${showShape(b.shape)}`,
    );
  }
  const [left, right, out] = [rowsOf(a), rowsOf(b), rowsOf(a.matmul(b))];
  const [inner, columns] = b.shape as readonly [number, number]; // its rank is 2
  const corners: Record<"a" | "b" | "c", Corner> = { a: [0, inner + 1], b: [inner + 1, 0], c: [inner + 1, inner + 1] };
  const named = (n: 0 | 1 | 2) => (i: number, j: number) => `${names[n]}[${i}, ${j}]`;
  const pale = [
    cells(left, corners.a, tints.a, named(0), 0.35),
    cells(right, corners.b, tints.b, named(1), 0.35),
    cells(out, corners.c, tints.c, named(2), 0.35),
  ];
  const size = [inner + 1 + columns, inner + 1 + left.length] as const;
  const label = (which: "a" | "b", { shape }: Tensor) => {
    const [x, y] = corners[which];
    return [`${names[which === "a" ? 0 : 1]} ${showShape(shape)}`, x + ((shape[1] ?? 1) - 1) / 2, y - 0.85] as const;
  };
  const slides = out.flatMap((sums, i) =>
    sums.map((sum, j) => {
      const [row, column] = [left[i] ?? [], right.map((each) => each[j] ?? NaN)];
      const terms = row.map((x, k) => `${short(x)}·${short(column[k] ?? NaN)}`).join(" + ");
      const picked = [
        cells([row], [corners.a[0], corners.a[1] + i], tints.a, (_, k) => named(0)(i, k)),
        cells(column.map((x) => [x]), [corners.b[0] + j, corners.b[1]], tints.b, (k) => named(1)(k, j)),
        cells([[sum]], [corners.c[0] + j, corners.c[1] + i], tints.c, () => named(2)(i, j)),
      ];
      const sentence = `${named(2)(i, j)} = ${terms} = ${short(sum)}`;
      const texts = words([label("a", a), label("b", b), [sentence, (size[0] - 1) / 2, size[1]]]);
      return [
        `[${i}, ${j}]`,
        slide([...pale, ...picked, texts], `${names[2]} = ${names[0]} · ${names[1]}`, size),
      ] as const;
    })
  );
  return slideshow(Object.fromEntries(slides), names[2]);
}

function short(x: number): string {
  return String(Number(x.toPrecision(4)));
}
