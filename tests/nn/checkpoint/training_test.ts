import assert from "node:assert/strict";
import { nn, optim, Random, Tensor, useDevice } from "../../../mod.ts";
import { inFolder } from "../../support/folders.ts";

const SIZES = { vocabSize: 7, contextLength: 6, layers: 1, heads: 2, dim: 8 };

/** Everything that training needs, including dropout and random batches; `Kind` is the optimizer. */
function start(Kind: typeof optim.AdamW | typeof optim.SGD, seed: number) {
  const random = new Random(seed);
  const batches = new Random(seed + 1);
  const model = new nn.GPT({ ...SIZES, dropout: 0.2, random });
  const settings = { lr: 0.05, ...(Kind === optim.SGD && { momentum: 0.9 }) };
  const optimizer = new Kind(optim.weightDecayGroups(model.parameters(), 0.1), settings);
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
    batches.normal(); // one of a pair: the other is kept, and must be saved
    return loss.item();
  });
}

for (const device of ["reference", "cpu"] as const) {
  for (const Kind of [optim.AdamW, optim.SGD]) {
    Deno.test(`training with ${Kind.name} on ${device} that stopped resumes with the same losses, bit for bit`, () =>
      inFolder(async (folder) => {
        await useDevice(device);
        const whole = start(Kind, 1);
        train(whole, 0, 5);
        await nn.saveTraining(folder, { ...whole, step: 5 });
        const expected = train(whole, 5, 12);

        const resumed = start(Kind, 99); // other parameters and random numbers: everything must come from the file
        const step = await nn.loadTraining(folder, resumed);
        assert.equal(step, 5);
        assert.deepEqual(train(resumed, step, 12), expected);
      }));
  }
}

Deno.test("training saved on one device resumes on another", () =>
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

/** The full state of training. */
function everything({ model, optimizer, random }: ReturnType<typeof start>): string {
  const arrays = (state: nn.StateDict) => Object.entries(state).map(([name, tensor]) => [name, tensor.toArray()]);
  const { tensors, numbers } = optimizer.stateDict();
  return JSON.stringify([arrays(model.stateDict()), arrays(tensors), numbers, random.map(({ state }) => state)]);
}

Deno.test("a training that does not fit is rejected, and nothing changes", () =>
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
    await refused("StateDictError", /0.lr: -1 where it must be a finite number, at least 0/);
    for (const random of [undefined, [], [[1, 2], [3]], [[0, 0, 0, 0], [1, 2, 3, 4]], [[1.5, 2, 3, 4], [1, 2, 3, 4]]]) {
      await write({ ...state, random });
      await refused("SafetensorsError", /must have the states of as many random number generators as are given, 2/);
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

/** A training whose batches, dropout, rates and loss all depend on its history; its parts hold the random numbers. */
function startEpochs(seed: number) {
  const model = new nn.Sequential(
    new nn.Linear(1, 6, { random: new Random(seed) }),
    (x) => x.tanh(),
    new nn.Dropout(0.3, { random: new Random(seed + 1) }),
    new nn.Linear(6, 1, { random: new Random(seed + 2) }),
  );
  const [first, ...others] = model.parameters() as [Tensor, ...Tensor[]];
  const optimizer = new optim.AdamW([{ params: [first], lr: 0.01 }, { params: others }], { lr: 0.1 });
  const plateau = new optim.ReduceOnPlateau(optimizer, { factor: 0.5, patience: 2 });
  const data = Array.from({ length: 7 }, (_, i) => i / 7);
  const loader = new nn.DataLoader(data, { batchSize: 2, shuffle: new Random(seed + 3) });
  return { model, optimizer, plateau, loader };
}

const EPOCHS = 3;

/** The steps of a training as text, bit for bit; `after` is called at the end of each. */
async function runEpochs(
  training: ReturnType<typeof startEpochs>,
  after: (step: number) => Promise<void> | void = () => {},
): Promise<string[]> {
  const { model, optimizer, plateau, loader } = training;
  const log: string[] = [];
  for (const { epoch, step, batch } of loader.epochs(EPOCHS)) {
    optimizer.zeroGrad();
    const x = Tensor.from(batch.map((value) => [value])); // [B, 1]
    const loss = nn.mseLoss(model.forward(x), x.mul(3));
    loss.backward();
    optimizer.step();
    plateau.report(loss.item());
    log.push(JSON.stringify([epoch, step, batch, loss.item(), optimizer.groups.map(({ lr }) => lr)]));
    await after(step);
  }
  return log;
}

Deno.test("a run that stops after any step and resumes equals one that never stopped, bit for bit", () =>
  inFolder(async (folder) => {
    await useDevice("cpu");
    const whole = await runEpochs(startEpochs(1));
    const steps = EPOCHS * 4; // 7 examples in batches of 2
    assert.equal(whole.length, steps);
    for (let stop = 0; stop < steps; stop++) {
      const [stopped, resumed] = [startEpochs(1), startEpochs(50)]; // other parameters and random numbers
      await runEpochs(stopped, async (step) => {
        if (step === stop) await nn.saveTraining(folder, { ...stopped, step });
      });
      assert.equal(await nn.loadTraining(folder, resumed), stop);
      assert.deepEqual(await runEpochs(resumed), whole.slice(stop + 1), `stopped after step ${stop}`);
    }
  }));

Deno.test("a loader's place is kept with the source that shuffles it, where the loader itself is not given", () =>
  inFolder(async (folder) => {
    const data = Array.from({ length: 7 }, (_, i) => i);
    const start = (seed: number) => {
      const model = new nn.Linear(1, 1, { random: new Random(1) });
      return { model, optimizer: new optim.SGD(model.parameters(), { lr: 0.1 }), random: new Random(seed) };
    };
    const loaderOf = ({ random }: { random: Random }) => new nn.DataLoader(data, { batchSize: 2, shuffle: random });
    const whole = [...loaderOf(start(5)).epochs(2)];
    for (let stop = 0; stop < whole.length; stop++) {
      const [one, two] = [start(5), start(6)];
      const early = loaderOf(two); // made before the file is loaded, or after: both go on
      for (const { step } of loaderOf(one).epochs(2)) {
        if (step !== stop) continue;
        await nn.saveTraining(folder, { ...one, step });
        break;
      }
      await nn.loadTraining(folder, two);
      const another = new nn.DataLoader([1, 2, 3], { batchSize: 2 }); // of another source: not concerned
      assert.equal([...another].flat().length, 3);
      if (stop % 4 === 1) { // saved again before it goes on, it is the same place
        await nn.saveTraining(folder, { ...two, step: stop });
        await nn.loadTraining(folder, two);
      }
      const resumed = stop % 2 === 0 ? early : loaderOf(two);
      assert.deepEqual([...resumed.epochs(2)], whole.slice(stop + 1), `stopped after step ${stop}`);
    }
  }));

Deno.test("a state that could not be loaded again does not replace a good file", () =>
  inFolder(async (folder) => {
    const training = startEpochs(1);
    await nn.saveTraining(folder, { ...training, step: 1 });
    for (const step of [1.5, NaN, -1]) {
      await assert.rejects(nn.saveTraining(folder, { ...training, step }), {
        name: "RangeError",
        message: `Cannot save training, as the option "step" must be a whole number, at least 0: ${step}`,
      });
    }
    training.optimizer.groups[1]!.lr = NaN; // as a custom schedule may do
    await assert.rejects(nn.saveTraining(folder, { ...training, step: 2 }), {
      name: "RangeError",
      message: "Cannot save training, as it could not be loaded again: " +
        "the optimizer's 1.lr: NaN where it must be a finite number, at least 0",
    });
    assert.equal(await nn.loadTraining(folder, startEpochs(2)), 1);
  }));

Deno.test("a file of other parts is rejected, and no part changes", () =>
  inFolder(async (folder) => {
    await nn.saveTraining(folder, { ...startEpochs(1), step: 1 });
    const other = startEpochs(2);
    const everything = () =>
      JSON.stringify([
        Object.values(other.model.stateDict()).map((p) => p.toArray()),
        other.loader.state,
        other.plateau.state,
        other.optimizer.stateDict().numbers,
      ]);
    const before = everything();
    const { loader: _, ...withoutLoader } = other;
    const { plateau: __, ...withoutPlateau } = other;
    const refused = async (training: nn.Training, message: RegExp) => {
      await assert.rejects(nn.loadTraining(folder, training), { name: "SafetensorsError", message });
      assert.equal(everything(), before);
    };
    await refused(withoutPlateau, /the state of a ReduceOnPlateau if one is given, and only then: an object/);
    await refused(withoutLoader, /as many random number generators as are given, 1/);
    const shorter = new nn.DataLoader([1, 2], { batchSize: 2, shuffle: new Random(1) });
    await refused({ ...other, loader: shorter }, /must be of a loader with the same examples, 2: 7/);
    await refused({ ...other, loader: [other.loader, other.loader] }, /as many loaders as are given, 2/);
    await assert.rejects(nn.loadTraining(folder, { ...other, modle: 1 } as unknown as nn.Training), {
      name: "TypeError",
      message: /there is no option "modle"/,
    });
  }));
