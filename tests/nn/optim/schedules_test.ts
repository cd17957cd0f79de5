import * as fc from "fast-check";
import assert from "node:assert/strict";
import { optim } from "../../../mod.ts";
import { assertClose } from "../../support/closeness.ts";
import { property } from "../../support/property.ts";

const plans = fc.record({
  peak: fc.constantFrom(1e-4, 1, 3),
  warmup: fc.integer({ min: 0, max: 20 }),
  after: fc.integer({ min: 1, max: 100 }),
  share: fc.constantFrom(0, 0.1),
});

const SCHEDULES = {
  "warm-up and cosine": optim.warmupCosine,
  "warm-up and a line": ({ floor: _, ...plan }: Parameters<typeof optim.warmupCosine>[0]) => optim.warmupLinear(plan),
};

for (const [name, make] of Object.entries(SCHEDULES)) {
  property(`${name}: up in equal steps to the peak, then down to the end, and never beyond`, plans, (plan) => {
    const { peak, warmup, after, share } = plan;
    const floor = make === optim.warmupCosine ? share * peak : 0;
    const total = warmup + after;
    const lr = make({ peak, warmup, total, floor });
    const rates = Array.from({ length: total + 5 }, (_, step) => lr(step));
    assertClose(rates.slice(0, warmup), Array.from({ length: warmup }, (_, step) => peak * (step + 1) / warmup));
    assertClose([lr(warmup)], [peak]);
    for (let step = warmup; step < rates.length - 1; step++) {
      assert.ok(rates[step + 1]! <= rates[step]!, `step ${step}`);
    }
    assertClose(rates.slice(total), Array(5).fill(floor));
    assert.ok(rates.every((rate) => rate <= peak * (1 + 1e-12)));
    assert.ok(rates[0]! > 0); // the first step is not lost
  });
}

Deno.test("half-way down, both are half-way between peak and end", () => {
  const plan = { peak: 2, warmup: 10, total: 110 };
  assertClose([optim.warmupCosine(plan)(60), optim.warmupLinear(plan)(60)], [1, 1]);
  assertClose([optim.warmupCosine({ ...plan, floor: 1 })(60)], [1.5]);
  assertClose([optim.warmupCosine(plan)(35)], [1 + Math.SQRT1_2]); // cos 45°
});

Deno.test("schedules of no steps, or of a warm-up alone, are numbers all the way", () => {
  for (const make of Object.values(SCHEDULES)) {
    for (const [warmup, total] of [[0, 0], [5, 5], [5, 2]] as const) {
      const lr = make({ peak: 1, warmup, total });
      for (let step = 0; step < 8; step++) assert.ok(lr(step) >= 0 && lr(step) <= 1, `step ${step}: ${lr(step)}`);
    }
  }
});

Deno.test("on a plateau of more than `patience` reports the rate falls by `factor`, and waits anew", () => {
  const optimizer = { lr: 1 };
  const plateau = new optim.ReduceOnPlateau(optimizer, { factor: 0.5, patience: 2, floor: 0.2 });
  const report = (...losses: number[]) => losses.map((loss) => plateau.report(loss));
  assert.deepEqual(report(5, 4, 3), [1, 1, 1]); // it falls
  assert.deepEqual(report(3, 3.5, 3), [1, 1, 0.5]); // three in a row that are no better than 3
  assert.deepEqual(report(9, 9, 2.9), [0.5, 0.5, 0.5]); // a new best in time
  assert.deepEqual(report(3, 3, 3), [0.5, 0.5, 0.25]);
  assert.deepEqual(report(3, 3, 3, 3, 3, 3), [0.25, 0.25, 0.2, 0.2, 0.2, 0.2]); // down to the floor
  assert.equal(optimizer.lr, 0.2);
});

property(
  "a loss that always falls never lowers the rate",
  fc.array(fc.float({ min: 0, max: 1, noNaN: true })),
  (losses) => {
    const optimizer = { lr: 1 };
    const plateau = new optim.ReduceOnPlateau(optimizer, { patience: 0 });
    for (const loss of [...new Set(losses)].sort((a, b) => b - a)) plateau.report(loss);
    assert.equal(optimizer.lr, 1);
  },
);
