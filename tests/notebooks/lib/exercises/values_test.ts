import * as fc from "fast-check";
import assert from "node:assert/strict";
import { close, copied, written } from "../../../../notebooks/lib/exercises/values.ts";

const values = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, fc.double(), fc.string(), fc.array(tie("value"), { maxLength: 3 })),
})).value;

Deno.test("every value is close to itself and to its copy", () => {
  fc.assert(fc.property(values, (x) => close(x, x) && close(x, copied(x))), { seed: 1 });
});

Deno.test("closeness is relative to the larger number, or to 1, and none reaches infinity", () => {
  assert.ok(close(1e6, 1e6 + 1e-4));
  assert.ok(!close(1, 1 + 1e-8));
  assert.ok(close(1, 1.01, 0.1));
  assert.ok(!close(1, Infinity));
  assert.ok(!close(Infinity, -Infinity));
  assert.ok(!close(0, NaN));
  assert.ok(!close([1, 2], [1]));
  assert.ok(!close([1], 1));
});

Deno.test("values are written as a learner would type them", () => {
  assert.equal(written([[1, 1 / 3], []]), "[[1, 0.333333], []]");
  assert.equal(written(-0), "0");
  assert.equal(written([2 ** 24 + 1, -123456789.25, 1e-17]), "[16777217, -123456789, 1e-17]");
  assert.equal(written({ a: "x", b: undefined }), '{ a: "x", b: undefined }');
  assert.equal(written(Int32Array.of(1)), "Int32Array [1]");
  assert.equal(written([, 1]), "[undefined, 1]");
  assert.equal(written(Array(1000).fill(1)).length, 402);
});

Deno.test("to 17 digits, what is written is the number itself", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }).filter((x) => !Object.is(x, -0)), (x) => Number(written(x, 17)) === x),
    { seed: 1 },
  );
});
