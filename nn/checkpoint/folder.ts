/** A model as a folder, in the manner of Hugging Face: `config.json` and `model.safetensors`. */

import { sameShape, type Shape, showShape } from "../../autograd/shape.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { writeWhole } from "../files.ts";
import type { StateDict } from "../module.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";

/** What is wrong with a `config.json`. */
export class ConfigError extends SyntaxError {
  override name = "ConfigError";

  constructor(path: string, rule: string) {
    super(`Cannot read "${path}" as a model's configuration, as ${rule}`);
  }
}

/** A model's configuration, its values checked as they are read. */
export class Config {
  constructor(readonly path: string, private readonly values: Readonly<Record<string, unknown>>) {}

  /** A whole number from `least` to the largest that a model of this kind could have. */
  count(
    name: string,
    { least = 1, most = 2 ** 31 - 1, otherwise }: { least?: number; most?: number; otherwise?: number } = {},
  ): number {
    const value = this.values[name] ?? otherwise;
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
    throw new ConfigError(this.path, `${name} must be a whole number from ${least} to ${most}: ${show(value)}`);
  }

  /** A number from `least` to `most`. */
  number(name: string, { least, most, otherwise }: { least: number; most: number; otherwise: number }): number {
    const value = this.values[name] ?? otherwise;
    if (typeof value === "number" && value >= least && value <= most) return value;
    throw new ConfigError(this.path, `${name} must be a number from ${least} to ${most}: ${show(value)}`);
  }

  /** Fails where a setting asks for something that is not built here. */
  expect(name: string, ...supported: unknown[]): void {
    const value = this.values[name];
    if (value === undefined || value === null || supported.includes(value)) return;
    throw new ConfigError(
      this.path,
      `only ${supported.map(show).join(" or ")} is supported for ${name}: ${show(value)}`,
    );
  }
}

/** Reads a folder's `config.json`. */
export async function readConfig(folder: string): Promise<Config> {
  const path = `${folder}/config.json`;
  const text = await Deno.readTextFile(path);
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch (error) {
    throw new ConfigError(path, `it must be JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (typeof values !== "object" || values === null || Array.isArray(values)) {
    throw new ConfigError(path, `it must be a JSON object: ${text.slice(0, 40)}`);
  }
  return new Config(path, values as Record<string, unknown>); // an object, as was checked: its values are unknown
}

/** What a folder's tensors are read by. */
export interface Reading {
  /** What their names may begin with, and lose. */
  readonly prefix: string;
  /** Tensors that are no parameters. */
  readonly ignored: RegExp;
  /** Names of copies, and of what they are copies of: a tied parameter comes under either name, or both. */
  readonly ties: Readonly<Record<string, string>>;
  /** Shapes that the configuration gives: checked before a model of its sizes is made. */
  readonly shapes: Readonly<Record<string, Shape>>;
}

/**
 * Reads a folder's tensors.
 *
 * @throws {ConfigError} If a shape is not the configuration's, or a tied parameter comes twice with different numbers.
 */
export async function readWeights(folder: string, { prefix, ignored, ties, shapes }: Reading): Promise<StateDict> {
  const read = await readSafetensors(`${folder}/model.safetensors`, (name) => !ignored.test(name));
  const weights = Object.fromEntries(
    Object.entries(read.tensors).map(([name, tensor]) => {
      return [name.startsWith(prefix) ? name.slice(prefix.length) : name, tensor];
    }),
  );
  for (const [copy, name] of Object.entries(ties)) {
    if (!Object.hasOwn(weights, copy)) continue;
    const [first, second] = [weights[name] ??= weights[copy]!, weights[copy]!];
    if (first !== second && !sameNumbers(first, second)) {
      throw new ConfigError(folder, `"${copy}" must be the same numbers as "${name}", to which it is tied`);
    }
    delete weights[copy];
  }
  for (const [name, shape] of Object.entries(shapes)) {
    const found = Object.hasOwn(weights, name) ? weights[name]!.shape : undefined;
    if (found !== undefined && sameShape(found, shape)) continue;
    const given = found === undefined ? "missing" : showShape(found);
    throw new ConfigError(folder, `by config.json "${name}" must be of shape ${showShape(shape)}: it is ${given}`);
  }
  return weights;
}

function sameNumbers(a: Tensor, b: Tensor): boolean {
  const [x, y] = [a.data, b.data];
  return sameShape(a.shape, b.shape) && x.every((value, i) => Object.is(value, y[i]));
}

/** Writes a folder: each file appears whole or not at all, the weights last. */
export async function writeFolder(folder: string, config: Record<string, unknown>, weights: StateDict): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await writeWhole(`${folder}/config.json`, JSON.stringify(config, null, 2) + "\n");
  await writeSafetensors(`${folder}/model.safetensors`, weights, { format: "pt" });
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}
