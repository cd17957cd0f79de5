import * as fc from "fast-check";
import assert from "node:assert/strict";
import { nn } from "../../../mod.ts";
import { assertClose } from "../../support/closeness.ts";
import { property } from "../../support/property.ts";

property("V equally likely tokens have perplexity V", fc.integer({ min: 1, max: 100_000 }), (V) => {
  assertClose([nn.perplexity(Math.log(V)) / V], [1]);
});

property(
  "the loss per byte does not depend on how a text is cut into tokens",
  fc.record({ total: fc.double({ min: 0, max: 1e6, noNaN: true }), bytes: fc.integer({ min: 1, max: 1e6 }) }),
  ({ total, bytes }) => {
    const cuts = [1, 7, bytes].map((tokens) => nn.natsPerByte(total / tokens, { tokens, bytes }));
    assertClose(cuts, cuts.map(() => total / bytes));
  },
);

Deno.test("a loss that is no number has neither", () => {
  assert.throws(() => nn.perplexity(NaN), /"loss" must be a finite number, at least 0: NaN$/);
  assert.throws(() => nn.natsPerByte(-1, { tokens: 1, bytes: 1 }), RangeError);
  assert.throws(() => nn.natsPerByte(1, { tokens: 0, bytes: 1 }), RangeError);
});
