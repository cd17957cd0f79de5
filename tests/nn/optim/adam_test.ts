import * as fc from "fast-check";
import assert from "node:assert/strict";
import { optim, Random, Tensor, useDevice } from "../../../mod.ts";
import { assertClose } from "../../support/closeness.ts";
import { property } from "../../support/property.ts";

await useDevice("reference");

Deno.test("AdamW worked by hand: the first step is lr against the sign of the gradient, and lr λ p towards 0", () => {
  const p = Tensor.from([1, -2, 5], { requiresGrad: true });
  p.grad = Tensor.from([0.5, -40, 0]);
  new optim.AdamW([p], { lr: 0.1, eps: 1e-300, weightDecay: 0.01 }).step();
  assertClose(p.data, [1 - 0.1 - 0.001, -2 + 0.1 + 0.002, 5 - 0.005]);
});

Deno.test("AdamW worked by hand: a second step with β₁ = ½ and β₂ = ¾", () => {
  const p = Tensor.from([0], { requiresGrad: true });
  const adam = new optim.AdamW([p], { lr: 1, betas: [0.5, 0.75], eps: 1e-300, weightDecay: 0 });
  p.grad = Tensor.from([1]);
  adam.step(); // m = ½, v = ¼; corrected 1 and 1
  assertClose(p.data, [-1]);
  p.grad = Tensor.from([-1]);
  adam.step(); // m = −¼, corrected by 1 − ¼; v = 7/16, corrected by 1 − 9/16
  assertClose(p.data, [-1 + 1 / 3]);
});

const gradients = fc.record({
  seed: fc.nat(),
  scale: fc.constantFrom(1e-3, 100),
  steps: fc.integer({ min: 1, max: 5 }),
});

property("Adam's steps stay the same when all gradients are scaled", gradients, ({ seed, scale, steps }) => {
  const run = (scale: number) => {
    const [p, random] = [Tensor.zeros([4], { requiresGrad: true }), new Random(seed)];
    const adam = new optim.Adam([p], { lr: 0.1, eps: 1e-300 });
    for (let step = 0; step < steps; step++) {
      p.grad = Tensor.randn([4], { random }).mul(scale);
      adam.step();
    }
    return p.data;
  };
  assertClose(run(scale), run(1), 1e-9);
}, 30);

Deno.test("without weight decay Adam and AdamW are the same; the default is 0.01 for AdamW, 0 for Adam", () => {
  const run = (Kind: typeof optim.Adam | typeof optim.AdamW, settings: { weightDecay?: number }) => {
    const p = Tensor.from([1, 2], { requiresGrad: true });
    const adam = new Kind([p], { lr: 0.1, ...settings });
    for (const g of [1, -2, 3]) {
      p.grad = Tensor.from([g, 2 * g]);
      adam.step();
    }
    return p.toArray();
  };
  assert.deepEqual(run(optim.Adam, { weightDecay: 0 }), run(optim.AdamW, { weightDecay: 0 }));
  assert.deepEqual(run(optim.Adam, {}), run(optim.Adam, { weightDecay: 0 }));
  assert.deepEqual(run(optim.AdamW, {}), run(optim.AdamW, { weightDecay: 0.01 }));
  assert.notDeepEqual(run(optim.Adam, { weightDecay: 0.5 }), run(optim.AdamW, { weightDecay: 0.5 }));
});

Deno.test("the moments of a parameter that joins later are corrected from its own first step", () => {
  const [a, b] = [0, 1].map(() => Tensor.from([0], { requiresGrad: true })) as [Tensor, Tensor];
  const adam = new optim.AdamW([a, b], { lr: 1, eps: 1e-300, weightDecay: 0 });
  a.grad = Tensor.from([1]);
  adam.step();
  b.grad = Tensor.from([7]);
  adam.step();
  assertClose(b.data, [-1]);
});
