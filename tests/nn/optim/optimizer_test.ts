import * as fc from "fast-check";
import assert from "node:assert/strict";
import { optim, Random, Tensor, useDevice } from "../../../mod.ts";
import { assertClose } from "../../support/closeness.ts";
import { property } from "../../support/property.ts";

await useDevice("reference");

/** One number's way through the steps of an optimizer, as its paper has it. */
interface Oracle {
  step(p: number, g: number): number;
}

interface Settings {
  readonly lr: number;
  readonly weightDecay: number;
  readonly momentum: number;
  readonly betas: readonly [number, number];
}

/** Each optimizer, and what it should do to a single number. */
const OPTIMIZERS: Record<string, {
  make(parameters: optim.Parameters<{ lr: number }>, settings: Settings): optim.Optimizer<{ lr: number }>;
  oracle(settings: Settings): Oracle;
}> = {
  "plain SGD": {
    make: (parameters, { lr }) => new optim.SGD(parameters, { lr }),
    oracle: ({ lr }) => ({ step: (p, g) => p - lr * g }),
  },
  "SGD with momentum": {
    make: (parameters, { lr, momentum, weightDecay }) => new optim.SGD(parameters, { lr, momentum, weightDecay }),
    oracle: ({ lr, momentum, weightDecay }) => {
      let v = 0;
      return { step: (p, g) => p - lr * (v = momentum * v + g + weightDecay * p) };
    },
  },
  Adam: {
    make: (parameters, { lr, betas, weightDecay }) => new optim.Adam(parameters, { lr, betas, weightDecay }),
    oracle: (settings) => {
      const adam = adamOracle(settings);
      return { step: (p, g) => p - settings.lr * adam(g + settings.weightDecay * p) };
    },
  },
  AdamW: {
    make: (parameters, { lr, betas, weightDecay }) => new optim.AdamW(parameters, { lr, betas, weightDecay }),
    oracle: (settings) => {
      const adam = adamOracle(settings);
      return { step: (p, g) => p - settings.lr * adam(g) - settings.lr * settings.weightDecay * p };
    },
  },
};

/** The direction of Adam's steps: the corrected mean over the root of the corrected mean square. */
function adamOracle({ betas: [b1, b2] }: Settings): (g: number) => number {
  let [m, v, t] = [0, 0, 0];
  return (g) => {
    [m, v, t] = [b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g, t + 1];
    return m / (1 - b1 ** t) / (Math.sqrt(v / (1 - b2 ** t)) + 1e-8);
  };
}

const trainings = fc.record({
  lr: fc.constantFrom(0.001, 0.1, 1),
  weightDecay: fc.constantFrom(0, 0.01, 0.3),
  momentum: fc.constantFrom(0, 0.9),
  betas: fc.constantFrom([0.9, 0.999] as const, [0.5, 0.9] as const),
  shapes: fc.array(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }), { minLength: 1, maxLength: 3 }),
  steps: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(),
});

for (const [name, { make, oracle }] of Object.entries(OPTIMIZERS)) {
  property(`${name} does to every number what its paper says`, trainings, ({ shapes, steps, seed, ...settings }) => {
    const random = new Random(seed);
    const parameters = shapes.map((shape) => Tensor.randn(shape, { random, requiresGrad: true }));
    const expected = parameters.map(({ data }) => Array.from(data));
    const oracles = expected.map((numbers) => numbers.map(() => oracle(settings)));
    const optimizer = make(parameters, settings);
    for (let step = 0; step < steps; step++) {
      parameters.forEach((p, i) => {
        p.grad = random.uniform() < 0.2 ? null : Tensor.randn(p.shape, { random }); // none: the parameter was not used
        p.grad?.data.forEach((g: number, n: number) => expected[i]![n] = oracles[i]![n]!.step(expected[i]![n]!, g));
      });
      optimizer.step();
    }
    parameters.forEach((p, i) => assertClose(p.data, expected[i]!));
  });

  property(`${name} goes on from a saved state as if nothing had been, bit for bit`, trainings, (drawn) => {
    const { shapes, steps, seed, ...settings } = drawn;
    const start = () => shapes.map((shape) => Tensor.randn(shape, { random: new Random(seed), requiresGrad: true }));
    const run = (parameters: Tensor[], optimizer: optim.Optimizer<{ lr: number }>, from: number) => {
      for (let step = from; step < from + steps; step++) {
        for (const p of parameters) p.grad = Tensor.randn(p.shape, { random: new Random(seed + step) });
        optimizer.step();
      }
    };
    const [whole, other] = [start(), start()];
    const [first, second] = [make(whole, settings), make(other, { ...settings, lr: 77 })];
    run(whole, first, 0);
    first.lr = 0.5; // as a schedule does
    const [saved, parameters] = [first.stateDict(), whole.map((p) => p.detach())];
    run(whole, first, steps);
    other.forEach((p, i) => p.assign(parameters[i]!));
    second.loadStateDict(saved);
    run(other, second, steps);
    other.forEach((p, i) => assert.deepEqual(p.toArray(), whole[i]!.toArray()));
    assert.equal(second.lr, 0.5);
    assert.deepEqual(second.stateDict().numbers, first.stateDict().numbers);
  }, 30);

  Deno.test(`${name}: groups have settings of their own, and get the others' where they have none`, () => {
    const [a, b] = [0, 1].map(() => Tensor.from([1], { requiresGrad: true })) as [Tensor, Tensor];
    const settings: Settings = { lr: 0.1, weightDecay: 0.5, momentum: 0.9, betas: [0.9, 0.999] };
    const optimizer = make([{ params: [a] }, { params: [b], lr: 0.01 }], settings);
    for (const p of [a, b]) p.grad = Tensor.from([2]);
    optimizer.step();
    const stepOf = (lr: number) => oracle({ ...settings, lr }).step(1, 2);
    assertClose([a.item(), b.item()], [stepOf(0.1), stepOf(0.01)]);
    assert.equal(optimizer.lr, 0.1);
    optimizer.lr = 0;
    assert.deepEqual(optimizer.groups.map(({ lr }) => lr), [0, 0]);
    const before = [a.item(), b.item()];
    optimizer.step();
    assert.deepEqual([a.item(), b.item()], before);
  });

  for (const device of ["reference", "cpu"] as const) {
    Deno.test(`${name} on ${device}: a step changes no tensor but its parameters: gradients, snapshots, graphs and states stay`, async () => {
      await useDevice(device);
      const p = Tensor.from([1, 2], { requiresGrad: true });
      const optimizer = make([p], { lr: 0.1, weightDecay: 0.1, momentum: 0.9, betas: [0.9, 0.999] });
      const [snapshot, double] = [p.detach(), p.mul(2)];
      p.grad = Tensor.from([3, 4]);
      const grad = p.grad;
      optimizer.step();
      const state = optimizer.stateDict();
      const remembered = Object.values(state.tensors).map((tensor) => tensor.toArray());
      p.grad = grad;
      optimizer.step();
      optimizer.step();
      assert.deepEqual([snapshot, double, grad].map((x) => x.toArray()), [[1, 2], [2, 4], [3, 4]]);
      assert.deepEqual(Object.values(state.tensors).map((tensor) => tensor.toArray()), remembered);
      optimizer.loadStateDict(state);
      optimizer.step();
      assert.deepEqual(Object.values(state.tensors).map((tensor) => tensor.toArray()), remembered);
      await useDevice("reference");
    });
  }
}

Deno.test("zeroGrad forgets the gradients; without a gradient a step changes nothing", () => {
  const p = Tensor.from([1, 2], { requiresGrad: true });
  const optimizer = new optim.AdamW([p], { lr: 0.1, weightDecay: 0.5 });
  p.sum().backward();
  optimizer.zeroGrad();
  assert.equal(p.grad, null);
  optimizer.step();
  assert.deepEqual(p.toArray(), [1, 2]);
  assert.deepEqual(optimizer.stateDict(), { tensors: {}, numbers: { "0.lr": 0.1 } });
});

Deno.test("a state of other parameters is refused with all that is wrong with it, and nothing is changed", () => {
  const parameters = [[1, 2], [3]].map((values) => Tensor.from(values, { requiresGrad: true }));
  const optimizer = new optim.Adam(parameters, { lr: 0.1 });
  for (const p of parameters) p.grad = p.like(1);
  optimizer.step();
  const before = JSON.stringify(optimizer.stateDict().numbers);
  const { tensors, numbers } = optimizer.stateDict();
  const { "0.mean": _, ...rest } = tensors;
  const state = {
    tensors: { ...rest, "1.square": Tensor.ones([2]), "2.mean": Tensor.ones([1]), velocity: Tensor.ones([1]) },
    numbers: { ...numbers, "1.step": NaN, "9.lr": 1 },
  };
  assert.throws(() => optimizer.loadStateDict(state), {
    name: "StateDictError",
    problems: [
      "unexpected: 2.mean",
      "unexpected: velocity",
      "unexpected: 9.lr",
      "missing: 0.mean",
      "1.step: NaN where it must be at least 0",
      "1.square: shape [2] where it must be [1]",
    ],
  });
  assert.throws(() => optimizer.loadStateDict({ tensors, numbers: {} }), /missing: 0.lr/);
  assert.equal(JSON.stringify(optimizer.stateDict().numbers), before);
});

Deno.test("no parameters, a parameter twice, and rates that are none are refused", () => {
  const p = Tensor.from([1], { requiresGrad: true });
  assert.throws(() => new optim.SGD([], { lr: 1 }), {
    name: "TypeError",
    message: "Cannot optimize no parameters, as at least one is needed",
  });
  assert.throws(() => new optim.SGD([{ params: [p] }, { params: [p] }], { lr: 1 }), {
    name: "TypeError",
    message: "Cannot optimize a parameter that is given twice",
  });
  for (const lr of [-1, NaN]) {
    assert.throws(() => new optim.AdamW([p], { lr }), {
      name: "RangeError",
      message: `Cannot optimize, as the learning rate must be at least 0: ${lr}`,
    });
  }
});
