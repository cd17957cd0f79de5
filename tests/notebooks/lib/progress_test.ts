import assert from "node:assert/strict";
import { progress } from "../../../notebooks/lib/mod.ts";
import { progressLine } from "../../../notebooks/lib/progress.ts";

Deno.test("progress counts from 0, or goes through a list; no step at all is fine", () => {
  assert.deepEqual([...progress(3)], [0, 1, 2]);
  assert.deepEqual([...progress(["x", "y"])], ["x", "y"]);
  assert.deepEqual([...progress(0)], []);
});

Deno.test("the number of steps is whole", () => {
  for (const steps of [-1, 1.5, NaN]) {
    assert.throws(() => [...progress(steps)], {
      name: "RangeError",
      message: `Cannot show progress, as "work" must be a list, or a whole number of steps, at least 0: ${steps}`,
    });
  }
});

Deno.test("the line says how long it took, and how long it will", () => {
  assert.equal(progressLine(0, 10, 0), "0 of 10, 0.0 s");
  assert.equal(progressLine(25, 100, 3, "training", "loss 0.5"), "training: 25 of 100, 3.0 s, 9.0 s left; loss 0.5");
  assert.equal(progressLine(1, 41, 3), "1 of 41, 3.0 s, 2 min 00 s left");
  assert.equal(progressLine(5, 5, 59.6), "5 of 5, 1 min 00 s");
});
