import * as fc from "fast-check";
import assert from "node:assert/strict";
import { optim, Random, Tensor, useDevice } from "../../../mod.ts";
import { assertClose } from "../../support/closeness.ts";
import { property } from "../../support/property.ts";

await useDevice("reference");

const cases = fc.record({
  shapes: fc.array(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }), { minLength: 1, maxLength: 4 }),
  max: fc.constantFrom(0.01, 1, 100),
  seed: fc.nat(),
});

/** Parameters with gradients; the first has none. */
function draw({ shapes, seed }: { shapes: number[][]; seed: number }): Tensor[] {
  const random = new Random(seed);
  return [[2], ...shapes].map((shape, i) => {
    const p = Tensor.zeros(shape, { requiresGrad: true });
    p.grad = i === 0 ? null : Tensor.randn(shape, { random });
    return p;
  });
}

const flat = (parameters: Tensor[]) => parameters.flatMap(({ grad }) => [...grad?.data ?? []]);

property("clipping leaves a norm of at most max, in the same direction, and tells the norm before", cases, (drawn) => {
  const parameters = draw(drawn);
  const before = flat(parameters);
  const norm = Math.hypot(...before);
  assertClose([optim.clipGradNorm(parameters, drawn.max)], [norm]);
  const after = flat(parameters);
  assert.ok(Math.hypot(...after) <= drawn.max * (1 + 1e-12) || norm <= drawn.max);
  const scale = Math.min(1, drawn.max / (norm + 1e-6)); // as PyTorch has it
  assertClose(after, before.map((g) => norm <= drawn.max ? g : g * scale));
  assert.equal(parameters[0]?.grad, null);
});

property("clipping twice is clipping once", cases, (drawn) => {
  const parameters = draw(drawn);
  optim.clipGradNorm(parameters, drawn.max);
  const once = flat(parameters);
  optim.clipGradNorm(parameters, drawn.max);
  assert.deepEqual(flat(parameters), once);
});

Deno.test("a gradient that is not finite is refused, and all stay as they are", () => {
  for (const bad of [NaN, Infinity]) {
    const [a, b] = [0, 1].map(() => Tensor.zeros([1], { requiresGrad: true })) as [Tensor, Tensor];
    [a.grad, b.grad] = [Tensor.from([5]), Tensor.from([bad])];
    assert.throws(() => optim.clipGradNorm([a, b], 1), {
      name: "RangeError",
      message: `Cannot clip gradients, as their norm must be finite: ${bad}`,
    });
    assert.deepEqual(a.grad.toArray(), [5]);
  }
});

Deno.test("no gradients have a norm of 0; a largest norm that is none is refused", () => {
  assert.equal(optim.clipGradNorm([Tensor.zeros([2], { requiresGrad: true })], 1), 0);
  for (const max of [0, -1, NaN]) {
    assert.throws(() => optim.clipGradNorm([], max), {
      name: "RangeError",
      message: `Cannot clip gradients, as the largest norm must be more than 0: ${max}`,
    });
  }
});
