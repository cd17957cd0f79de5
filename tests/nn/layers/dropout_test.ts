import * as fc from "fast-check";
import assert from "node:assert/strict";
import { gradcheck, nn, Random, Tensor, useDevice } from "../../../mod.ts";
import { assertTensorsClose } from "../../support/closeness.ts";
import { property } from "../../support/property.ts";

await useDevice("reference");

const cases = fc.record({
  rate: fc.constantFrom(0.1, 0.5, 0.9),
  seed: fc.integer({ min: 0, max: 2 ** 31 - 2 }),
});

property(
  "dropout sets elements to 0 or scales them by 1 / (1 − rate); the gradient is treated the same way",
  cases,
  (drawn) => {
    const { rate, seed } = drawn;
    const x = Tensor.randn([50], { random: new Random(seed), requiresGrad: true });
    const out = nn.dropout(x, rate, seed);
    const kept = Tensor.from([...out.data].map((y) => y === 0 ? 0 : 1 / (1 - rate)));
    assertTensorsClose(out, x.mul(kept));
    const seedling = Tensor.randn([50], { random: new Random(seed + 1) });
    out.backward({ seed: seedling });
    assertTensorsClose(x.grad, seedling.mul(kept));
  },
);

property("its gradient and the second derivative are the limits of their differences", cases, ({ rate, seed }) => {
  gradcheck((x) => nn.dropout(x!, rate, seed), [Tensor.randn([7], { random: new Random(seed) })]);
  const x = Tensor.randn([7], { random: new Random(seed), requiresGrad: true });
  nn.dropout(x.pow(2), rate, seed).sum().backward({ createGraph: true });
  const slope = x.grad!;
  x.grad = null;
  slope.sum().backward();
  assertTensorsClose(x.grad, nn.dropout(x.like(2), rate, seed));
}, 20);

property("the kept share and the expectation are right", cases, ({ rate, seed }) => {
  const n = 20_000;
  const dropout = new nn.Dropout(rate, { random: new Random(seed) });
  const mean = dropout.forward(Tensor.ones([n])).mean().item();
  // The mean of n elements that are 1 / (1 − rate) or 0 deviates by √(rate / (1 − rate) / n): five of that.
  assert.ok(Math.abs(mean - 1) < 5 * Math.sqrt(rate / (1 - rate) / n), `mean ${mean} at rate ${rate}`);
}, 20);

Deno.test("the same seed drops the same elements in each call; other calls and seeds drop others", () => {
  const masks = (seed: number) => {
    const dropout = new nn.Dropout(0.5, { random: new Random(seed) });
    return [0, 1].map(() => [...dropout.forward(Tensor.ones([64])).data]);
  };
  assert.deepEqual(masks(3), masks(3));
  assert.notDeepEqual(masks(3), masks(4));
  const [first, second] = masks(3);
  assert.notDeepEqual(first, second);
});

Deno.test("in evaluation mode, or at rate 0, nothing happens, and nothing is drawn", () => {
  const x = Tensor.ones([8]);
  for (
    const dropout of [
      new nn.Dropout(0.5, { random: new Random(1) }).eval(),
      new nn.Dropout(0, { random: new Random(1) }),
    ]
  ) {
    assert.equal(dropout.forward(x), x);
  }
  const [random, layer] = [new Random(1), new nn.Dropout(0.5, { random: new Random(1) })];
  layer.eval().forward(x);
  const once = layer.train().forward(x).toArray();
  assert.deepEqual(new nn.Dropout(0.5, { random }).forward(x).toArray(), once);
});

Deno.test("rates outside 0 ≤ rate < 1 are rejected", () => {
  for (const rate of [1, -0.1, 1.5, NaN]) {
    assert.throws(() => new nn.Dropout(rate, { random: new Random(1) }), {
      name: "RangeError",
      message: `Cannot make a Dropout, as "rate" must be a finite number, at least 0 and less than 1: ${rate}`,
    });
  }
});
