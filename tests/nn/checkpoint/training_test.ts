import assert from "node:assert/strict";
import { nn, optim, Random, Tensor, useDevice } from "../../../mod.ts";
import { inFolder } from "../../support/folders.ts";

const SIZES = { vocabSize: 7, contextLength: 6, layers: 1, heads: 2, dim: 8 };

/** Everything that training needs, dropout and random batches included; `Kind` is the optimizer. */
function start(Kind: typeof optim.AdamW | typeof optim.SGD, seed: number) {
  const random = new Random(seed);
  const batches = new Random(seed + 1);
  const model = new nn.GPT({ ...SIZES, dropout: 0.2, random });
  const settings = { lr: 0.05, momentum: 0.9, weightDecay: 0.1 };
  const decayed = model.parameters().filter(({ rank }) => rank > 1);
  const others = model.parameters().filter(({ rank }) => rank < 2);
  const optimizer = new Kind([{ params: decayed }, { params: others, weightDecay: 0 }], settings);
  return { model, optimizer, random: [random, batches] as const };
}

/** The losses of steps from `from` to `to`. */
function train(
  { model, optimizer, random: [, batches] }: ReturnType<typeof start>,
  from: number,
  to: number,
): number[] {
  const schedule = optim.warmupCosine({ peak: 0.05, warmup: 3, total: 12 });
  return Array.from({ length: to - from }, (_, i) => {
    optimizer.lr = schedule(from + i);
    const tokens = [0, 1].map(() => Array.from({ length: 5 }, () => batches.integer(0, SIZES.vocabSize)));
    optimizer.zeroGrad();
    const loss = nn.crossEntropy(model.forward(tokens), tokens);
    loss.backward();
    optim.clipGradNorm(model.parameters(), 1);
    optimizer.step();
    batches.normal(); // one of a pair: the other is kept for later, and must be saved
    return loss.item();
  });
}

for (const device of ["reference", "cpu"] as const) {
  for (const Kind of [optim.AdamW, optim.SGD]) {
    Deno.test(`training with ${Kind.name} on ${device} that stopped goes on with the same losses, bit for bit`, () =>
      inFolder(async (folder) => {
        await useDevice(device);
        const whole = start(Kind, 1);
        train(whole, 0, 5);
        await nn.saveTraining(folder, { ...whole, step: 5 });
        const expected = train(whole, 5, 12);

        const resumed = start(Kind, 99); // other parameters, other chance: all of it must come from the file
        const step = await nn.loadTraining(folder, resumed);
        assert.equal(step, 5);
        assert.deepEqual(train(resumed, step, 12), expected);
      }));
  }
}

Deno.test("what was saved on one device goes on upon another", () =>
  inFolder(async (folder) => {
    await useDevice("cpu");
    const cpu = start(optim.AdamW, 1);
    train(cpu, 0, 3);
    await nn.saveTraining(folder, { ...cpu, step: 3 });
    const expected = train(cpu, 3, 6);
    await useDevice("reference");
    const reference = start(optim.AdamW, 1);
    const losses = train(reference, await nn.loadTraining(folder, reference), 6);
    losses.forEach((loss, i) => assert.ok(Math.abs(loss - expected[i]!) < 1e-4, `${loss} and ${expected[i]}`));
    await useDevice("cpu");
    train(cpu, await nn.loadTraining(folder, cpu), 6);
    assert.ok(cpu.model.parameters().every(({ kernels }) => kernels.device === "cpu"));
  }));

/** All that training would go on with. */
function everything({ model, optimizer, random }: ReturnType<typeof start>): string {
  const arrays = (state: nn.StateDict) => Object.entries(state).map(([name, tensor]) => [name, tensor.toArray()]);
  const { tensors, numbers } = optimizer.stateDict();
  return JSON.stringify([arrays(model.stateDict()), arrays(tensors), numbers, random.map(({ state }) => state)]);
}

Deno.test("a training that does not fit is refused, and nothing is changed", () =>
  inFolder(async (folder) => {
    await useDevice("reference");
    const saved = start(optim.AdamW, 1);
    train(saved, 0, 2);
    await nn.saveTraining(folder, { ...saved, step: 2 });
    const path = `${folder}/training.safetensors`;
    const { tensors, metadata } = await nn.readSafetensors(path);
    const state = JSON.parse(metadata["training"]!);
    const write = (training: unknown, changed: nn.StateDict = tensors) =>
      nn.writeSafetensors(path, changed, { exact: true, metadata: { training: JSON.stringify(training) } });

    const other = start(optim.AdamW, 2);
    train(other, 0, 3);
    const before = everything(other);
    const refused = async (name: string, message: RegExp) => {
      await assert.rejects(nn.loadTraining(folder, other), { name, message });
      assert.equal(everything(other), before);
    };
    await write({ ...state, step: 1.5 });
    await refused("SafetensorsError", /must have a step: 1.5/);
    await write({ ...state, optimizer: { "0.lr": "fast" } });
    await refused("SafetensorsError", /must have the optimizer's numbers: an object/);
    await write({ ...state, optimizer: { ...state.optimizer, "0.lr": -1 } });
    await refused("StateDictError", /0.lr: -1 where it must be at least 0/);
    for (const random of [undefined, [], [[1, 2], [3]], [[0, 0, 0, 0], [1, 2, 3, 4]], [[1.5, 2, 3, 4], [1, 2, 3, 4]]]) {
      await write({ ...state, random });
      await refused("SafetensorsError", /must have the states of as many sources of chance as are given, 2/);
    }
    await write(state, { ...tensors, "model.more": Tensor.ones([1]), "optimizer.more": Tensor.ones([1]) });
    await refused("StateDictError", /unexpected: more/);
    await write(state, { ...tensors, more: Tensor.ones([1]) });
    await refused("SafetensorsError", /"more" must be of the model or the optimizer/);
    const { "optimizer.0.mean": _, ...withoutMean } = tensors; // the model fits, the optimizer does not
    await write(state, withoutMean);
    await refused("StateDictError", /missing: 0.mean/);
    await nn.writeSafetensors(path, tensors);
    await refused("SafetensorsError", /must have a step: nothing/);
    await write(state);
    assert.equal(await nn.loadTraining(folder, other), 2);
    assert.equal(everything(other), everything(saved));
  }));
