import assert from "node:assert/strict";
import { Tensor } from "../../../mod.ts";
import { matmulPicture } from "../../../notebooks/lib/mod.ts";
import { slidesOf } from "./slides.ts";

Deno.test("each element of a product has a slide with its row, its column and its sum", () => {
  const [a, b] = [Tensor.from([[1, 2, 3], [4, 5, 6]]), Tensor.from([[1, 0, 2, -1], [0, 3, 1, 0], [2, 1, 0, 4]])];
  const slides = slidesOf(matmulPicture(a, b));
  assert.equal(Object.keys(slides).length, 2 * 4);
  assert.deepEqual(slides["[1, 3]"]?.matrices.slice(3), [[[4, 5, 6]], [[-1], [0], [4]], [[20]]]);
  assert.deepEqual(slides["[1, 3]"]?.words, ["a [2, 3]", "b [3, 4]", "c[1, 3] = 4·(−1) + 5·0 + 6·4 = 20"]);
});

Deno.test("what is no product of two matrices is refused", () => {
  const [row, column] = [Tensor.from([1, 2, 3, 4]), Tensor.from([[10], [20], [30]])];
  assert.throws(() => matmulPicture(row, column), /shapes \[4\] and \[3, 1\], as both must be matrices/);
  assert.throws(() => matmulPicture(column, column), /inner dimensions must match: 1 and 3/);
});
