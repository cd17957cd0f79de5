/** A model as a folder, in the manner of Hugging Face: `config.json` and `model.safetensors`. */

import { sameShape, sizeOf } from "../../autograd/shape.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { writeTogether } from "../files.ts";
import type { StateDict } from "../module.ts";
import { parseObject, showValue } from "./json.ts";
import { readSafetensors, safetensorsContents } from "./safetensors.ts";
import type { SafetensorsHeader } from "./safetensors_header.ts";

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
    throw new ConfigError(this.path, `${name} must be a whole number from ${least} to ${most}: ${showValue(value)}`);
  }

  /** A number from `least` to `most`. */
  number(name: string, { least, most, otherwise }: { least: number; most: number; otherwise: number }): number {
    const value = this.values[name] ?? otherwise;
    if (typeof value === "number" && value >= least && value <= most) return value;
    throw new ConfigError(this.path, `${name} must be a number from ${least} to ${most}: ${showValue(value)}`);
  }

  /** The heads, which must deal the width evenly. */
  heads(name: string, dim: number): number {
    const heads = this.count(name);
    if (dim % heads === 0) return heads;
    throw new ConfigError(this.path, `${name} must divide the width of ${dim}: ${heads}`);
  }

  /** Fails where a setting asks for something that is not built here. */
  expect(name: string, ...supported: unknown[]): void {
    const value = this.values[name];
    if (value === undefined || value === null || supported.includes(value)) return;
    throw new ConfigError(
      this.path,
      `only ${supported.map(showValue).join(" or ")} is supported for ${name}: ${showValue(value)}`,
    );
  }
}

/** Reads a folder's `config.json`. */
export async function readConfig(folder: string): Promise<Config> {
  const path = `${folder}/config.json`;
  const text = await Deno.readTextFile(path);
  return new Config(path, parseObject(text, (rule) => new ConfigError(path, `it ${rule}`)));
}

/** What a folder's tensors are read by. */
export interface Reading {
  /** What their names may begin with, and lose. */
  readonly prefix: string;
  /** Tensors that are no parameters. */
  readonly ignored: RegExp;
  /** Names of copies, and of what they are copies of: a tied parameter comes under either name, or both. */
  readonly ties: Readonly<Record<string, string>>;
  /** About how many numbers a model of the configuration's sizes holds: all its matrices. */
  readonly size: number;
}

/**
 * Reads a folder's tensors.
 *
 * @throws {ConfigError} If the configuration is that of a much larger model, which must not even be made, or a tied
 * parameter comes twice with different numbers.
 */
export async function readWeights(folder: string, { prefix, ignored, ties, size }: Reading): Promise<StateDict> {
  const choose = (entries: SafetensorsHeader["entries"]) => {
    const chosen = [...entries].filter(([name]) => !ignored.test(name));
    const held = chosen.reduce((held, [, { shape }]) => held + sizeOf(shape), 0);
    if (size > 2 * held) { // a tensor or two may be missing: that is for the state dict to say
      throw new ConfigError(folder, `its sizes must be those of the tensors beside it: ${size} numbers, but ${held}`);
    }
    return chosen.map(([name]) => name);
  };
  const { tensors } = await readSafetensors(`${folder}/model.safetensors`, choose);
  const weights = Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => {
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
  return weights;
}

function sameNumbers(a: Tensor, b: Tensor): boolean {
  const [x, y] = [a.data, b.data];
  return sameShape(a.shape, b.shape) && x.every((value, i) => Object.is(value, y[i]));
}

/** Writes a folder: each file appears whole or not at all. */
export async function writeFolder(folder: string, config: Record<string, unknown>, weights: StateDict): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await writeTogether([
    [`${folder}/config.json`, JSON.stringify(config, null, 2) + "\n"],
    [`${folder}/model.safetensors`, safetensorsContents(weights, { metadata: { format: "pt" } })],
  ]);
}
