/**
 * A model as a folder, in the manner of Hugging Face: `config.json` and `model.safetensors`.
 *
 * The two files are put in place by two renames, the weights first. So that a folder is whole at any moment, the weights
 * hold a copy of the configuration that they were saved with, and both files hold the mark of it. If the marks differ,
 * saving was interrupted between the renames, and the copy is the configuration. A file without a mark, as other
 * programs write it, is taken as it is.
 */

import { createHash } from "node:crypto";
import { required, string } from "../../checks/mod.ts";
import { readBounded, writeTogether, writeWhole } from "../files.ts";
import type { StateDict } from "../module.ts";
import { Config } from "./config.ts";
import { safetensorsContents } from "./safetensors.ts";
import { openWeights, type Weights } from "./weights.ts";

/** The rule for the argument of `fromPretrained` and `savePretrained`. */
export const folderRules = { folder: required(string) };

/** No configuration is larger: those with the names of some 20,000 classes have 1 MB. */
const LARGEST_CONFIG = 16_000_000;

/** The setting, and the metadata's entry, that tie a configuration to its weights. */
const MARK = "nabla_save";
/** The metadata's entry for the copy of the configuration. */
const COPY = "nabla_config";

/** A model's folder, open for reading. */
export interface ModelFolder<Options> extends Disposable {
  /** Its settings. */
  readonly config: Config;
  /** What the settings say of the model. */
  readonly options: Options;
  /** Its tensors, of which the headers are read. */
  readonly weights: Weights;
}

/**
 * Opens a model's folder.
 *
 * @param parse Reads the settings; it fails where they ask for something that is not built here, before any weight is
 * read.
 */
export async function openFolder<Options>(
  folder: string,
  parse: (config: Config) => Options,
): Promise<ModelFolder<Options>> {
  const path = `${folder}/config.json`;
  let opened: Weights | undefined;
  let failure: unknown;
  try {
    opened = await openWeights(folder); // before the configuration: of a newer save, it does not match their mark
  } catch (error) {
    failure = error;
  }
  try {
    const config = await readConfig(path, opened?.metadata ?? {});
    const options = parse(config); // what is wrong with the settings is told before what is wrong with the weights
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
    const bytes = await readBounded(path, "read a model's configuration", LARGEST_CONFIG);
    const config = Config.parse(path, new TextDecoder().decode(bytes));
    if (copy === undefined || !config.has(MARK) || config.get(MARK) === mark) return config;
  } catch (error) {
    if (copy === undefined || !(error instanceof Deno.errors.NotFound)) throw error;
  }
  return Config.parse(path, copy);
}

/** Writes a folder. Whoever reads it, at any moment, finds the old model or the new one. */
export async function writeFolder(folder: string, config: Record<string, unknown>, weights: StateDict): Promise<void> {
  const path = `${folder}/config.json`;
  const mark = createHash("sha256").update(JSON.stringify(config)).digest("hex").slice(0, 16);
  const text = JSON.stringify({ ...config, [MARK]: mark }, null, 2) + "\n";
  const contents = safetensorsContents(weights, { metadata: { format: "pt", [MARK]: mark, [COPY]: text } });
  await Deno.mkdir(folder, { recursive: true });
  await markConfig(path);
  await writeTogether([[`${folder}/model.safetensors`, contents], [path, text]]);
}

/** Gives another program's configuration a mark, so that it is not taken for that of the weights written next. */
async function markConfig(path: string): Promise<void> {
  try {
    const text = new TextDecoder().decode(await readBounded(path, "read a model's configuration", LARGEST_CONFIG));
    const config: unknown = JSON.parse(text);
    if (typeof config !== "object" || config === null || MARK in config) return;
    await writeWhole(path, JSON.stringify({ ...config, [MARK]: "none" }, null, 2) + "\n");
  } catch { /* there is none, or it is no configuration: it will be replaced */ }
}
