import assert from "node:assert/strict";
import { Tensor, Value } from "../../../mod.ts";
import { display, graphPicture } from "../../../notebooks/lib/mod.ts";

Deno.test("every value is a box, every operation an oval, every use an arrow", () => {
  const a = new Value(2, "a");
  const out = a.mul(a).add(1);
  out.backward();
  const { dot } = graphPicture(out);
  assert.equal(dot.match(/value\d+ \[/g)?.length, 4);
  assert.equal(dot.match(/operation\d+ \[/g)?.length, 2);
  assert.equal(dot.match(/value0 -> operation1$/gm)?.length, 2, dot); // a, twice an operand of ×
  assert.match(dot, /<B>a<\/B>.*>2<.*grad 4/);
});

Deno.test("the picture is an SVG, which a page can hold as it is, and the graph's text", () => {
  const bundle = graphPicture(new Value(1, "x").exp())[display]();
  assert.deepEqual(Object.keys(bundle), ["text/html", "image/svg+xml", "text/plain"]);
  assert.match(String(bundle["image/svg+xml"]), /^<svg.*>x<.*>exp<.*<\/svg>\s*$/s);
  assert.doesNotMatch(String(bundle["text/html"]), /<title>|<script|(?:src|href)="http/);
});

Deno.test("labels hold whatever they like", () => {
  const label = `<b> & "quoted" 'text' \\ {a|b}`;
  const svg = String(graphPicture(new Value(1, label))[display]()["image/svg+xml"]);
  const drawn = /<text[^>]*>(.*?)<\/text>/.exec(svg)?.[1] ?? "";
  const entities: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', "#39": "'", "#160": " " };
  assert.equal(drawn.replace(/&([^;]+);/g, (_, entity) => entities[entity] ?? "?"), label);
});

Deno.test("tensors are drawn by their shapes, and named by the reader", () => {
  const x = Tensor.ones([2, 3], { requiresGrad: true });
  const { dot } = graphPicture(x.mul(2).sum(), { names: { x } });
  assert.match(dot, /<B>x<\/B><\/TD><TD>\[2, 3\]/);
  assert.match(dot, /label=<sum>/);
});

Deno.test("a graph that nobody could read is not drawn", () => {
  let value = new Value(0);
  for (let i = 0; i < 100; i++) value = value.exp();
  assert.throws(() => graphPicture(value), {
    name: "RangeError",
    message: "Cannot draw a graph of 101 nodes, as nobody could read it: " +
      "draw a smaller part of it, or set limit, which is 60",
  });
  assert.equal(graphPicture(value, { limit: 101 }).dot.match(/shape=ellipse/g)?.length, 100);
});

Deno.test("gradients can be left out", () => {
  assert.doesNotMatch(graphPicture(new Value(1), { gradients: false }).dot, /grad/);
});
