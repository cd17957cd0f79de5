import assert from "node:assert/strict";
import { nn, Random, useDevice } from "../../mod.ts";
import { summary, summaryTable } from "../../nn/summary.ts";

await useDevice("reference");

const rows = [{ name: "embedding.weight", shape: [1000, 20], size: 20_000 }, { name: "bias", shape: [], size: 1 }];

Deno.test("a summary has a title with the total, and a line for each parameter, in columns", () => {
  assert.equal(
    summary("Model", rows),
    ["Model: 20,001 parameters", "  embedding.weight  [1000, 20]  20,000", "  bias              []               1"]
      .join("\n"),
  );
  assert.equal(summary("Empty", []), "Empty: 0 parameters");
});

Deno.test("its HTML is a table of the same", () => {
  const html = summaryTable("Model", rows);
  assert.match(html, /^<table><caption>Model: 20,001 parameters<\/caption>/);
  const cells = [...html.matchAll(/<td[^>]*>([^<]*)<\/td>/g)].map(([, text]) => text);
  assert.deepEqual(cells, ["embedding.weight", "[1000, 20]", "20,000", "bias", "[]", "1"]);
});

Deno.test("a module shows its summary in a console and in Jupyter", () => {
  const linear = new nn.Linear(3, 2, { random: new Random(1) });
  const text = ["Linear: 8 parameters", "  weight  [2, 3]  6", "  bias    [2]     2"].join("\n");
  assert.equal(Deno.inspect(linear), text);
  const show: unknown = Reflect.get(linear, Symbol.for("Jupyter.display"));
  assert.ok(typeof show === "function");
  assert.deepEqual(show.call(linear), {
    "text/plain": text,
    "text/html": summaryTable("Linear", linear.summary()),
  });
});

Deno.test("the names of fields and classes are escaped: no script in one can run", () => {
  const name = "<img src=x onerror=alert(1)>";
  const table = summaryTable(name, [{ name, shape: [2], size: 2 }]);
  assert.doesNotMatch(table, /<img/);
  assert.equal(table.match(/&lt;img src=x onerror=alert\(1\)&gt;/g)?.length, 2);
});

Deno.test("a table of very many parameters is made in one pass", () => {
  const rows = Array.from({ length: 200_000 }, (_, i) => ({ name: `p${i}`, shape: [1], size: 1 }));
  assert.equal(summary("Many", rows).split("\n").length, 200_001);
});
