/**
 * A model as a folder, as in Hugging Face's libraries: `config.json` and `model.safetensors`.
 *
 * Saving renames two files into place, the weights first. To keep the folder consistent even if it stops between the
 * two, the weights carry a copy of their configuration, and both files carry its mark. If the marks differ, saving was
 * interrupted, and the copy is used. Files without a mark come from other programs, and are read as they are.
 */

import { createHash } from "node:crypto";
import { required, string } from "../../checks/mod.ts";
import { FileError, makeFolder, readBounded, writeTogether, writeWhole } from "../files.ts";
import type { StateDict } from "../state_dict.ts";
import { Config } from "./config.ts";
import { parseObject, textOf } from "./json.ts";
import { safetensorsContents } from "./safetensors.ts";
import { openWeights, type Weights } from "./weights.ts";

/** The rule for the argument of `fromPretrained` and `savePretrained`. */
export const folderRules = { folder: required(string) };

/** A limit that no configuration exceeds: the names of 20,000 classes take about 1 MB. */
const LARGEST_CONFIG = 16_000_000;

/** A setting that Hugging Face takes only as a float, written as a whole number: 1 is refused there, 1.0 is not. */
const WHOLE = /^ {2}"layer_norm_eps(?:ilon)?": \d+(?=,?$)/m;

/** The setting, and the metadata's entry, that tie a configuration to its weights. */
const MARK = "nabla_save";
/** The metadata's entry for the copy of the configuration. */
const COPY = "nabla_config";

/** A model's folder, open for reading. */
export interface ModelFolder<Options> extends Disposable {
  /** Its settings. */
  readonly config: Config;
  /** The options that `parse` returned for them. */
  readonly options: Options;
  /** Its tensors; only the headers have been read. */
  readonly weights: Weights;
}

/**
 * Opens a model's folder.
 *
 * @param parse Reads the settings, before any weight is read; it throws if something is not supported.
 */
export async function openFolder<Options>(
  folder: string,
  parse: (config: Config) => Options,
): Promise<ModelFolder<Options>> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const opened = await openOnce(folder, parse);
    if (opened !== undefined) return opened;
  }
  throw new FileError(`Cannot read "${folder}", as it must not be saved over each time that it is opened`);
}

const MOST_TRIES = 10;

/** Opens a folder; `undefined` if it was saved over meanwhile, so that its configuration may not be of its weights. */
async function openOnce<Options>(
  folder: string,
  parse: (config: Config) => Options,
): Promise<ModelFolder<Options> | undefined> {
  const path = `${folder}/config.json`;
  let opened: Weights | undefined;
  let failure: unknown;
  try {
    opened = await openWeights(folder); // first: a newer save's configuration does not match their mark
  } catch (error) {
    failure = error;
  }
  try {
    const config = await readConfig(path, opened?.metadata ?? {});
    // Of weights from another program, nothing tells whether the configuration is theirs, or came with the next ones.
    if (opened !== undefined && opened.metadata[COPY] === undefined && config.has(MARK) && await opened.replaced()) {
      opened[Symbol.dispose]();
      return undefined;
    }
    const options = parse(config); // errors in the settings come before errors in the weights
    if (opened === undefined) throw failure;
    const weights = opened;
    return { config, options, weights, [Symbol.dispose]: () => weights[Symbol.dispose]() };
  } catch (error) {
    opened?.[Symbol.dispose]();
    throw error;
  }
}

async function readConfig(path: string, metadata: Readonly<Record<string, string>>): Promise<Config> {
  const { [COPY]: copy, [MARK]: mark } = metadata;
  try {
    const config = Config.parse(path, await readBounded(path, "read a model's configuration", LARGEST_CONFIG));
    if (copy === undefined || !config.has(MARK) || config.get(MARK) === mark) return config;
  } catch (error) {
    if (copy === undefined || !(error instanceof Deno.errors.NotFound)) throw error;
  }
  return Config.parse(path, copy);
}

/** Writes a folder. A reader always finds either the old model or the new one. */
export async function writeFolder(folder: string, config: Record<string, unknown>, weights: StateDict): Promise<void> {
  const path = `${folder}/config.json`;
  const mark = createHash("sha256").update(JSON.stringify(config)).digest("hex").slice(0, 16);
  const text = JSON.stringify({ ...config, [MARK]: mark }, null, 2).replace(WHOLE, "$&.0") + "\n";
  const contents = safetensorsContents(weights, { metadata: { format: "pt", [MARK]: mark, [COPY]: text } });
  await makeFolder(folder);
  await markConfig(path);
  await writeTogether([[`${folder}/model.safetensors`, contents], [path, text]]);
}

/** Marks another program's configuration, so that it is not mistaken for that of the weights written next. */
async function markConfig(path: string): Promise<void> {
  try {
    const bytes = await readBounded(path, "read a model's configuration", LARGEST_CONFIG);
    const config = parseObject(textOf(bytes, Error), Error);
    if (!Object.hasOwn(config, MARK)) {
      await writeWhole(path, JSON.stringify({ ...config, [MARK]: "none" }, null, 2) + "\n");
    }
  } catch { /* there is none, or it is no configuration: it will be replaced */ }
}
