/** Training that is stopped, and goes on later as if it had not been. */

import { Random } from "../../autograd/random.ts";
import type { Module, StateDict } from "../module.ts";
import type { Optimizer, OptimizerState } from "../optim/optimizer.ts";
import { isRecord, parseObject, showValue } from "./json.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";
import { SafetensorsError } from "./safetensors_header.ts";

/** What takes part in training, and changes in its course. */
export interface Training {
  readonly model: Module;
  readonly optimizer: Pick<Optimizer<{ lr: number }>, "stateDict" | "loadStateDict">;
  /** The sources of chance that are drawn from: the model's, for dropout, the loader's, for shuffling. */
  readonly random?: Random | readonly Random[];
}

const FILE = "training.safetensors";

/**
 * Writes all that training needs to go on into one file of the folder, `training.safetensors`.
 *
 * Every bit is kept: tensors of the reference device are written as float64. The file appears whole or not at all, so
 * that the model and the optimizer in it are always of the same step.
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
  const { model, optimizer, step, random = [] } = training;
  const { tensors, numbers } = optimizer.stateDict();
  const state: Saved = { step, optimizer: numbers, random: [random].flat().map(({ state }) => state) };
  await Deno.mkdir(folder, { recursive: true });
  const all = { ...prefixed("model.", model.stateDict()), ...prefixed("optimizer.", tensors) };
  await writeSafetensors(`${folder}/${FILE}`, all, { metadata: { training: JSON.stringify(state) }, exact: true });
}

/**
 * Puts a model, its optimizer and the sources of chance into the state that `saveTraining` wrote.
 *
 * @returns The step that was given to `saveTraining`.
 * @throws {SafetensorsError | StateDictError} If the file is damaged, or of another model or optimizer; nothing is
 * changed then.
 */
export async function loadTraining(folder: string, { model, optimizer, random = [] }: Training): Promise<number> {
  const path = `${folder}/${FILE}`;
  const { tensors, metadata } = await readSafetensors(path);
  const sources = [random].flat();
  const saved = parseState(metadata["training"] ?? "{}", sources.length, path);
  const stranger = Object.keys(tensors).find((name) => !/^(model|optimizer)\./.test(name));
  if (stranger !== undefined) throw new SafetensorsError(path, `"${stranger}" must be of the model or the optimizer`);
  const apply = (state: Saved, parameters: StateDict, memories: StateDict) => {
    model.loadStateDict(parameters);
    optimizer.loadStateDict({ tensors: memories, numbers: state.optimizer });
    sources.forEach((source, i) => source.state = state.random[i]!); // as many, as was checked
  };
  const [parameters, { tensors: memories, numbers }] = [model.stateDict(), optimizer.stateDict()];
  const before = { step: 0, optimizer: numbers, random: sources.map(({ state }) => state) };
  try {
    apply(saved, within("model.", tensors), within("optimizer.", tensors));
  } catch (error) {
    apply(before, parameters, memories);
    throw error;
  }
  return saved.step;
}

/** What is saved beside the tensors. */
interface Saved {
  readonly step: number;
  readonly optimizer: OptimizerState["numbers"];
  /** The state of each source of chance. */
  readonly random: readonly (readonly number[])[];
}

function parseState(text: string, sources: number, path: string): Saved {
  const fail = (rule: string) => new SafetensorsError(path, `the state of training in it ${rule}`);
  const { step, optimizer, random } = parseObject(text, fail);
  if (typeof step !== "number" || !Number.isSafeInteger(step)) throw fail(`must have a step: ${showValue(step)}`);
  if (!isRecord(optimizer) || !Object.values(optimizer).every((value) => typeof value === "number")) {
    throw fail(`must have the optimizer's numbers: ${showValue(optimizer)}`);
  }
  if (!Array.isArray(random) || random.length !== sources || !random.every(isRandomState)) {
    throw fail(`must have the states of as many sources of chance as are given, ${sources}: ${showValue(random)}`);
  }
  return { step, optimizer: optimizer as Saved["optimizer"], random }; // numbers, as was checked
}

/** Whether a source of chance takes this state. */
function isRandomState(state: unknown): state is number[] {
  if (!Array.isArray(state)) return false;
  try {
    new Random(0).state = state;
    return true;
  } catch {
    return false;
  }
}

function prefixed(prefix: string, tensors: StateDict): StateDict {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]));
}

function within(prefix: string, tensors: StateDict): StateDict {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}
