import assert from "node:assert/strict";
import { CALLABLES } from "./api.ts";
import { sayCovered } from "../support/covered.ts";

/** A method may be shown in the example of its class; the operations of tensors and values each have their own. */
const isMethodOfClass = (name: string) =>
  /[#.]\w+$/.test(name.replace(/^(nn|optim)\./, "")) && !/^(Tensor|Value)[#.]/.test(name);

Deno.test("every function and class that is exported, and every operation, has an example, which the doc tests run", () => {
  const needed = CALLABLES.filter(({ name }) => !isMethodOfClass(name));
  const without = needed.filter(({ hasExample }) => !hasExample).map(({ name }) => name);
  sayCovered(`${needed.length - without.length} of ${needed.length} functions, classes and operations have an example`);
  assert.deepEqual(without, []);
});
