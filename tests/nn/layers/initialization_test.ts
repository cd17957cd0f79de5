import assert from "node:assert/strict";
import { nn, Random, useDevice } from "../../../mod.ts";
import { constant, normal, uniform, withoutDrawing } from "../../../nn/layers/initialization.ts";

await useDevice("reference");

const N = 20_000;

/** Mean and deviation of a sample. */
function moments(data: ArrayLike<number>): { mean: number; deviation: number } {
  const values = Array.from(data);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length) };
}

/** A sample of N normal deviates has a mean of deviation σ/√N, and a deviation of deviation σ/√(2N): four of each. */
Deno.test("normal parameters have mean 0 and the given deviation", () => {
  for (const wanted of [0.02, 1, 3]) {
    const { mean, deviation } = moments(normal([N], wanted, new Random(1)).data);
    assert.ok(Math.abs(mean) < 4 * wanted / Math.sqrt(N), `mean ${mean}`);
    assert.ok(Math.abs(deviation - wanted) < 4 * wanted / Math.sqrt(2 * N), `deviation ${deviation}`);
  }
});

Deno.test("uniform parameters fill the interval and stay inside it", () => {
  const { data } = uniform([N], 0.5, new Random(1));
  assert.ok(data.every((x) => -0.5 <= x && x <= 0.5));
  const { mean, deviation } = moments(data);
  assert.ok(Math.abs(mean) < 4 * deviation / Math.sqrt(N));
  assert.ok(Math.abs(deviation - 0.5 / Math.sqrt(3)) < 0.005); // the deviation of U(−b, b) is b/√3
});

Deno.test("parameters are leaves that require a gradient", () => {
  for (const p of [normal([2], 1, new Random(1)), uniform([2], 1, new Random(1)), constant([2], 3)]) {
    assert.ok(p.requiresGrad && p.keepsGrad && p.origin === undefined);
  }
});

Deno.test("the same seed gives the same bits, another seed others", () => {
  const make = (seed: number) => {
    const sizes = { vocabSize: 5, contextLength: 4, layers: 2, heads: 2, dim: 4 };
    return new nn.GPT({ ...sizes, random: new Random(seed) }).parameters().map(({ data }) => [...data]);
  };
  assert.deepEqual(make(7), make(7));
  assert.notDeepEqual(make(7), make(8));
});

Deno.test("without drawing, random parameters are zeros and no number is drawn, even if making fails", () => {
  let source = new Random(0);
  const linear = withoutDrawing((random) => new nn.Linear(3, 2, { random: source = random }));
  assert.ok(linear.parameters().every((p) => p.requiresGrad && p.data.every((x) => x === 0)));
  assert.equal(source.uniform(), new Random(0).uniform());
  assert.throws(() =>
    withoutDrawing(() => {
      throw new Error("no such model");
    }), /no such model/);
  assert.notEqual(normal([1], 1, new Random(1)).item(), 0); // drawing resumes
});
