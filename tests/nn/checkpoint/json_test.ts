import assert from "node:assert/strict";
import { parseObject, showValue } from "../../../nn/checkpoint/json.ts";

const fail = (rule: string) => new SyntaxError(`It ${rule}`);

Deno.test("an object is read; anything else is rejected with a short message", () => {
  assert.deepEqual(parseObject('{"a": [1]}', fail), { a: [1] });
  assert.throws(() => parseObject("[1]", fail), { message: "It must be a JSON object: [1]" });
  assert.throws(() => parseObject("null", fail), { message: "It must be a JSON object: null" });
  assert.throws(() => parseObject("{", fail), /^SyntaxError: It must be JSON: /);
  for (
    const text of [
      "",
      "{".repeat(1e6),
      '"' + "x".repeat(1e6) + '"',
      "[".repeat(1e6),
      `${"[".repeat(1e6)}${"]".repeat(1e6)}`,
    ]
  ) {
    assert.throws(() => parseObject(text, fail), (error: Error) => error.message.length < 200);
  }
});

Deno.test("a value is shown briefly, however long or deep it is", () => {
  const deep: unknown = JSON.parse("[".repeat(1e5) + "]".repeat(1e5));
  assert.deepEqual(
    [undefined, null, 1.5, "a", [1, "b", [2], {}], { a: 1 }, "x".repeat(99), deep, [deep]].map(showValue),
    [
      "nothing",
      "null",
      "1.5",
      '"a"',
      '[1, "b", a list, an object]',
      "an object",
      `"${"x".repeat(39)}…`,
      "[a list]",
      "[a list]",
    ],
  );
  assert.ok(showValue(Array.from({ length: 1e6 }, () => 1)).length < 60);
});
