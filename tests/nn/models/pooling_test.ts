import * as fc from "fast-check";
import assert from "node:assert/strict";
import { gradcheck, nn, Random, Tensor, useDevice } from "../../../mod.ts";
import { assertTensorsClose } from "../../support/closeness.ts";
import { property } from "../../support/property.ts";

await useDevice("reference");

const drawn = fc.record({ B: fc.integer({ min: 1, max: 3 }), T: fc.integer({ min: 1, max: 5 }), seed: fc.nat() });

property("a text's vector is the mean of its own tokens, whatever the padding contains", drawn, ({ B, T, seed }) => {
  const random = new Random(seed);
  const hidden = Tensor.randn([B, T, 4], { random });
  const lengths = Array.from({ length: B }, () => random.integer(1, T + 1));
  const mask = lengths.map((length) => Array.from({ length: T }, (_, t) => t < length));
  const alone = lengths.map((length, b) => hidden.slice(b, [0, length]).mean(0)); // [C]
  assertTensorsClose(nn.meanPool(hidden, mask), Tensor.stack(alone));
  const hostile = hidden.where(mask.map((row) => row.map((real) => [real])), NaN);
  assertTensorsClose(nn.meanPool(hostile, mask), Tensor.stack(alone));
  assertTensorsClose(nn.meanPool(hidden), hidden.mean(1));
}, 30);

Deno.test("gradients go to real tokens, in equal shares", () => {
  const hidden = Tensor.randn([2, 3, 2], { random: new Random(1) });
  gradcheck((hidden) => nn.meanPool(hidden, [[1, 1, 0], [1, 0, 0]]).pow(2).sum(), [hidden]);
});

Deno.test("other shapes, other numbers, and texts of only padding are rejected", () => {
  const hidden = Tensor.ones([2, 3, 4]);
  assert.throws(() => nn.meanPool(hidden.mean(1)), /^TypeError: Cannot pool vectors, as they must be \[B, T, C\]/);
  assert.throws(() => nn.meanPool(hidden, [[1, 1, 1]]), /^TypeError: .*the mask must be \[2, 3\]: \[1, 3\]/);
  assert.throws(() => nn.meanPool(hidden, [[1, 1, 1], [1, 1, 2]]), { name: "TypeError" });
  assert.throws(() => nn.meanPool(hidden, [[1, 1, 1], [0, 0, 0]]), /^RangeError: .*must have a real token/);
});
