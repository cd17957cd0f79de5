import { showShape } from "../../autograd/shape.ts";
import { Tensor } from "../../autograd/tensor.ts";
import { checkArguments, instance, required } from "../../checks/mod.ts";
import { cells, type Corner, ground, rowsOf, tints, words } from "./cells.ts";
import { slideshow } from "./slideshow.ts";
import type { Figure } from "./figure.ts";

/**
 * Draws `c = a · b` with a slider over the elements of `c`: each stands where a row of `a` crosses a column of `b`.
 *
 * @throws {TypeError} If they are not two matrices that can be multiplied.
 *
 * @example
 * ```ts
 * import { Tensor } from "nabla";
 * import { matmulPicture } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const picture = matmulPicture(Tensor.ones([2, 3]), Tensor.ones([3, 4])); // [2, 3] · [3, 4] → [2, 4]
 * assert.equal(picture.layout.sliders?.[0]?.steps.length, 2 * 4);
 * ```
 */
export function matmulPicture(a: Tensor, b: Tensor): Figure {
  const tensor = instance(Tensor, "Tensor.ones([2, 3])");
  checkArguments("draw a product", arguments, { a: required(tensor), b: required(tensor) });
  if (a.rank !== 2 || b.rank !== 2) {
    const shapes = `${showShape(a.shape)} and ${showShape(b.shape)}`;
    throw new TypeError(`Cannot draw a product of arrays of shapes ${shapes}, as both must be matrices`);
  }
  const [left, right, result] = [rowsOf(a), rowsOf(b), rowsOf(a.matmul(b))];
  const [rows, inner, columns] = [left.length, right.length, right[0]?.length ?? 0];
  const corners: Record<"a" | "b" | "c", Corner> = { a: [0, inner + 1], b: [inner + 1, 0], c: [inner + 1, inner + 1] };
  const at = (name: string, i: number, j: number) => `${name}[${i}, ${j}]`;
  const pale = [
    cells(left, corners.a, tints.left, (i, k) => at("a", i, k), 0.35),
    cells(right, corners.b, tints.right, (k, j) => at("b", k, j), 0.35),
    cells(result, corners.c, tints.result, (i, j) => at("c", i, j), 0.35),
  ];
  const captions = [
    [`a ${showShape(a.shape)}`, (inner - 1) / 2, inner + 0.15],
    [`b ${showShape(b.shape)}`, inner + 1 + (columns - 1) / 2, -0.85],
  ] as const;

  const slides = result.flatMap((sums, i) =>
    sums.map((sum, j): [string, Figure] => {
      const [row, column] = [left[i] ?? [], right.map((each) => each[j] ?? NaN)];
      const picked = [
        cells([row], [0, corners.a[1] + i], tints.left, (_, k) => at("a", i, k)),
        cells(column.map((x) => [x]), [corners.b[0] + j, 0], tints.right, (k) => at("b", k, j)),
        cells([[sum]], [corners.c[0] + j, corners.c[1] + i], tints.result, () => at("c", i, j)),
      ];
      const terms = row.map((x, k) => `${short(x)}·${short(column[k] ?? NaN)}`).join(" + ");
      const sentence = `${at("c", i, j)} = ${terms} = ${short(sum)}`;
      const texts = words([...captions, [sentence, (inner + columns) / 2, inner + 1 + rows]]);
      return [`[${i}, ${j}]`, ground([...pale, ...picked, texts], "c = a · b", inner + 1 + columns, inner + 1 + rows)];
    })
  );
  return slideshow(Object.fromEntries(slides), "c");
}

/** To four digits; what is negative in brackets, as it stands after a sign. */
function short(x: number): string {
  const digits = String(Number(x.toPrecision(4)));
  return x < 0 ? `(${digits.replace("-", "−")})` : digits;
}
