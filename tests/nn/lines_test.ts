import assert from "node:assert/strict";
import * as fc from "fast-check";
import { linesOf } from "../../nn/lines.ts";
import { property } from "../support/property.ts";

const line = fc.string({ unit: fc.constantFrom("a", " ", "\t", "\u2028", "\u0085", "é") });
const file = fc.record({ lines: fc.array(line), ending: fc.constantFrom("\n", "\r\n", "\r"), mark: fc.boolean() });

property("lines come back, whatever the file's line ends", file, ({ lines, ending, mark }) => {
  assert.deepEqual(linesOf((mark ? "\ufeff" : "") + lines.map((line) => line + ending).join("")), lines);
});

Deno.test("the last line needs no end, and only a mark at the start is dropped", () => {
  assert.deepEqual(linesOf("a\nb"), ["a", "b"]);
  assert.deepEqual(linesOf("a\n\n"), ["a", ""]);
  assert.deepEqual(linesOf("\ufeff\ufeffa\n\ufeffb"), ["\ufeffa", "\ufeffb"]);
});
