import * as fc from "fast-check";
import assert from "node:assert/strict";
import { nn, Random, Tensor, useDevice } from "../../../mod.ts";
import { assertTensorsClose } from "../../support/closeness.ts";
import { property } from "../../support/property.ts";

await useDevice("reference");

const pieces = fc.record({
  lengths: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
  seed: fc.nat(),
});

property("a cache returns all positions so far, in their order", pieces, ({ lengths, seed }) => {
  const random = new Random(seed);
  const cache = new nn.KeyValueCache();
  assert.equal(cache.length, 0);
  const seen: [Tensor[], Tensor[]] = [[], []];
  for (const T of lengths) {
    const [k, v] = [Tensor.randn([2, 3, T, 4], { random }), Tensor.randn([2, 3, T, 5], { random })]; // [B, G, T, D]
    seen[0].push(k);
    seen[1].push(v);
    const [keys, values] = cache.append(k, v);
    assertTensorsClose(keys, Tensor.concat(seen[0], -2), 0);
    assertTensorsClose(values, Tensor.concat(seen[1], -2), 0);
    assert.equal(cache.length, keys.shape.at(-2));
  }
}, 30);

Deno.test("keys and values of other shapes leave a cache as it was", () => {
  const cache = new nn.KeyValueCache();
  for (const [k, v] of [[[2], [2]], [[1, 1, 2, 2], [1, 1, 3, 2]], [[1, 2, 2], [2, 2]]] as const) {
    assert.throws(
      () => cache.append(Tensor.ones([...k]), Tensor.ones([...v])),
      /^TypeError: Cannot append to a cache, as keys and values must be \[B, G, T, D\] of the same B, G and T/,
    );
  }
  assert.equal(cache.length, 0);
});
