/** Stopping training, and resuming it as if it had never stopped. */

import { Random } from "../../autograd/random.ts";
import {
  checkArguments,
  either,
  instance,
  isList,
  optionsOf,
  required,
  type Rule,
  string,
  that,
  whole,
} from "../../checks/mod.ts";
import { checkLoaderState, DataLoader, placeOfSource, resumeSource } from "../data/loader.ts";
import { type DataLoaderState, loaderStateRule } from "../data/loader_state.ts";
import { makeFolder } from "../files.ts";
import { Dropout } from "../layers/dropout.ts";
import { Module } from "../module.ts";
import type { StateDict } from "../state_dict.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { type OptimizerState, wrongNumber } from "../optim/state.ts";
import { type PlateauState, ReduceOnPlateau } from "../optim/schedules.ts";
import { isRandomState } from "../random_state.ts";
import { isRecord, parseObject, showValue } from "./json.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";
import { SafetensorsError } from "./safetensors_header.ts";

/** The parts of training that change as it runs. */
export interface Training {
  /** The model; the random number generators of its dropout layers are saved with it. */
  readonly model: Module;
  /** The optimizer of the model's parameters. */
  readonly optimizer: Pick<Optimizer<{ lr: number }>, "stateDict" | "loadStateDict">;
  /**
   * Further random number generators in use, for example for batches. If one shuffles a loader, the loader's position
   * is saved too: after loading, the next loader that it shuffles resumes there. Default: none.
   */
  readonly random?: Random | readonly Random[];
  /** The loader of the batches, or several; their positions in the epoch are saved. Default: none. */
  readonly loader?: DataLoader<unknown> | readonly DataLoader<unknown>[];
  /** A schedule that follows the loss. Default: none. */
  readonly plateau?: ReduceOnPlateau;
}

const FILE = "training.safetensors";

const trainingRules = {
  model: required(instance(Module)),
  optimizer: required(that<Training["optimizer"]>("an optimizer", (value) => {
    return typeof value === "object" && value !== null && "stateDict" in value && "loadStateDict" in value;
  })),
  random: oneOrMore(Random),
  loader: oneOrMore(DataLoader),
  plateau: instance(ReduceOnPlateau),
};
const saving = {
  folder: required(string),
  training: required(optionsOf<Training & { step: number }>({ ...trainingRules, step: required(whole({ min: 0 })) })),
};
const loading = { folder: required(string), training: required(optionsOf<Training>(trainingRules)) };

/** The rule of one object of a class, or a list of them. */
function oneOrMore<T>(type: abstract new (...inputs: never[]) => T): Rule<never> {
  const list = that<readonly T[]>("a list of such", (value) => {
    return isList(value) && Array.from(value).every((item) => item instanceof type);
  });
  return either(instance(type), list) as Rule<never>; // the record's rule takes any value
}

/**
 * Saves everything needed to resume training into one file in the folder, `training.safetensors`.
 *
 * Every bit is kept: a resumed run takes exactly the steps that it would have taken without the stop, even in the
 * middle of a loader's epoch. A batch that the loader has returned counts as used. Tensors of the reference device are
 * written as float64. The file is written completely or not at all, so everything in it belongs to one step, and a
 * state that could not be loaded again never replaces a good file.
 *
 * @throws {RangeError} If the step is not a whole number of at least 0, or the optimizer's state holds a number that
 * `loadTraining` would reject, such as a learning rate of NaN.
 *
 * @example
 * ```ts
 * import { nn, optim, Random, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const start = () => {
 *   const model = new nn.Linear(2, 1, { random: new Random(1) });
 *   return { model, optimizer: new optim.AdamW(model.parameters(), { lr: 0.1 }) };
 * };
 * const step = ({ model, optimizer }: ReturnType<typeof start>) => {
 *   optimizer.zeroGrad();
 *   model.forward(Tensor.ones([1, 2])).pow(2).sum().backward();
 *   optimizer.step();
 * };
 * const [one, other, folder] = [start(), start(), await Deno.makeTempDir()];
 * step(one);
 * await nn.saveTraining(folder, { ...one, step: 1 });
 * assert.equal(await nn.loadTraining(folder, other), 1);
 * for (const training of [one, other]) step(training);
 * assert.deepEqual(other.model.weight.toArray(), one.model.weight.toArray());
 * ```
 */
export async function saveTraining(folder: string, training: Training & { step: number }): Promise<void> {
  checkArguments("save training", arguments, saving);
  const { model, optimizer, step, plateau } = training;
  const [sources, loaders] = [sourcesOf(training), loadersOf(training)];
  const { tensors, numbers } = optimizer.stateDict();
  const unreadable = Object.entries(numbers).flatMap(([name, x]) => wrongNumber(name, x));
  if (unreadable.length > 0) {
    throw new RangeError(`Cannot save training, as it could not be loaded again: the optimizer's ${unreadable[0]}`);
  }
  const state: Saved = {
    step,
    optimizer: numbers,
    random: sources.map(({ state }) => state),
    places: sources.map((source) => loaders.some(({ random }) => random === source) ? null : placeOfSource(source)),
    loaders: loaders.map(({ state }) => state),
    plateau: plateau?.state ?? null,
  };
  await makeFolder(folder);
  const all = { ...prefixed("model.", model.stateDict()), ...prefixed("optimizer.", tensors) };
  await writeSafetensors(`${folder}/${FILE}`, all, { metadata: { training: JSON.stringify(state) }, exact: true });
}

/**
 * Restores a model, its optimizer, loaders and random number generators to the state that `saveTraining` wrote.
 *
 * The training must consist of the same parts as the saved one.
 *
 * @returns The step given to `saveTraining`.
 * @throws {SafetensorsError | StateDictError} If the file is damaged, or of another model, optimizer or loader; nothing
 * is changed then.
 *
 * @example
 * ```ts
 * import { nn, optim, Random } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const start = () => {
 *   const model = new nn.Linear(1, 1, { random: new Random(1) });
 *   const loader = new nn.DataLoader([1, 2, 3, 4], { batchSize: 1, shuffle: new Random(2) });
 *   return { model, loader, optimizer: new optim.SGD(model.parameters(), { lr: 0.1 }) };
 * };
 * const [one, other, folder] = [start(), start(), await Deno.makeTempDir()];
 * const seen: number[] = [];
 * for (const { batch, step } of one.loader.epochs(1)) {
 *   seen.push(...batch);
 *   if (step === 1) await nn.saveTraining(folder, { ...one, step });
 * }
 * await nn.loadTraining(folder, other);
 * assert.deepEqual([...other.loader.epochs(1)].flatMap(({ batch }) => batch), seen.slice(2)); // the rest of the epoch
 * ```
 */
export async function loadTraining(folder: string, training: Training): Promise<number> {
  checkArguments("load training", arguments, loading);
  const path = `${folder}/${FILE}`;
  let saved: Saved | undefined;
  const { tensors } = await readSafetensors(path, (entries, metadata) => {
    saved = parseState(metadata, training, path); // before any tensor is read
    const stranger = [...entries.keys()].find((name) => !/^(model|optimizer)\./.test(name));
    if (stranger === undefined) return entries.keys();
    throw new SafetensorsError(path, `"${stranger}" must be of the model or the optimizer`);
  });
  const { step, random, places, loaders: standing, plateau: waited, optimizer: numbers } = saved!; // already set
  const { model, optimizer, plateau } = training;
  const [sources, loaders] = [sourcesOf(training), loadersOf(training)];
  const before = model.stateDict();
  model.loadStateDict(within("model.", tensors));
  try {
    optimizer.loadStateDict({ tensors: within("optimizer.", tensors), numbers });
  } catch (error) {
    model.loadStateDict(before); // an optimizer that throws has changed nothing
    throw error;
  }
  sources.forEach((source, i) => source.state = random[i]!); // their number and values have been checked
  sources.forEach((source, i) => resumeSource(source, places[i] ?? null));
  loaders.forEach((loader, i) => loader.state = standing[i]!);
  if (plateau !== undefined && waited !== null) plateau.state = waited;
  return step;
}

/** The state that is saved beside the tensors. */
interface Saved {
  readonly step: number;
  readonly optimizer: OptimizerState["numbers"];
  /** The state of each random number generator. */
  readonly random: readonly (readonly number[])[];
  /** The position of the loader that each generator shuffles, unless the loader itself was given. */
  readonly places: readonly (DataLoaderState | null)[];
  /** The position of each given loader. */
  readonly loaders: readonly DataLoaderState[];
  readonly plateau: PlateauState | null;
}

/** All random number generators, each once: the given ones, the model's and the loaders'. */
function sourcesOf({ model, random = [], ...training }: Training): Random[] {
  const dropouts = model.namedModules().flatMap(([, part]) => part instanceof Dropout && part.rate > 0 ? [part] : []);
  const shuffled = loadersOf(training).flatMap(({ random }) => random === undefined ? [] : [random]);
  return [...new Set([...[random].flat(), ...dropouts.map(({ random }) => random), ...shuffled])];
}

function loadersOf({ loader = [] }: Pick<Training, "loader">): DataLoader<unknown>[] {
  return [loader].flat();
}

function parseState(metadata: Readonly<Record<string, string>>, training: Training, path: string): Saved {
  const fail = (rule: string) => new SafetensorsError(path, `the state of training in it ${rule}`);
  const state = parseObject(metadata["training"] ?? "{}", fail);
  const { step, optimizer, random, places = [], loaders = [], plateau = null } = state;
  const [sources, given] = [sourcesOf(training).length, loadersOf(training).length];
  if (typeof step !== "number" || !Number.isSafeInteger(step) || step < 0) {
    throw fail(`must have a step: ${showValue(step)}`);
  }
  if (!isRecord(optimizer) || !Object.values(optimizer).every((value) => typeof value === "number")) {
    throw fail(`must have the optimizer's numbers: ${showValue(optimizer)}`);
  }
  if (!Array.isArray(random) || random.length !== sources || !random.every(isRandomState)) {
    throw fail(
      `must have the states of as many random number generators as are given, ${sources}: ${showValue(random)}`,
    );
  }
  if (!Array.isArray(places) || !places.every((place) => place === null || loaderStateRule.isKind(place))) {
    throw fail(`must have the places of loaders by their random number generators: ${showValue(places)}`);
  }
  if (!Array.isArray(loaders) || loaders.length !== given) {
    throw fail(`must have the places of as many loaders as are given, ${given}: ${showValue(loaders)}`);
  }
  if ((plateau !== null) !== (training.plateau !== undefined)) {
    throw fail(`must have the state of a ReduceOnPlateau if one is given, and only then: ${showValue(plateau)}`);
  }
  try {
    loadersOf(training).forEach((loader, i) => checkLoaderState(loader, loaders[i]));
    if (plateau !== null) new ReduceOnPlateau({ lr: 0 }).state = plateau as PlateauState; // the setter checks it
  } catch (error) {
    throw fail(`must fit its parts: ${error instanceof Error ? error.message : error}`);
  }
  // Numbers and states, as checked above.
  return {
    step,
    optimizer: optimizer as Saved["optimizer"],
    random,
    places,
    loaders,
    plateau: plateau as PlateauState | null,
  };
}

function prefixed(prefix: string, tensors: StateDict): StateDict {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]));
}

function within(prefix: string, tensors: StateDict): StateDict {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}
