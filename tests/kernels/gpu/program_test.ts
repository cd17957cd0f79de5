import assert from "node:assert/strict";
import { program } from "../../../kernels/gpu/program.ts";

Deno.test("a program's parameters are those of its function, in order", () => {
  const sum = (a: readonly number[], i: number) => a[i]!;
  const { source, parameters, tile } = program(sum, { a: "Array", i: "Integer" });
  assert.deepEqual([source, parameters, tile], [sum.toString(), { a: "Array", i: "Integer" }, false]);
  assert.throws(() => program(sum, { i: "Integer", a: "Array" }), {
    name: "TypeError",
    message: "Cannot make a program of a function of (a, i), described as (i, a)",
  });
  assert.throws(() => program(sum, { a: "Array" }), TypeError);
});
