import assert from "node:assert/strict";
import { rooflinePlot } from "../../../notebooks/lib/mod.ts";

const kernels = [
  { name: "matmul", intensity: 20, gflops: 30 },
  { name: "add", intensity: 0.1, gflops: 0.5 },
  { name: "sum", intensity: 0.25, gflops: 2 },
];
const { data: [roof, ...dots], layout } = JSON.parse(rooflinePlot(kernels, { peak: 40, bandwidth: 10 }).json());

Deno.test("a roof rises with the bandwidth, bends where it meets the peak, and stays there", () => {
  assert.deepEqual(roof.x, [0.05, 4, 40]);
  assert.deepEqual(roof.y, [0.5, 40, 40]);
});

Deno.test("every kernel is a dot at its intensity and its rate, on logarithmic axes that hold them all", () => {
  const drawn = dots.flatMap(({ x, y, text }: { x: number[]; y: number[]; text: string[] }) =>
    text.map((name, i) => ({ name, intensity: x[i], gflops: y[i] }))
  );
  const byName = (a: { name: string }, b: { name: string }) => a.name < b.name ? -1 : 1;
  assert.deepEqual(drawn.sort(byName), kernels.toSorted(byName));
  assert.deepEqual([layout.xaxis.type, layout.yaxis.type], ["log", "log"]);
  const [low, high] = layout.yaxis.range;
  assert.ok(10 ** low < 0.5 && 10 ** high > 40);
});

Deno.test("names of neighbours stand on different sides", () => {
  const sides = dots.map(({ textposition, text }: { textposition: string; text: string[] }) => [textposition, text]);
  assert.deepEqual(sides, [["top center", ["add", "matmul"]], ["bottom center", ["sum"]]]);
});
