import assert from "node:assert/strict";
import { countsLine, testCounts } from "../../tools/test_counts.ts";

Deno.test("the counts are those of the runner's last line, without steps", () => {
  assert.deepEqual(testCounts("one ... ok (1ms)\n\nok | 12 passed | 0 failed (3s)\n", 0), { passed: 12, failed: 0 });
  const mixed = "FAILED | 2 passed (2 steps) | 2 failed (1 step) | 1 ignored (9ms)\n\nerror: Test failed";
  assert.deepEqual(testCounts(mixed, 1), { passed: 2, failed: 2 });
});

Deno.test("such a line printed by a test itself does not count", () => {
  const output = "ok | 99 passed | 0 failed (1s)\nok | 1 passed | 0 failed (1s)\n";
  assert.deepEqual(testCounts(output, 0), { passed: 1, failed: 0 });
});

Deno.test("a run that fails before its first test is one failure", () => {
  assert.deepEqual(testCounts("TS2322 [ERROR]: Type 'string' is not assignable", 1), { passed: 0, failed: 1 });
  assert.deepEqual(testCounts("ok | 3 passed | 0 failed (1s)", 1), { passed: 3, failed: 1 });
});

Deno.test("a run that finds no tests is a failure", () => {
  assert.deepEqual(testCounts("ok | 0 passed | 0 failed (0ms)", 0), { passed: 0, failed: 1 });
  assert.deepEqual(testCounts("", 0), { passed: 0, failed: 1 });
});

Deno.test("counts are written as CI reads them", () => {
  assert.equal(countsLine({ passed: 12, failed: 0 }), "12 passed, 0 failed");
});
