import assert from "node:assert/strict";
import * as fc from "fast-check";
import { law } from "./support/property.ts";
import { SEED } from "./support/seed.ts";

Deno.test(`random cases start from seed ${SEED} (NABLA_SEED=… gives others), and are the same each time`, () => {
  const drawn = [0, 1].map(() => {
    const cases: number[] = [];
    law("any number will do", fc.integer(), (n) => void cases.push(n)).refutation(50);
    return cases;
  });
  assert.equal(drawn[0]!.length, 50);
  assert.deepEqual(drawn[0], drawn[1]);
});

Deno.test("a law that does not hold is refuted, and the smallest counterexample is found", () => {
  const report = law("numbers are less than 10", fc.nat(), (n) => assert.ok(n < 10)).refutation();
  assert.match(report ?? "", /Counterexample: \[10\]/);
  assert.match(report ?? "", new RegExp(`seed: ${SEED}`));
});
