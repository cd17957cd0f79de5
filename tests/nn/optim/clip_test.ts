import * as fc from "fast-check";
import assert from "node:assert/strict";
import { optim, Random, Tensor, useDevice } from "../../../mod.ts";
import { assertClose, ROUNDING } from "../../support/closeness.ts";
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

property(
  "clipping leaves a norm of at most max, in the same direction, and returns the norm before",
  cases,
  (drawn) => {
    const parameters = draw(drawn);
    const before = flat(parameters);
    const norm = Math.hypot(...before);
    assertClose([optim.clipGradNorm(parameters, drawn.max)], [norm]);
    const after = flat(parameters);
    assert.ok(Math.hypot(...after) <= drawn.max * (1 + 1e-12) || norm <= drawn.max);
    const scale = Math.min(1, drawn.max / (norm + 1e-6)); // as in PyTorch
    assertClose(after, before.map((g) => norm <= drawn.max ? g : g * scale));
    assert.equal(parameters[0]?.grad, null);
  },
);

property("clipping twice is clipping once", cases, (drawn) => {
  const parameters = draw(drawn);
  optim.clipGradNorm(parameters, drawn.max);
  const once = flat(parameters);
  optim.clipGradNorm(parameters, drawn.max);
  assert.deepEqual(flat(parameters), once);
});

Deno.test("a gradient that is not finite is rejected, and none changes", () => {
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

Deno.test("no gradients have a norm of 0; an invalid limit is rejected", () => {
  assert.equal(optim.clipGradNorm([Tensor.zeros([2], { requiresGrad: true })], 1), 0);
  for (const max of [0, -1, NaN]) {
    assert.throws(() => optim.clipGradNorm([], max), {
      name: "RangeError",
      message: `Cannot clip gradients, as "max" must be a finite number, greater than 0: ${max}`,
    });
  }
});

for (const device of ["reference", "cpu"] as const) {
  Deno.test(`on ${device}, norms whose squares overflow or vanish are returned and clipped like all others`, async () => {
    await useDevice(device);
    const tolerance = device === "cpu" ? 1e-6 : ROUNDING; // a few roundings of float32
    for (const size of [1e-40, 1e-30, 1e-25, 1e-12, 1, 1e12, 1e20, 1e25, 1e37]) {
      const [a, b] = [0, 1].map(() => Tensor.zeros([2], { requiresGrad: true })) as [Tensor, Tensor];
      [a.grad, b.grad] = [Tensor.from([2 * size, 0]), Tensor.from([3 * size, 6 * size])];
      const [gradients, max] = [[a, b].flatMap(({ grad }) => [...grad!.data]), size];
      const clipped = optim.clipGradNorm([a, b], max) / size;
      // Below 1.2e-38, float32 has fewer digits: two parts in ten thousand at 1e-40.
      assertClose([clipped], [7], size < 1e-38 && device === "cpu" ? 1e-3 : tolerance, `norm at ${size}:`);
      if (size < 1e-3 || device === "cpu" && size > 1e37) continue; // PyTorch's 1e-6 beside the norm matters below
      const expected = gradients.map((g) => g / 7 / size);
      assertClose([a, b].flatMap(({ grad }) => [...grad!.data].map((g) => g / size)), expected, 1e-5);
    }
    await useDevice("reference");
  });
}

Deno.test("tiny gradients over a tinier limit are clipped to it", () => {
  const p = Tensor.zeros([2], { requiresGrad: true });
  p.grad = Tensor.from([3e-25, 4e-25]);
  assertClose([optim.clipGradNorm([p], 1e-26) * 1e25], [5]);
  assertClose([...p.grad.data].map((g) => g * 1e26), [0.6, 0.8]);
});

Deno.test("a parameter that is given twice is counted and scaled once, and gradients are tensors", () => {
  const p = Tensor.from([0, 0], { requiresGrad: true });
  p.grad = Tensor.from([3, 4]);
  assert.equal(optim.clipGradNorm([p, p], 1), 5);
  assert.ok(Math.abs(Math.hypot(...p.grad.data) - 1) < 1e-6);
  for (const grad of [undefined, 5]) {
    p.grad = grad as unknown as Tensor;
    assert.throws(
      () => optim.clipGradNorm([p], 1),
      /^TypeError: Cannot clip gradients, as each must be a Tensor or null/,
    );
  }
});
