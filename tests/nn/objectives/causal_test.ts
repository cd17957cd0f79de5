import * as fc from "fast-check";
import assert from "node:assert/strict";
import { nn, Tensor, useDevice } from "../../../mod.ts";
import { assertClose } from "../../support/closeness.ts";
import { property } from "../../support/property.ts";

await useDevice("reference");

const rows = fc.record({ B: fc.integer({ min: 1, max: 3 }), T: fc.integer({ min: 1, max: 5 }) })
  .chain(({ B, T }) => {
    const row = fc.array(fc.nat(6), { minLength: T + 1, maxLength: T + 1 });
    return fc.array(row, { minLength: B, maxLength: B });
  });

property("each target is the token after its input, unless it is padding", rows, (rows) => {
  const { inputs, targets } = nn.causalBatch(rows, { padToken: 0 });
  rows.forEach((row, b) => {
    assert.deepEqual(inputs[b], row.slice(0, -1));
    targets[b]!.forEach((target, t) => assert.equal(target, row[t + 1] === 0 ? -100 : row[t + 1]));
  });
});

Deno.test("without a padding token, every position has a target", () => {
  assert.deepEqual(nn.causalBatch([[0, 0, 1]]), { inputs: [[0, 0]], targets: [[0, 1]] });
});

Deno.test("the loss of a batch is the surprise at its targets alone", () => {
  const { targets } = nn.causalBatch([[5, 1, 0]], { padToken: 0 });
  const logits = Tensor.from([[[0, Math.log(3)], [100, -100]]]); // [1, 2, V]; the last row has no target
  assertClose([nn.crossEntropy(logits, targets).item()], [-Math.log(3 / 4)]);
});

Deno.test("rows that are no batch of at least two tokens are refused", () => {
  assert.throws(() => nn.causalBatch([[1]]), /as a row must have a token and the one after it: 1 token$/);
  assert.throws(() => nn.causalBatch([[1, 2], [1]]), /lists of equal lengths: 2 and 1/);
  assert.throws(() => nn.causalBatch([]), /there must be at least one token/);
});
