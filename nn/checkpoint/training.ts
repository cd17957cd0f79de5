/** Training that is stopped, and goes on later as if it had not been. */

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
import { Module, type StateDict } from "../module.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { type OptimizerState, wrongNumber } from "../optim/state.ts";
import { type PlateauState, ReduceOnPlateau } from "../optim/schedules.ts";
import { isRandomState } from "../random_state.ts";
import { isRecord, parseObject, showValue } from "./json.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";
import { SafetensorsError } from "./safetensors_header.ts";

/** What takes part in training, and changes in its course. */
export interface Training {
  /** The model that is trained; the sources of chance of its dropouts are kept with it. */
  readonly model: Module;
  /** What moves the model's parameters. */
  readonly optimizer: Pick<Optimizer<{ lr: number }>, "stateDict" | "loadStateDict">;
  /**
   * Further sources of chance that are drawn from, for batches for instance. Of a source that shuffles a loader, the
   * loader's place is kept too: after loading, the next loader that it shuffles goes on from there. Default: none.
   */
  readonly random?: Random | readonly Random[];
  /** The loader that batches come from, or several: where they stand in their epoch is kept. Default: none. */
  readonly loader?: DataLoader<unknown> | readonly DataLoader<unknown>[];
  /** A schedule that follows the loss, if there is one. Default: none. */
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
  return either(instance(type), list) as Rule<never>; // a rule of the record takes what is given to it
}

/**
 * Writes all that training needs to go on into one file of the folder, `training.safetensors`.
 *
 * Every bit is kept: a run that goes on from the file makes the very steps that it would have made without a stop, at
 * any step, within an epoch of a loader too. A batch that the loader has handed out counts as used. Tensors of the
 * reference device are written as float64. The file appears whole or not at all, so that everything in it is of one
 * step, and what could not be loaded again never replaces a good file.
 *
 * @throws {RangeError} If the step is not a whole number of at least 0, or the optimizer's state holds a number that
 * `loadTraining` would refuse, such as a learning rate of NaN.
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
 * Puts a model, its optimizer, loaders and sources of chance into the state that `saveTraining` wrote.
 *
 * The training must be made of the same parts as the one that was saved.
 *
 * @returns The step that was given to `saveTraining`.
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
  const { step, random, places, loaders: standing, plateau: waited, optimizer: numbers } = saved!; // set before the tensors were read
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
  sources.forEach((source, i) => source.state = random[i]!); // as many, and sound, as was checked
  sources.forEach((source, i) => resumeSource(source, places[i] ?? null));
  loaders.forEach((loader, i) => loader.state = standing[i]!);
  if (plateau !== undefined && waited !== null) plateau.state = waited;
  return step;
}

/** What is saved beside the tensors. */
interface Saved {
  readonly step: number;
  readonly optimizer: OptimizerState["numbers"];
  /** The state of each source of chance. */
  readonly random: readonly (readonly number[])[];
  /** Where the loader stands that a source of chance shuffles, if it was not given itself. */
  readonly places: readonly (DataLoaderState | null)[];
  /** Where each loader stands that was given. */
  readonly loaders: readonly DataLoaderState[];
  readonly plateau: PlateauState | null;
}

/** All sources of chance, each once: those that are given, the model's dropouts' and the loaders'. */
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
    throw fail(`must have the states of as many sources of chance as are given, ${sources}: ${showValue(random)}`);
  }
  if (!Array.isArray(places) || !places.every((place) => place === null || loaderStateRule.isKind(place))) {
    throw fail(`must have the places of loaders by their sources of chance: ${showValue(places)}`);
  }
  if (!Array.isArray(loaders) || loaders.length !== given) {
    throw fail(`must have the places of as many loaders as are given, ${given}: ${showValue(loaders)}`);
  }
  if ((plateau !== null) !== (training.plateau !== undefined)) {
    throw fail(`must have the state of a ReduceOnPlateau if one is given, and only then: ${showValue(plateau)}`);
  }
  try {
    loadersOf(training).forEach((loader, i) => checkLoaderState(loader, loaders[i]));
    if (plateau !== null) new ReduceOnPlateau({ lr: 0 }).state = plateau as PlateauState; // looks at what it is set to
  } catch (error) {
    throw fail(`must fit its parts: ${error instanceof Error ? error.message : error}`);
  }
  // Numbers and states, as was checked.
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
