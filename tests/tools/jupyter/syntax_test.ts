import assert from "node:assert/strict";
import { syntaxError } from "../../../tools/jupyter/syntax.ts";

Deno.test("a syntax error is reported with its line, and a valid cell has none", async () => {
  const error = await syntaxError("const a = 1;\nlet z = ;\n") ?? "";
  assert.match(error, /^SyntaxError: Expression expected/);
  assert.match(error, /2 \| let z = ;/);
  assert.doesNotMatch(error, /\bat\b/);
  assert.equal(await syntaxError("const a = 1;\nawait a"), undefined);
});
