import assert from "node:assert/strict";
import * as fc from "fast-check";
import { tokenPicture } from "../../../notebooks/lib/mod.ts";
import type { Heatmap } from "../../../notebooks/lib/traces.ts";

/** The rows of boxes, as heat maps. */
function rowsIn(picture: ReturnType<typeof tokenPicture>): Heatmap[] {
  return picture.traces.map((trace) => {
    assert.equal(trace.type, "heatmap");
    return trace as Heatmap; // its type says so
  });
}

Deno.test("a token is as wide as its characters are many, and what cannot be seen is made visible", () => {
  const [row] = rowsIn(tokenPicture(["the ", "🦊", "\n"]));
  assert.deepEqual(row?.x, [0, 4, 5, 6]); // edges
  assert.deepEqual(row?.text, [["the·", "🦊", "⏎"]]);
});

Deno.test("the same token has the same colour, wherever it is", () => {
  const [row] = rowsIn(tokenPicture(["to", " be", " or", "to", " be"]));
  const [colors = []] = row?.z ?? [];
  assert.deepEqual([colors[0], colors[1]], [colors[3], colors[4]]);
});

Deno.test("no row is wider than the picture, unless a single token is, and no token is lost", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1, maxLength: 9 })),
      fc.integer({ min: 1, max: 20 }),
      (tokens, columns) => {
        const rows = rowsIn(tokenPicture(tokens, { columns })).map((row) => row.text?.[0] ?? []);
        assert.deepEqual(rows.flat(), tokens.length > 0 ? tokens.map((token) => token.replaceAll(" ", "·")) : [""]);
        for (const row of rows) assert.ok(row.length === 1 || [...row.join("")].length <= columns);
      },
    ),
    { seed: 5 },
  );
});

Deno.test("several cuts of a text are as many places of the slider, and all of them have room", () => {
  const coarse = ["abcdef", "ghijkl"];
  const picture = tokenPicture({ fine: [...coarse.join("")], coarse }, { columns: 8, prefix: "cut: " });
  assert.deepEqual(picture.layout.sliders?.[0]?.steps.map((step) => step.label), ["fine", "coarse"]);
  assert.deepEqual(picture.layout.yaxis?.range, [1.5, -0.5]); // two rows, in both
  assert.deepEqual(picture.traces.map((trace) => trace.visible), [true, true, false, false]);
});
