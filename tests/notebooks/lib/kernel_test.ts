import assert from "node:assert/strict";
import { kernel, letOutputsSettle } from "../../../notebooks/lib/kernel.ts";
import { fakeKernel } from "./fake_kernel.ts";

const internals = Reflect.get(Deno, Reflect.get(Deno, "internal"));

Deno.test("outside Jupyter there is no kernel, and nothing to change", () => {
  assert.equal(kernel(), undefined);
  letOutputsSettle();
  assert.equal(internals.jupyter.broadcastResult, undefined);
});

Deno.test("each cell's end waits for its last output, however often the lib is imported", async () => {
  fakeKernel();
  letOutputsSettle(); // a Deno without the function: nothing happens
  const shown: unknown[][] = [];
  const original = (...args: unknown[]) => Promise.resolve(void shown.push(args));
  internals.jupyter.broadcastResult = original;

  letOutputsSettle();
  const settling = internals.jupyter.broadcastResult;
  assert.notEqual(settling, original);
  letOutputsSettle();
  assert.equal(internals.jupyter.broadcastResult, settling);

  await settling(7, "the result");
  assert.deepEqual(shown, [[7, "the result"]]);
});
