import assert from "node:assert/strict";
import { htmlTable, showNumber, text } from "../../autograd/print.ts";
import { Tensor } from "../../mod.ts";
import "../support/reference.ts";

/** The texts of the table cells, row by row, one list per table. */
function tables(html: string): string[][][] {
  const inside = (tag: string, source: string) =>
    [...source.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, "g"))].map(([, found = ""]) => found);
  return inside("table", html).map((table) => inside("tr", table).map((row) => inside("td", row)));
}

Deno.test("a notebook shows every element of a small tensor in its place, at any rank", () => {
  assert.deepEqual(tables(htmlTable(Tensor.from(7))), [[["7"]]]);
  assert.deepEqual(tables(htmlTable(Tensor.from([1, 2, 3]))), [[["1", "2", "3"]]]);
  assert.deepEqual(tables(htmlTable(Tensor.from([[1, 2, 3], [4, 5, 6]]))), [[["1", "2", "3"], ["4", "5", "6"]]]);
  const cube = Tensor.arange(12).reshape([2, 3, 2]);
  assert.deepEqual(tables(htmlTable(cube)), [
    [["0", "1"], ["2", "3"], ["4", "5"]],
    [["6", "7"], ["8", "9"], ["10", "11"]],
  ]);
  const four = Tensor.arange(12).reshape([2, 1, 3, 2]);
  assert.deepEqual(tables(htmlTable(four)), tables(htmlTable(cube)));
  assert.match(htmlTable(four), /<caption>\[1, 0, :, :\]<\/caption>/);
});

Deno.test("a notebook shows a transposed tensor in logical order, not in memory order", () => {
  assert.deepEqual(tables(htmlTable(Tensor.from([[1, 2], [3, 4]]).transpose())), [[["1", "3"], ["2", "4"]]]);
});

Deno.test("a notebook shows the corners of a large tensor, and its whole shape", () => {
  const html = htmlTable(Tensor.arange(10_000).reshape([10, 10, 100]));
  assert.match(html, /\[10, 10, 100\]/);
  const [first] = tables(html);
  assert.deepEqual(first?.[0], ["0", "1", "2", "3", "…", "96", "97", "98", "99"]);
  assert.equal(first?.at(-1)?.at(-1), "999");
  assert.ok(html.endsWith("<p>…</p></div>"));
  assert.doesNotMatch(html, /undefined/);
});

Deno.test("a tensor without elements shows its shape", () => {
  assert.deepEqual(tables(htmlTable(Tensor.zeros([0, 3]))), [[]]);
  assert.deepEqual(tables(htmlTable(Tensor.zeros([0, 2, 3]))), []);
});

Deno.test("a console shows the shape, then the elements in columns", () => {
  assert.equal(text(Tensor.from([[1, -20], [0.5, 4]])), "Tensor [2, 2]\n[[  1, -20],\n [0.5,   4]]");
  assert.equal(text(Tensor.from(3, { requiresGrad: true })), "Tensor [], requires a gradient\n3");
});

Deno.test("a console shows the ends of long axes, and the matrices of a tensor one below another", () => {
  assert.equal(text(Tensor.arange(100)), "Tensor [100]\n[ 0,  1,  2,  3, …, 96, 97, 98, 99]");
  assert.equal(text(Tensor.arange(9)), "Tensor [9]\n[0, 1, 2, 3, 4, 5, 6, 7, 8]"); // leaving out one saves nothing
  assert.equal(
    text(Tensor.arange(8).reshape([2, 2, 2])),
    "Tensor [2, 2, 2]\n[[[0, 1],\n  [2, 3]],\n\n [[4, 5],\n  [6, 7]]]",
  );
  const lines = text(Tensor.zeros([1000, 1000])).split("\n");
  assert.deepEqual([lines.length, lines[5]], [1 + 4 + 1 + 4, " …,"]);
});

Deno.test("numbers are shown in about eight characters, and recognisably", () => {
  const shown: [number, string][] = [
    [1 / 3, "0.3333"],
    [-12, "-12"],
    [1234567, "1234567"],
    [12345678, "1.235e+7"],
    [1.2e-7, "1.200e-7"],
    [123456.5, "1.235e+5"],
    [-0, "-0"],
    [NaN, "NaN"],
    [-Infinity, "-∞"],
  ];
  for (const [x, expected] of shown) assert.equal(showNumber(x), expected);
});

Deno.test("a tensor of many axes shows a part small enough to read", () => {
  for (const shape of [new Array(12).fill(3), new Array(20).fill(2), new Array(64).fill(1), [10, 10, 10, 10, 10, 10]]) {
    const x = Tensor.zeros(shape);
    assert.ok(String(x).length < 20_000, `${shape}: ${String(x).length} characters`);
    const { "text/html": html } = (x as unknown as Record<symbol, () => Record<string, string>>)[
      Symbol.for("Jupyter.display")
    ]!();
    assert.ok(html!.length < 20_000);
  }
});
