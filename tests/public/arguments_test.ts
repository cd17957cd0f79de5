import assert from "node:assert/strict";
import { CALLABLES } from "./api.ts";
import { AUTOGRAD } from "./calls/autograd.ts";
import { CHECKPOINT } from "./calls/checkpoint.ts";
import { DATA } from "./calls/data.ts";
import { GENERATION } from "./calls/generation.ts";
import { LAYERS } from "./calls/layers.ts";
import { MODELS } from "./calls/models.ts";
import { OBJECTIVES } from "./calls/objectives.ts";
import { OPTIM } from "./calls/optim.ts";
import { TOKENIZERS } from "./calls/tokenizers.ts";
import { type Calls, type Coverage, tryLaw } from "./law.ts";
import "../support/reference.ts";
import { sayCovered } from "../support/covered.ts";

const CALLS: Calls = {
  ...AUTOGRAD,
  ...CHECKPOINT,
  ...DATA,
  ...GENERATION,
  ...LAYERS,
  ...MODELS,
  ...OBJECTIVES,
  ...OPTIM,
  ...TOKENIZERS,
};
const coverage: Coverage = { calls: 0, options: 0 };

Deno.test("every export of the library has a valid call", () => {
  const names = CALLABLES.map(({ name }) => name);
  assert.deepEqual(names.filter((name) => !Object.hasOwn(CALLS, name)), [], "has no call in the tables");
  assert.deepEqual(Object.keys(CALLS).filter((name) => !names.includes(name)), [], "is not exported");
});

for (const callable of CALLABLES) {
  const make = CALLS[callable.name];
  if (make === undefined) continue;
  Deno.test(`${callable.name} does what its documentation says, or rejects its arguments`, async () => {
    await tryLaw(callable, make, coverage);
  });
}

Deno.test("the number of calls that the law of arguments tried", () => {
  sayCovered(
    `the law of arguments was tried on ${coverage.calls} functions and methods, and ${coverage.options} options`,
  );
});
