/** The tensors of a model's folder: in one file or in shards, their names and shapes checked before any is read. */

import { sameShape, showShape } from "../../autograd/shape.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { FileError, openRegular, readBounded } from "../files.ts";
import { type StateDict, StateDictError } from "../state_dict.ts";
import { isRecord, parseObject, showValue, textOf } from "./json.ts";
import { type Layout, type Rule, toOurs } from "./layout.ts";
import { readTensors } from "./safetensors.ts";
import { readHeader, type SafetensorsEntry, SafetensorsError, type SafetensorsHeader } from "./safetensors_header.ts";

/** A folder whose tensors do not fit the model to be read. */
export class ModelFolderError extends StateDictError {
  /** The error's name. */
  override name = "ModelFolderError";

  /**
   * Makes the error, with what the folder holds and at most ten of the problems.
   *
   * @param rule The rule that the folder breaks.
   * @param problems The first problems, one line each: a tensor that is missing, unexpected, or of another shape.
   * @param count The total number of problems.
   */
  constructor(folder: string, wanted: string, rule: string, problems: readonly string[], count = problems.length) {
    super(problems);
    const more = count > problems.length ? [`… and ${count - problems.length} more`] : [];
    this.message = [`Cannot read "${folder}" as a ${wanted}, as ${rule}`, ...problems, ...more].join("\n  ");
  }
}

/** The weights of a folder, with open files. */
export interface Weights extends Disposable {
  readonly folder: string;
  /** The tensors by name, each with its file. */
  readonly entries: ReadonlyMap<string, SafetensorsEntry & { readonly file: OpenFile }>;
  readonly metadata: SafetensorsHeader["metadata"];
  /** Whether other weights have been put in place since these were opened. */
  replaced(): Promise<boolean>;
}

interface OpenFile {
  readonly file: Deno.FsFile;
  readonly path: string;
  readonly header: SafetensorsHeader;
}

const SINGLE = "model.safetensors";
const INDEX = "model.safetensors.index.json";
const LARGEST_INDEX = 100_000_000;
/** Weight files in other formats, and their descriptions. */
const OTHERS = {
  "pytorch_model.bin": "a pickle, which can run code as it is read",
  "pytorch_model.bin.index.json": "an index of pickles, which can run code as they are read",
  "tf_model.h5": "a file of TensorFlow's",
  "flax_model.msgpack": "a file of Flax's",
};

/**
 * Opens the weights of a folder, and reads their headers.
 *
 * @throws {SafetensorsError} If a file or the index of the shards is malformed.
 * @throws {FileError} If the weights are in another format.
 * @throws {Deno.errors.NotFound} If there are none.
 */
export async function openWeights(folder: string): Promise<Weights> {
  if (await exists(`${folder}/${SINGLE}`)) {
    const one = await open(`${folder}/${SINGLE}`);
    return weightsOf(folder, [one], [...one.header.entries.keys()].map((name) => [name, one]));
  }
  if (await exists(`${folder}/${INDEX}`)) return await openShards(folder);
  for (const [name, kind] of Object.entries(OTHERS)) {
    if (!await exists(`${folder}/${name}`)) continue;
    throw new FileError(
      `Cannot read "${folder}", as its weights must be in ${SINGLE}: ${name} is ${kind}. Write the folder again with ` +
        `Hugging Face's transformers: AutoModel.from_pretrained(folder).save_pretrained(folder), with the model's own ` +
        `class in place of AutoModel`,
    );
  }
  return weightsOf(folder, [await open(`${folder}/${SINGLE}`)], []); // the system's own error, with the path
}

/** Opens all shards in the index. */
async function openShards(folder: string): Promise<Weights> {
  const path = `${folder}/${INDEX}`;
  const fail = (rule: string) => new SafetensorsError(path, `it ${rule}`);
  const bytes = await readBounded(path, "read an index of shards", LARGEST_INDEX);
  const { weight_map: map } = parseObject(textOf(bytes, fail), fail);
  if (!isRecord(map)) throw new SafetensorsError(path, `weight_map must be an object: ${showValue(map)}`);
  const shards = new Map<string, OpenFile>();
  try {
    const places: [name: string, file: OpenFile][] = [];
    for (const [name, file] of Object.entries(map)) {
      if (typeof file !== "string" || !SHARD.test(file)) {
        throw new SafetensorsError(path, `a shard must be a .safetensors file in the same folder: ${showValue(file)}`);
      }
      const shard = shards.get(file) ?? await open(`${folder}/${file}`);
      shards.set(file, shard);
      if (!shard.header.entries.has(name)) {
        throw new SafetensorsError(path, `${showValue(name)} must be in the shard that is named for it: "${file}"`);
      }
      places.push([name, shard]);
    }
    return weightsOf(folder, [...shards.values()], places);
  } catch (error) {
    for (const { file } of shards.values()) file.close();
    throw error;
  }
}

/** A bare file name: no path leads out of the folder. */
const SHARD = /^[\w][\w.-]{0,200}\.safetensors$/;

function weightsOf(folder: string, files: OpenFile[], places: [name: string, file: OpenFile][]): Weights {
  return {
    folder,
    entries: new Map(places.map(([name, file]) => [name, { ...file.header.entries.get(name)!, file }])), // as was checked
    metadata: files.length === 1 ? files[0]!.header.metadata : {},
    replaced: async () => {
      const inPlace = await Promise.all(files.map(isInPlace));
      const single = `${folder}/${SINGLE}`; // which counts before shards
      return inPlace.includes(false) || !files.some(({ path }) => path === single) && await exists(single);
    },
    [Symbol.dispose]: () => files.forEach(({ file }) => file.close()),
  };
}

async function open(path: string): Promise<OpenFile> {
  const file = await openRegular(path, "read safetensors");
  try {
    return { file, path, header: await readHeader(file, path) };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Whether an open file is the one that its path leads to. */
async function isInPlace({ file, path }: OpenFile): Promise<boolean> {
  const [own, there] = await Promise.all([file.stat(), Deno.stat(path).catch(() => undefined)]);
  return there !== undefined && there.ino === own.ino && there.dev === own.dev;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/**
 * Reads a model's parameters. Names and shapes of all tensors are checked against the configuration before the first
 * is read.
 *
 * @throws {ModelFolderError} If the folder holds another model, or tensors are missing, unexpected, of another shape or
 * repeated, or a tied parameter is stored twice with different numbers.
 */
export async function readParameters(
  weights: Weights,
  layout: Layout,
  architecture: string | undefined,
): Promise<StateDict> {
  const { folder, entries } = weights;
  const { wanted, spare, ties } = layout;
  const names = canonicalNames(weights, layout);
  const held = layout.held(new Set(names.keys()), architecture);
  const problems = new Problems();
  const shapeOf = (theirs: string) => entries.get(names.get(theirs) ?? "")?.shape;

  const copies: [copy: string, original: string][] = []; // as named in the file
  for (const [copy, original] of Object.entries(ties)) {
    const name = names.get(copy);
    if (name === undefined) continue;
    if (!names.has(original)) names.set(original, name);
    else if (sameShape(shapeOf(copy)!, shapeOf(original)!)) copies.push([name, names.get(original)!]); // both are there
    else {problems.add(
        `${copy}: shape ${showShape(shapeOf(copy)!)} beside ${showShape(shapeOf(original)!)} of ${original}`,
      );}
    names.delete(copy);
  }
  const found: [Rule, name: string][] = [];
  for (const rule of layout.rules()) {
    const { theirs, shape } = rule;
    const given = shapeOf(theirs);
    if (given === undefined) problems.add(`missing: ${theirs}`);
    else if (!sameShape(given, shape)) {
      problems.add(`${theirs}: shape ${showShape(given)} where it must be ${showShape(shape)}`);
    } else found.push([rule, names.get(theirs)!]); // it has a shape
    names.delete(theirs);
  }
  for (const name of names.keys()) if (!spare.test(name)) problems.add(`unexpected: ${name}`);

  if (!layout.readable(held)) throw problems.error(folder, wanted, `this folder holds a ${held}`);
  if (problems.count > 0) {
    throw problems.error(folder, wanted, "its tensors must be those that its configuration implies");
  }
  const tensors = await readNamed(weights, [...found.map(([, name]) => name), ...copies.flat()]);
  for (const [copy, original] of copies) {
    if (sameNumbers(tensors.get(copy)!, tensors.get(original)!)) continue; // both were read
    const rule = `"${copy}" must be the same numbers as "${original}", to which it is tied`;
    throw new ModelFolderError(folder, wanted, rule, []);
  }
  return Object.fromEntries(found.flatMap(([rule, name]) => toOurs(rule, tensors.get(name)!))); // it was read
}

/** The names in the files by the names in the rules; tensors that are not parameters are left out. */
function canonicalNames({ folder, entries }: Weights, { wanted, canonical }: Layout): Map<string, string> {
  const names = new Map<string, string>();
  for (const name of entries.keys()) {
    const theirs = canonical(name);
    if (theirs === undefined) continue;
    const other = names.get(theirs);
    if (other !== undefined) {
      throw new ModelFolderError(
        folder,
        wanted,
        `"${other}" and "${name}" must not both be there: they are one tensor`,
        [],
      );
    }
    names.set(theirs, name);
  }
  return names;
}

/** Reads tensors, each from its file. */
async function readNamed({ entries }: Weights, names: readonly string[]): Promise<Map<string, Tensor>> {
  const byFile = Map.groupBy(new Set(names), (name) => entries.get(name)!.file); // existing names
  const tensors = new Map<string, Tensor>();
  for (const [{ file, path, header }, names] of byFile) {
    for (const [name, tensor] of Object.entries(await readTensors(file, path, header, names))) {
      tensors.set(name, tensor);
    }
  }
  return tensors;
}

function sameNumbers(a: Tensor, b: Tensor): boolean {
  const [x, y] = [a.data, b.data];
  return x.every((value, i) => Object.is(value, y[i]));
}

/** The most problems that an error lists. */
const MOST_NAMED = 10;

/** The problems with a folder's tensors: the first few, and their number. */
class Problems {
  readonly #named: string[] = [];
  count = 0;

  add(problem: string): void {
    if (this.count++ < MOST_NAMED) this.#named.push(problem.length > 150 ? `${problem.slice(0, 150)}…` : problem);
  }

  error(folder: string, wanted: string, rule: string): ModelFolderError {
    return new ModelFolderError(folder, wanted, rule, this.#named, this.count);
  }
}
