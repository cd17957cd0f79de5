import assert from "node:assert/strict";
import { Random, Tensor } from "../../../mod.ts";
import { broadcastPicture } from "../../../notebooks/lib/mod.ts";
import { slidesOf } from "./slides.ts";
import "../../support/float64.ts";

const column = Tensor.from([[10], [20], [30]]);
const row = Tensor.from([1, 2, 3, 4]);
const wideColumn = [[10, 10, 10, 10], [20, 20, 20, 20], [30, 30, 30, 30]];
const wideRow = [[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4]];

Deno.test("broadcasting is drawn as it happens: as given, stretched, added", () => {
  const { given, stretched, added } = slidesOf(broadcastPicture(column, row));
  assert.deepEqual(given?.matrices, [[[10], [20], [30]], [[1, 2, 3, 4]]]);
  assert.deepEqual(given?.words, ["a [3, 1]", "b [4]", "+", "="]);
  assert.deepEqual(stretched?.matrices, [wideColumn, [[10], [20], [30]], wideRow, [[1, 2, 3, 4]]]);
  assert.deepEqual(stretched?.words.slice(0, 2), ["a [3, 1] → [3, 4]", "b [4] → [3, 4]"]);
  assert.deepEqual(added?.matrices.at(-1), [[11, 12, 13, 14], [21, 22, 23, 24], [31, 32, 33, 34]]);
});

Deno.test("the gradient is drawn as it arrives, is shared and summed: the sums are what backward finds", () => {
  const [a, b] = [Tensor.from(column.data, { shape: [3, 1] }), Tensor.from(row.data)];
  a.requiresGrad = b.requiresGrad = true;
  const gradient = Tensor.randn([3, 4], { random: new Random(2) });
  a.add(b).backward({ seed: gradient });

  const slides = slidesOf(broadcastPicture(column, row, gradient));
  const rounded = (values: unknown) =>
    JSON.parse(JSON.stringify(values), (_, x) => typeof x === "number" ? +x.toFixed(5) : x);
  const arrived = gradient.toArray();
  assert.deepEqual(Object.keys(slides), ["given", "stretched", "added", "∂L/∂c", "shares", "summed"]);
  assert.deepEqual(rounded(slides["shares"]?.matrices), rounded([arrived, arrived, arrived]));
  assert.deepEqual(rounded(slides["summed"]?.matrices), rounded([a.grad?.toArray(), [b.grad?.toArray()], arrived]));
});

Deno.test("the pointer is told which number a copy is one of", () => {
  const { data } = JSON.parse(broadcastPicture(column, row).json());
  const copies = data.filter((trace: { opacity: number }) => trace.opacity < 1).map(({ text }: { text: string[][] }) =>
    text
  );
  assert.equal(copies[0][2][3], "a copy of a[2, 0]");
  assert.equal(copies[1][2][3], "a copy of b[3]");
});

Deno.test("what cannot be drawn is refused", () => {
  assert.throws(
    () => broadcastPicture(row, Tensor.ones([3])),
    /Cannot draw the sum of tensors of shapes \[4\] and \[3\]/,
  );
  assert.throws(() => broadcastPicture(row, Tensor.ones([2, 3, 4])), /\[2, 3, 4\], as it must have at most two axes/);
  assert.throws(() => broadcastPicture(row, row, Tensor.ones([3])), /must have the shape of c: \[3\] and \[4\]/);
});
