import * as fc from "fast-check";
import assert from "node:assert/strict";
import { gradcheck, nn, Random, Tensor, useDevice, valueAndGrad } from "../../../mod.ts";
import { composedCrossEntropy } from "../../../nn/objectives/losses.ts";
import { assertClose, assertTensorsClose } from "../../support/closeness.ts";
import { property } from "../../support/property.ts";

await useDevice("reference");

const cases = fc.record({
  B: fc.integer({ min: 1, max: 3 }),
  T: fc.integer({ min: 1, max: 4 }),
  V: fc.integer({ min: 1, max: 5 }),
  scale: fc.constantFrom(1, 30),
  labelSmoothing: fc.constantFrom(0, 0.1, 1),
  seed: fc.nat(),
});

/** Logits `[B, T, V]`, targets, some of them ignored, and the same targets with −1 for those. */
function draw({ B, T, V, scale, seed }: typeof cases extends fc.Arbitrary<infer C> ? C : never) {
  const random = new Random(seed);
  const logits = Tensor.randn([B, T, V], { random }).mul(scale).detach();
  const targets = Array.from(
    { length: B },
    () => Array.from({ length: T }, () => random.uniform() < 0.3 ? -100 : random.integer(0, V)),
  );
  return { logits, targets, rows: targets.flat().map((target) => target === -100 ? -1 : target) };
}

/** The loss by its definition, with plain numbers. */
function byDefinition(logits: number[][], rows: number[], smoothing: number): number {
  const losses = rows.flatMap((target, n) => {
    if (target < 0) return [];
    const row = logits[n]!;
    const largest = Math.max(...row);
    const logSum = largest + Math.log(row.reduce((sum, x) => sum + Math.exp(x - largest), 0));
    const wanted = row.map((_, v) => (v === target ? 1 - smoothing : 0) + smoothing / row.length);
    return [row.reduce((sum, x, v) => sum + wanted[v]! * (logSum - x), 0)];
  });
  return losses.length === 0 ? 0 : losses.reduce((a, b) => a + b, 0) / losses.length;
}

property(
  "cross-entropy is its definition: ignored targets do not count, and smoothing spreads a share evenly",
  cases,
  (drawn) => {
    const { logits, targets, rows } = draw(drawn);
    const { labelSmoothing, V } = drawn;
    const expected = byDefinition(logits.reshape([-1, V]).toArray() as number[][], rows, labelSmoothing);
    assertClose([nn.crossEntropy(logits, targets, { labelSmoothing }).item()], [expected]);
  },
);

property("the fused losses and their first and second derivatives equal the composed ones", cases, (drawn) => {
  const { logits, targets, rows } = draw({ ...drawn, scale: 1 });
  const counted = Math.max(1, rows.filter((row) => row >= 0).length);
  const fused = (x: Tensor) => nn.crossEntropy(x, targets).pow(2);
  const composed = (x: Tensor) =>
    composedCrossEntropy(x.reshape([-1, drawn.V]), Int32Array.from(rows)).sum().div(counted).pow(2);
  const derivatives = [fused, composed].map((f) => {
    const first = valueAndGrad(f);
    const weights = Tensor.randn(logits.shape, { random: new Random(drawn.seed + 1) });
    const second = valueAndGrad((x: Tensor) => first(x)[1].mul(weights).sum());
    return [...first(logits), ...second(logits)];
  });
  derivatives[0]!.forEach((own, i) => assertTensorsClose(own, derivatives[1]![i]!));
});

property("the gradient of cross-entropy is the limit of its differences", cases, (drawn) => {
  const { logits, targets } = draw({ ...drawn, scale: 1 });
  const { labelSmoothing } = drawn;
  gradcheck((x) => nn.crossEntropy(x!, targets, { labelSmoothing }), [logits]);
}, 30);

property(
  "shifting all logits of a position changes nothing, and a gradient sums to 0 over its classes",
  cases,
  (drawn) => {
    const { logits, targets } = draw(drawn);
    logits.requiresGrad = true;
    const loss = nn.crossEntropy(logits, targets);
    assertClose([nn.crossEntropy(logits.add(50), targets).item()], [loss.item()], 1e-9);
    loss.backward();
    assertClose(logits.grad!.sum(-1).data, new Array(drawn.B * drawn.T).fill(0));
  },
);

Deno.test("logits of ±800 have finite losses and gradients", () => {
  for (const labelSmoothing of [0, 0.1]) {
    const logits = Tensor.from([[800, 0, -800], [-800, 800, 800]], { requiresGrad: true });
    const loss = nn.crossEntropy(logits, [2, 0], { labelSmoothing });
    loss.backward();
    if (labelSmoothing === 0) assertClose([loss.item()], [(1600 + 1600 + Math.LN2) / 2]);
    assert.ok(Number.isFinite(loss.item()) && logits.grad!.data.every(Number.isFinite));
  }
});

Deno.test("worked by hand: uniform logits cost ln V, whatever the smoothing; a certain, right guess costs 0", () => {
  assertClose([nn.crossEntropy(Tensor.zeros([2, 5]), [0, 4]).item()], [Math.log(5)]);
  assertClose([nn.crossEntropy(Tensor.zeros([5]), 3, { labelSmoothing: 0.3 }).item()], [Math.log(5)]); // one position
  assertClose([nn.crossEntropy(Tensor.from([[0, 1000]]), Int32Array.of(1)).item()], [0]);
});

Deno.test("if all targets are ignored, the loss and the gradient are 0; ignoreIndex may be another number", () => {
  const logits = Tensor.from([[1, 2], [3, 4]], { requiresGrad: true });
  nn.crossEntropy(logits, [-100, -100]).backward();
  assert.deepEqual(logits.grad?.toArray(), [[0, 0], [0, 0]]);
  assert.equal(
    nn.crossEntropy(logits, [0, 1], { ignoreIndex: 0 }).item(),
    nn.crossEntropy(logits.slice([1]), [1]).item(),
  );
});

Deno.test("targets of another shape, no classes, and invalid shares are rejected", () => {
  const logits = Tensor.zeros([2, 3]);
  assert.throws(() => nn.crossEntropy(logits, [0]), {
    name: "TypeError",
    message:
      "Cannot take the cross-entropy of logits of shape [2, 3], as the targets must have their leading shape, [2]: [1]",
  });
  for (const target of [3, -1, 0.5, NaN]) {
    assert.throws(() => nn.crossEntropy(logits, [0, target]), {
      name: "RangeError",
      message:
        `Cannot take the cross-entropy, as a target must be an integer from 0 to 2, or -100 to be ignored: ${target}`,
    });
  }
  for (const labelSmoothing of [-0.1, 1.5, NaN]) {
    assert.throws(() => nn.crossEntropy(logits, [0, 1], { labelSmoothing }), {
      name: "RangeError",
      message:
        'Cannot take the cross-entropy, as the option "labelSmoothing" must be a finite number, at least 0 and at most 1: ' +
        labelSmoothing,
    });
  }
});

Deno.test("targets may be typed arrays, even as rows of a batch", () => {
  const logits = Tensor.randn([2, 3, 4], { random: new Random(1) });
  const targets = [[0, 1, 2], [3, -100, 0]];
  const expected = nn.crossEntropy(logits, targets).item();
  assert.equal(nn.crossEntropy(logits, targets.map((row) => Int32Array.from(row))).item(), expected);
  assert.equal(nn.crossEntropy(logits.reshape([6, 4]), Int32Array.from(targets.flat())).item(), expected);
});

property("mean squared error is its definition, and its gradient 2 (a − b) / n", cases, ({ B, T, seed }) => {
  const random = new Random(seed);
  const [a, b] = [0, 1].map(() => Tensor.randn([B, T], { random })) as [Tensor, Tensor];
  a.requiresGrad = true;
  const loss = nn.mseLoss(a, b);
  const difference = Array.from(a.data, (x, i) => x - b.data[i]!);
  assertClose([loss.item()], [difference.reduce((sum, d) => sum + d * d, 0) / (B * T)]);
  loss.backward();
  assertClose(a.grad!.data, difference.map((d) => 2 * d / (B * T)));
});

Deno.test("mean squared error does not broadcast: a column against a row is usually a mistake", () => {
  assert.throws(() => nn.mseLoss(Tensor.zeros([3, 1]), Tensor.zeros([3])), {
    name: "TypeError",
    message: "Cannot take the mean squared error of shapes [3, 1] and [3], as they must be equal",
  });
});

Deno.test("with label smoothing too, an ignored row passes no NaN to its gradient", () => {
  const logits = Tensor.from([[NaN, 1], [-Infinity, -Infinity], [1, 2]], { requiresGrad: true });
  nn.crossEntropy(logits, [-100, -100, 0], { labelSmoothing: 0.1 }).backward();
  assert.deepEqual(logits.grad?.slice([0, 2]).toArray(), [[0, 0], [0, 0]]);
  assert.ok(logits.grad.slice(2).data.every((x) => Number.isFinite(x) && x !== 0));
});
