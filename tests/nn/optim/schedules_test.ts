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
  property(`${name}: up in equal steps to the peak, then down to the final rate, and never beyond`, plans, (plan) => {
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
    assert.ok(rates[0]! > 0); // the first step is not wasted
  });
}

Deno.test("halfway down, both are halfway between the peak and the final rate", () => {
  const plan = { peak: 2, warmup: 10, total: 110 };
  assertClose([optim.warmupCosine(plan)(60), optim.warmupLinear(plan)(60)], [1, 1]);
  assertClose([optim.warmupCosine({ ...plan, floor: 1 })(60)], [1.5]);
  assertClose([optim.warmupCosine(plan)(35)], [1 + Math.SQRT1_2]); // cos 45°
});

Deno.test("schedules of no steps, or of only a warm-up, give numbers at every step", () => {
  for (const make of Object.values(SCHEDULES)) {
    for (const [warmup, total] of [[0, 0], [5, 5], [5, 2]] as const) {
      const lr = make({ peak: 1, warmup, total });
      for (let step = 0; step < 8; step++) assert.ok(lr(step) >= 0 && lr(step) <= 1, `step ${step}: ${lr(step)}`);
    }
  }
});

Deno.test("after `patience` reports without a new best, the rate falls by `factor`, and the count restarts", () => {
  const optimizer = { lr: 1 };
  const plateau = new optim.ReduceOnPlateau(optimizer, { factor: 0.5, patience: 3, floor: 0.2 });
  const report = (...losses: number[]) => losses.map((loss) => plateau.report(loss));
  assert.deepEqual(report(5, 4, 3), [1, 1, 1]); // it falls
  assert.deepEqual(report(3, 3.5, 3), [1, 1, 0.5]); // three in a row that are not better than 3
  assert.deepEqual(report(9, 9, 2.9), [0.5, 0.5, 0.5]); // a new best in time
  assert.deepEqual(report(3, NaN, 3), [0.5, 0.5, 0.25]); // NaN is not a new best
  assert.deepEqual(report(3, 3, 3, 3, 3, 3), [0.25, 0.25, 0.2, 0.2, 0.2, 0.2]); // down to the floor
  assert.equal(optimizer.lr, 0.2);
});

Deno.test("a rate below the floor is never raised, and patience may be 1", () => {
  const plateau = new optim.ReduceOnPlateau({ lr: 0.1 }, { factor: 0.5, patience: 1, floor: 0.2 });
  assert.deepEqual([1, 2, 3].map((loss) => plateau.report(loss)), [0.1, 0.1, 0.1]);
  const quick = new optim.ReduceOnPlateau({ lr: 1 }, { factor: 0.5, patience: 1 });
  assert.deepEqual([1, 2, 3].map((loss) => quick.report(loss)), [1, 0.5, 0.25]);
});

property(
  "a plateau set to another's state lowers the rate when that one does",
  fc.record({ losses: fc.array(fc.constantFrom(1, 2, 3, NaN), { maxLength: 20 }), at: fc.nat(20) }),
  ({ losses, at }) => {
    const options = { factor: 0.5, patience: 3 };
    const whole = new optim.ReduceOnPlateau({ lr: 1 }, options);
    losses.slice(0, at).forEach((loss) => whole.report(loss));
    const resumed = new optim.ReduceOnPlateau({ lr: whole.optimizer.lr }, options);
    resumed.state = JSON.parse(JSON.stringify(whole.state));
    for (const loss of losses.slice(at)) assert.equal(resumed.report(loss), whole.report(loss));
  },
);

Deno.test("options out of range are refused by name", () => {
  const refused = (attempt: () => unknown, message: RegExp) => assert.throws(attempt, { name: "RangeError", message });
  const plan = { peak: 1, warmup: 2, total: 5 };
  refused(() => optim.warmupCosine({ ...plan, total: NaN }), /the option "total" must be a whole number/);
  refused(() => optim.warmupLinear({ ...plan, warmup: -1 }), /the option "warmup" must be a whole number/);
  refused(() => optim.warmupCosine({ ...plan, floor: 2 }), /its floor must be at most its peak, 1: 2/);
  refused(() => optim.warmupLinear(plan)(NaN), /^Cannot look up a learning rate, as the step must be/);
  refused(() => new optim.ReduceOnPlateau({ lr: 1 }, { factor: 1 }), /the option "factor" must be/);
  refused(() => new optim.ReduceOnPlateau({ lr: 1 }, { patience: 0 }), /the option "patience" must be/);
  const plateau = new optim.ReduceOnPlateau({ lr: 1 });
  for (const state of [null, {}, { best: "1", waited: 0 }, { best: 1, waited: 1.5 }]) {
    assert.throws(() => plateau.state = state as optim.PlateauState, { name: "TypeError" }); // as in a notebook
  }
});

Deno.test("in the warm-up the rates are one step ahead of Hugging Face's, and equal to them after it", () => {
  const theirs = (s: number) => s < 4 ? s / 4 : Math.max(0, (10 - s) / (10 - 4)); // get_linear_schedule_with_warmup
  const ours = optim.warmupLinear({ peak: 1, warmup: 4, total: 10 });
  for (let s = 0; s < 4; s++) assertClose([ours(s)], [theirs(s + 1)]);
  for (let s = 4; s < 12; s++) assertClose([ours(s)], [theirs(s)]);
});

property(
  "a loss that always falls never lowers the rate",
  fc.array(fc.float({ min: 0, max: 1, noNaN: true })),
  (losses) => {
    const optimizer = { lr: 1 };
    const plateau = new optim.ReduceOnPlateau(optimizer, { patience: 1 });
    for (const loss of [...new Set(losses)].sort((a, b) => b - a)) plateau.report(loss);
    assert.equal(optimizer.lr, 1);
  },
);

Deno.test("ReduceOnPlateau: −∞ is a new lowest loss once, and NaN is no state's lowest loss", () => {
  const plateau = new optim.ReduceOnPlateau({ lr: 1 }, { patience: 1, factor: 0.5 });
  assert.deepEqual([-Infinity, -Infinity].map((loss) => plateau.report(loss)), [1, 0.5]);
  for (const best of [NaN, Infinity]) {
    assert.throws(() => plateau.state = { best, waited: 0 }, /^TypeError: Cannot set the state of a ReduceOnPlateau/);
  }
});
