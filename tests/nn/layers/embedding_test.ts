import * as fc from "fast-check";
import assert from "node:assert/strict";
import { nn, Random, Tensor, useDevice } from "../../../mod.ts";
import { property } from "../../support/property.ts";

await useDevice("reference");

const lookups = fc.record({
  count: fc.integer({ min: 1, max: 6 }),
  dim: fc.integer({ min: 1, max: 4 }),
  B: fc.integer({ min: 1, max: 3 }),
  T: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(),
});

property("an embedding gives each token its row, and a row's gradient is the sum over its uses", lookups, (drawn) => {
  const { count, dim, B, T, seed } = drawn;
  const random = new Random(seed);
  const embedding = new nn.Embedding(count, dim, { random });
  const tokens = Array.from({ length: B }, () => Array.from({ length: T }, () => random.integer(0, count)));
  const out = embedding.forward(tokens); // [B, T, C]
  const table = embedding.weight.toArray() as number[][];
  assert.deepEqual(out.toArray(), tokens.map((row) => row.map((token) => table[token])));

  const grad = Tensor.randn(out.shape, { random });
  out.backward({ seed: grad });
  const expected = table.map((row) => row.map(() => 0));
  const parts = grad.toArray() as number[][][];
  tokens.forEach((row, b) => row.forEach((token, t) => parts[b]![t]!.forEach((g, c) => expected[token]![c]! += g)));
  const difference = embedding.weight.grad!.sub(Tensor.from(expected)).abs().max().item();
  assert.ok(difference < 1e-12, `off by ${difference}`);
});

Deno.test("a token outside the table is refused", () => {
  const embedding = new nn.Embedding(3, 2, { random: new Random(1) });
  for (const token of [3, -1, -100]) {
    assert.throws(() => embedding.forward([[0, token]]), {
      name: "RangeError",
      message: `Cannot embed tokens, as each must be an integer from 0 to 2: ${token}`,
    });
    assert.throws(() => embedding.forward(Int32Array.of(token)), { name: "RangeError" });
  }
  assert.throws(() => embedding.forward([[0, 1.5]]), { name: "TypeError" });
});

Deno.test("the table starts standard normal", () => {
  const { weight } = new nn.Embedding(100, 100, { random: new Random(1) });
  const square = weight.mul(weight).mean().item();
  assert.ok(Math.abs(square - 1) < 4 * Math.sqrt(2 / weight.size), `mean square ${square}`);
});
