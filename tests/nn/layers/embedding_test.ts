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

property("the padding token's row starts at 0 and gets no gradient; all other rows get theirs", lookups, (drawn) => {
  const { count, dim, B, T, seed } = drawn;
  const random = new Random(seed);
  const paddingIndex = random.integer(0, count);
  const embedding = new nn.Embedding(count, dim, { random, paddingIndex });
  assert.ok(embedding.weight.slice(paddingIndex).data.every((x) => x === 0));
  embedding.weight.assign(Tensor.randn([count, dim], { random })); // a loaded table may have any numbers there
  const plain = new nn.Embedding(count, dim, { random });
  plain.loadStateDict(embedding.stateDict());
  const tokens = Array.from({ length: B }, () => Array.from({ length: T }, () => random.integer(0, count)));
  const grad = Tensor.randn([B, T, dim], { random });
  for (const each of [embedding, plain]) each.forward(tokens).backward({ seed: grad });
  assert.deepEqual(embedding.forward(tokens).toArray(), plain.forward(tokens).toArray());
  const expected = plain.weight.grad!.maskedFill(Array.from({ length: count }, (_, row) => [row === paddingIndex]), 0);
  assert.deepEqual(embedding.weight.grad!.toArray(), expected.toArray());
});

Deno.test("typed arrays of tokens are read like plain ones, even as rows of a batch", () => {
  const embedding = new nn.Embedding(5, 2, { random: new Random(1) });
  const expected = embedding.forward([[1, 2], [3, 4]]).toArray();
  assert.deepEqual(embedding.forward([Int32Array.of(1, 2), Int32Array.of(3, 4)]).toArray(), expected);
  assert.deepEqual(embedding.forward(Int32Array.of(1, 2)).toArray(), (expected as number[][])[0]);
});

Deno.test("a padding token outside the table is refused", () => {
  assert.throws(() => new nn.Embedding(3, 2, { random: new Random(1), paddingIndex: 3 }), {
    name: "RangeError",
    message: "Cannot make an Embedding, as paddingIndex must be a row of its table, 0 to 2: 3",
  });
});
