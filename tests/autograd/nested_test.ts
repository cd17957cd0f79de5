import assert from "node:assert/strict";
import { isNumberArray, nest, unnest } from "../../autograd/nested.ts";
import { fullShapes, inputOf } from "../support/arbitraries.ts";
import { property } from "../support/property.ts";
import "../support/reference.ts";

property("unnest undoes nest", fullShapes().chain((shape) => inputOf(shape)), ({ shape, data }) => {
  assert.deepEqual(unnest("make a tensor", nest(data, shape)), { shape, numbers: data });
});

Deno.test("by hand", () => {
  assert.deepEqual(unnest("read", [[1, 2], [3, 4], [5, 6]]), { shape: [3, 2], numbers: [1, 2, 3, 4, 5, 6] });
  assert.deepEqual(unnest("read", 7), { shape: [], numbers: [7] });
  assert.deepEqual(unnest("read", [[], []]), { shape: [2, 0], numbers: [] });
  assert.deepEqual(nest([1, 2, 3, 4], [2, 1, 2]), [[[1, 2]], [[3, 4]]]);
  assert.deepEqual(nest([], [2, 0, 3]), [[], []]);
});

Deno.test("arrays of numbers are distinguished from others", () => {
  assert.ok([new Float32Array(1), new Int32Array(1), new Uint8ClampedArray(1)].every(isNumberArray));
  assert.ok(![[1], new BigInt64Array(1), new DataView(new ArrayBuffer(8)), 1, null].some(isNumberArray));
});

Deno.test("errors say what was found, and where", () => {
  const ragged = "Cannot make a tensor, as arrays at one depth must have equal lengths";
  const number = "Cannot make a tensor, as every element must be a number";
  const errors: [unknown, string][] = [
    [[[1, 2], [3, 4, 5]], `${ragged}: 3 beside 2 at [1]`],
    [[[1], 2], `${ragged}: a number beside an array at [1]`],
    [[1, [2]], `${ragged}: an array beside a number at [1]`],
    [[[[1], [2]], [[3], [4, 5]]], `${ragged}: 2 beside 1 at [1, 1]`],
    [[[], [1]], `${ragged}: 1 beside 0 at [1]`],
    [[1, "2"], `${number}: "2" at [1]`],
    [[1, null], `${number}: null at [1]`],
    [Object.assign(new Array(3), [1]), `${number}: undefined at [1]`],
    [[1, 2n], `${number}: 2n at [1]`],
    [undefined, `${number}: undefined`],
  ];
  for (const [values, message] of errors) {
    assert.throws(() => unnest("make a tensor", values), { name: "TypeError", message });
  }
});

Deno.test("the innermost arrays may be typed ones", () => {
  const rows = [Float32Array.of(1, 2), Int32Array.of(3, 4)];
  assert.deepEqual(unnest("make a tensor", rows), { shape: [2, 2], numbers: [1, 2, 3, 4] });
  assert.throws(() => unnest("make a tensor", [Int8Array.of(1), [1, 2]]), /equal lengths: 2 beside 1 at \[1\]/);
  assert.throws(() => unnest("make a tensor", [new BigInt64Array(1)]), /must be a number: a BigInt64Array at \[0\]/);
});
