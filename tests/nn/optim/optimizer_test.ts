import * as fc from "fast-check";
import assert from "node:assert/strict";
import { withKernels } from "../../../kernels/device.ts";
import { reference } from "../../../kernels/reference/mod.ts";
import { optim, Random, Tensor, useDevice } from "../../../mod.ts";
import { assertClose } from "../../support/closeness.ts";
import { property } from "../../support/property.ts";

await useDevice("reference");

/** One number's path through the steps of an optimizer, by its paper. */
interface Oracle {
  step(p: number, g: number): number;
}

interface Settings {
  readonly lr: number;
  readonly weightDecay: number;
  readonly momentum: number;
  readonly betas: readonly [number, number];
}

/** Each optimizer, and its expected effect on a single number. */
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
  property(`${name} updates every number as in its paper`, trainings, ({ shapes, steps, seed, ...settings }) => {
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

  property(`${name} resumes from a saved state as if it had never stopped, bit for bit`, trainings, (drawn) => {
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

  Deno.test(`${name}: groups have their own settings, with the optimizer's as defaults`, () => {
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
    Deno.test(`${name} on ${device}: a step changes only its parameters: gradients, snapshots, graphs and states stay`, async () => {
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

Deno.test("zeroGrad clears the gradients; without a gradient a step changes nothing", () => {
  const p = Tensor.from([1, 2], { requiresGrad: true });
  const optimizer = new optim.AdamW([p], { lr: 0.1, weightDecay: 0.5 });
  p.sum().backward();
  optimizer.zeroGrad();
  assert.equal(p.grad, null);
  optimizer.step();
  assert.deepEqual(p.toArray(), [1, 2]);
  assert.deepEqual(optimizer.stateDict(), { tensors: {}, numbers: { lr: 0.1, "0.lr": 0.1 } });
});

Deno.test("a state of other parameters is rejected with all problems, and nothing changes", () => {
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
      "1.step: NaN where it must be a whole number, at least 0",
      "1.square: shape [2] where it must be [1]",
    ],
  });
  assert.throws(() => optimizer.loadStateDict({ tensors, numbers: {} }), /missing: 0.lr/);
  assert.equal(JSON.stringify(optimizer.stateDict().numbers), before);
});

Deno.test("no parameters, a repeated parameter, and invalid rates are rejected", () => {
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
      message: `Cannot make an AdamW, as the option "lr" must be a finite number, at least 0: ${lr}`,
    });
  }
});

/** Two parameters, of 1 and 2 elements, without gradients. */
function twoParameters(): [Tensor, Tensor] {
  return [Tensor.from([1], { requiresGrad: true }), Tensor.from([2, 3], { requiresGrad: true })];
}

Deno.test("setting the learning rate scales the groups' own rates, even through 0 and back", () => {
  const [a, b] = twoParameters();
  const optimizer = new optim.SGD([{ params: [a] }, { params: [b], lr: 0.01 }], { lr: 1 });
  const rates = () => optimizer.groups.map(({ lr }) => lr);
  assert.deepEqual(rates(), [1, 0.01]);
  optimizer.lr = 0.5;
  assert.deepEqual([optimizer.lr, ...rates()], [0.5, 0.5, 0.005]);
  optimizer.lr = 0;
  assert.deepEqual(rates(), [0, 0]);
  optimizer.lr = 2;
  assert.deepEqual(rates(), [2, 0.02]);
  new optim.ReduceOnPlateau(optimizer, { factor: 0.5, patience: 1 }).report(NaN);
  assert.deepEqual([optimizer.lr, ...rates()], [1, 1, 0.01]);
  for (const lr of [NaN, -1, Infinity]) {
    assert.throws(() => optimizer.lr = lr, {
      name: "RangeError",
      message: `Cannot set the learning rate, as it must be a finite number, at least 0: ${lr}`,
    });
  }
  assert.deepEqual(rates(), [1, 0.01]);
});

Deno.test("a group's rate cannot be a multiple of 0", () => {
  const [a, b] = twoParameters();
  assert.throws(() => new optim.SGD([{ params: [a], lr: 1 }, { params: [b] }], { lr: 0 }), {
    name: "RangeError",
    message:
      "Cannot optimize, as a group's learning rate is scaled with the optimizer's, which must then be above 0: " +
      "1 beside 0",
  });
  const optimizer = new optim.SGD([a, b], { lr: 0 }); // before a schedule sets it
  optimizer.lr = 0.5;
  assert.deepEqual(optimizer.groups.map(({ lr }) => lr), [0.5]);
});

Deno.test("settings, including those of groups, are checked when the optimizer is made; undefined means the default", () => {
  const [a, b] = twoParameters();
  const given = (value: unknown) => value as number; // as in a notebook, where types are not checked
  const refused = (settings: Partial<optim.AdamSettings>, name: string, message: RegExp) => {
    assert.throws(() => new optim.AdamW([a], { lr: 0.1, ...settings }), { name, message });
    assert.throws(() => new optim.Adam([{ params: [a] }, { params: [b], ...settings }], { lr: 0.1 }), {
      name,
      message,
    });
  };
  refused(
    { betas: [0.9, 1] },
    "RangeError",
    /"betas" must be two numbers, each at least 0 and less than 1: \[0.9, 1\]$/,
  );
  refused({ betas: [0.9] as unknown as [number, number] }, "TypeError", /"betas" must be two numbers/);
  refused({ eps: -1 }, "RangeError", /"eps" must be a finite number, at least 0: -1$/);
  refused({ weightDecay: given("0.1") }, "TypeError", /"weightDecay" must be .*: "0.1"$/);
  refused({ momentum: 0.9 } as Partial<optim.AdamSettings>, "TypeError", /there is no option "momentum"/);
  assert.throws(() => new optim.SGD([a], given(undefined) as unknown as { lr: number }), {
    name: "TypeError",
    message: 'Cannot make an SGD, as the option "lr" must be given: a finite number, at least 0',
  });
  const spare = new optim.AdamW([a], { lr: 0.1, weightDecay: given(undefined), eps: given(undefined) });
  const plain = new optim.AdamW([a], { lr: 0.1 });
  assert.deepEqual(spare.groups, plain.groups);
});

for (const Kind of [optim.SGD, optim.Adam, optim.AdamW]) {
  Deno.test(`${Kind.name}: a step that fails changes no parameter`, () => {
    const [a, b] = twoParameters();
    const optimizer = new Kind([a, b], { lr: 0.1 });
    const other = withKernels({ ...reference, device: "other" }, () => Tensor.ones([2]));
    const refused = (message: string | RegExp) => {
      assert.throws(() => optimizer.step(), { name: "TypeError", message });
      assert.deepEqual([a.toArray(), b.toArray()], [[1], [2, 3]]);
      assert.deepEqual(optimizer.stateDict().tensors, {});
    };
    a.grad = Tensor.ones([1]);
    for (const shape of [[1], [9], [1, 2], []]) {
      b.grad = Tensor.ones(shape);
      refused(`Cannot step, as the gradient of parameter 1 must be a Tensor of its shape, [2]: [${shape.join(", ")}]`);
    }
    b.grad = other;
    refused("Cannot step, as the gradient of parameter 1 must be on its device, reference: it is on other");
    b.grad = [1, 2] as unknown as Tensor; // as in a notebook, where types are not checked
    refused("Cannot step, as the gradient of parameter 1 must be a Tensor of its shape, [2]: [1, 2]");
    b.grad = Tensor.ones([2]);
    optimizer.groups[0]!.lr = NaN;
    assert.throws(() => optimizer.step(), {
      name: "RangeError",
      message: 'Cannot step, as the setting "lr" must be a finite number, at least 0: NaN',
    });
    assert.deepEqual([a.toArray(), b.toArray()], [[1], [2, 3]]);
  });

  Deno.test(`${Kind.name}: a device that has ended stops the step before any change, and leaves a state as it was`, () => {
    const alive = twoParameters()[0];
    let ended = false;
    const read = (...given: Parameters<typeof reference.read>) => {
      assert.ok(!ended, "the device has ended");
      return reference.read(...given);
    };
    const gone = withKernels({ ...reference, device: "gone", read }, () => Tensor.from([5], { requiresGrad: true }));
    const optimizer = new Kind([alive, gone], { lr: 0.1 });
    [alive.grad, gone.grad] = [alive.like(1), gone.like(1)];
    const here = new Kind([twoParameters()[0]], { lr: 0.1 });
    const state = new Kind([gone], { lr: 7 }).stateDict();
    const tensors = { "0.mean": gone, "0.square": gone, "0.velocity": gone };
    const remembered = Object.fromEntries(
      Object.entries(tensors).filter(([name]) => (name === "0.velocity") === (Kind === optim.SGD)),
    );
    ended = true;
    assert.throws(() => optimizer.step(), /the device has ended/);
    assert.deepEqual(alive.toArray(), [1]);
    const numbers = { ...state.numbers, "0.step": 1 };
    assert.throws(() => here.loadStateDict({ tensors: remembered, numbers }), /the device has ended/);
    assert.equal(here.lr, 0.1);
  });
}

Deno.test("invalid states are rejected", () => {
  const optimizer = new optim.AdamW([twoParameters()[0]], { lr: 0.1 });
  for (const state of [undefined, null, [], {}, { tensors: {}, numbers: null }, { tensors: [], numbers: {} }]) {
    assert.throws(() => optimizer.loadStateDict(state as unknown as optim.OptimizerState), { // as in a notebook
      name: "TypeError",
      message: /^Cannot load the state of an optimizer, as "state" must be/,
    });
  }
  const numbers = { lr: 0.1, "0.lr": Infinity, "0.step": 1.5 };
  const tensors = { "0.mean": 1, "0.square": Tensor.ones([1]) } as unknown as Record<string, Tensor>;
  assert.throws(() => optimizer.loadStateDict({ tensors, numbers }), {
    problems: [
      "0.lr: Infinity where it must be a finite number, at least 0",
      "0.step: 1.5 where it must be a whole number, at least 0",
      "0.mean: 1 where it must be a Tensor",
    ],
  });
});

Deno.test("weight decay applies to matrices and tables; empty groups are left out", () => {
  const [matrix, bias] = [Tensor.zeros([2, 2]), Tensor.zeros([2])];
  assert.deepEqual(optim.weightDecayGroups([bias, matrix], 0.5), [
    { params: [matrix], weightDecay: 0.5 },
    { params: [bias], weightDecay: 0 },
  ]);
  assert.deepEqual(optim.weightDecayGroups([bias], 0.5), [{ params: [bias], weightDecay: 0 }]);
  assert.throws(() => optim.weightDecayGroups([matrix], -1), { name: "RangeError" });
});

Deno.test("a result of an operation is no parameter: stepping it would train nothing", () => {
  const w = Tensor.from([1, 2], { requiresGrad: true });
  assert.throws(() => new optim.SGD([w, w.mul(2)], { lr: 1 }), /^TypeError: Cannot optimize a result of "mul", as/);
});
