import assert from "node:assert/strict";
import * as fc from "fast-check";
import { pad } from "../../../nn/data/mod.ts";
import { property } from "../../support/property.ts";

const cases = fc.record({
  sequences: fc.array(fc.array(fc.nat(9), { maxLength: 6 }), { maxLength: 5 }),
  value: fc.constantFrom(0, 3, -100),
  more: fc.nat(3),
  side: fc.constantFrom("left" as const, "right" as const),
});

property("the mask marks the given tokens, in one block; the rest is padding", cases, (given) => {
  const { sequences, value, more, side } = given;
  const length = Math.max(0, ...sequences.map(({ length }) => length)) + more;
  const { tokens, mask } = pad(sequences, { value, length, side });
  assert.equal(tokens.length, sequences.length);
  sequences.forEach((sequence, b) => {
    const [row, marks] = [tokens[b]!, mask[b]!];
    assert.equal(row.length, length);
    assert.equal(marks.length, length);
    assert.deepEqual(row.filter((_, t) => marks[t] === 1), sequence);
    assert(row.every((token, t) => marks[t] === 1 || marks[t] === 0 && token === value));
    const edge = side === "right" ? marks.lastIndexOf(1) + 1 : length - marks.indexOf(1);
    if (sequence.length > 0) assert.equal(edge, sequence.length);
  });
});

Deno.test("the longest list determines the length, and typed arrays are accepted", () => {
  assert.deepEqual(pad([Int32Array.of(1, 2), [3]]).tokens, [[1, 2], [3, 0]]);
  assert.deepEqual(pad([]), { tokens: [], mask: [] });
  assert.deepEqual(pad([[], []]), { tokens: [[], []], mask: [[], []] });
});

Deno.test("nothing is truncated implicitly", () => {
  assert.throws(
    () => pad([[1, 2, 3]], { length: 2 }),
    /^RangeError: Cannot pad sequences to length 2, as the longest has 3/,
  );
  assert.throws(() => pad([[1]], { length: 1.5 }), /^RangeError: /);
});

Deno.test("what is padded are lists of integers", () => {
  for (const wrong of [["1"], [[1]], [null], [undefined]]) {
    assert.throws(() => pad([[1], wrong as unknown as number[]]), /^TypeError: Cannot pad sequences, as/);
  }
  assert.throws(() => pad([[1.5]]), /^RangeError: Cannot pad sequences, as/);
  assert.deepEqual(pad([[-100], Int32Array.of(1, 2)]).tokens, [[-100, 0], [1, 2]]);
});
