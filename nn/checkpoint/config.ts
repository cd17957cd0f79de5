/** A model's configuration, `config.json`, whose settings are checked as they are read. */

import type { Activation } from "../layers/feed_forward.ts";
import { isRecord, parseObject, showValue, textOf } from "./json.ts";

/** A `config.json` that cannot be read. */
export class ConfigError extends SyntaxError {
  /** The error's name. */
  override name = "ConfigError";

  /** Makes the error for the configuration at `path` and the rule that it breaks. */
  constructor(path: string, rule: string) {
    super(`Cannot read "${path}" as a model's configuration, as ${rule}`);
  }
}

/** Hugging Face's names of the activations; some name the same function, computed in different ways. */
const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu: "gelu",
  gelu_python: "gelu",
  gelu_new: "geluTanh",
  gelu_pytorch_tanh: "geluTanh",
  gelu_python_tanh: "geluTanh",
  gelu_fast: "geluTanh",
  gelu_accurate: "geluTanh",
  relu: "relu",
  silu: "silu",
  swish: "silu",
  tanh: "tanh",
};

/** The range of a number, and its default. */
interface Range {
  readonly least?: number;
  readonly most?: number;
  readonly otherwise?: number;
}

/** The settings of a configuration. */
export class Config {
  /**
   * @param path The path of the file.
   * @param aliases Alternative names of settings.
   */
  constructor(
    readonly path: string,
    private readonly values: Readonly<Record<string, unknown>>,
    private readonly aliases: Readonly<Record<string, string>> = {},
  ) {}

  /** The settings of a text in JSON, or of its bytes. */
  static parse(path: string, json: string | Uint8Array): Config {
    const fail = (rule: string) => new ConfigError(path, `it ${rule}`);
    return new Config(path, parseObject(typeof json === "string" ? json : textOf(json, fail), fail));
  }

  /** The same settings, some of which may have another name: `{ n_embd: "hidden_size" }`. */
  withAliases(aliases: Readonly<Record<string, string>>): Config {
    return new Config(this.path, this.values, aliases);
  }

  /** The setting's value, unchecked; `undefined` if it is `null` or not given. Two names of it must not disagree. */
  get(name: string): unknown {
    const own = (key: string | undefined) =>
      key !== undefined && Object.hasOwn(this.values, key) ? this.values[key] ?? undefined : undefined;
    const alias = this.aliases[name];
    const [value, other] = [own(name), own(alias)];
    if (value === undefined || other === undefined || value === other) return value ?? other;
    throw this.wrong(
      `${name} and ${alias} are one setting, and must be the same: ${showValue(value)}, ${showValue(other)}`,
    );
  }

  /** Whether the setting is given, even as `null`. */
  has(name: string): boolean {
    return Object.hasOwn(this.values, name);
  }

  /** A whole number. */
  count(name: string, { least = 1, most = 2 ** 31 - 1, otherwise }: Range = {}): number {
    const value = this.get(name) ?? otherwise;
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
    throw this.wrong(`${name} must be a whole number from ${least} to ${most}: ${showValue(value)}`);
  }

  /** What the norms add to the variance. */
  epsilon(name: string, otherwise: number): number {
    const value = this.get(name) ?? otherwise;
    if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
    throw this.wrong(`${name} must be a finite number of at least 0: ${showValue(value)}`);
  }

  /** A number. */
  number(name: string, { least = -Infinity, most = Infinity, otherwise }: Range): number {
    const value = this.get(name) ?? otherwise;
    if (typeof value === "number" && value >= least && value <= most) return value;
    throw this.wrong(`${name} must be a number from ${least} to ${most}: ${showValue(value)}`);
  }

  /** A dropout rate. */
  dropout(name: string, otherwise: number): number {
    const rate = this.number(name, { least: 0, most: 1, otherwise });
    if (rate < 1) return rate;
    throw this.wrong(`${name} must be below 1, as otherwise nothing is left: ${rate}`);
  }

  /** The number of heads, which must divide the width. */
  heads(name: string, dim: number, otherwise: number): number {
    const heads = this.count(name, { otherwise });
    if (dim % heads === 0) return heads;
    throw this.wrong(`${name} must divide the width of ${dim}: ${heads}`);
  }

  /** A token's number, which may be `null` or missing. */
  token(name: string, range: Range = {}): number | undefined {
    return this.get(name) === undefined ? undefined : this.count(name, { least: 0, ...range });
  }

  /** The activation of the feed-forward networks, by any of its names. */
  activation(name: string, otherwise: string): Activation {
    const value = this.get(name) ?? otherwise;
    if (typeof value === "string" && Object.hasOwn(ACTIVATIONS, value)) return ACTIVATIONS[value]!;
    const names = Object.keys(ACTIVATIONS).map((name) => `"${name}"`).join(" or ");
    throw this.wrong(`only ${names} is supported for ${name}: ${showValue(value)}`);
  }

  /** Whether a setting is on. */
  flag(name: string, otherwise: boolean): boolean {
    const value = this.get(name) ?? otherwise;
    if (typeof value === "boolean") return value;
    throw this.wrong(`${name} must be true or false: ${showValue(value)}`);
  }

  /** The names of the classes, in order. Default: `LABEL_0`, `LABEL_1` … */
  labels(): string[] {
    const names = this.get("id2label");
    if (names === undefined) {
      return Array.from({ length: this.count("num_labels", { most: 1e6, otherwise: 2 }) }, (_, i) => `LABEL_${i}`);
    }
    const labels = isRecord(names) ? Object.keys(names).map((_, i) => names[String(i)]) : [];
    if (labels.length > 0 && labels.every((label) => typeof label === "string")) return labels;
    throw this.wrong(`id2label must name classes by "0", "1" and so on: ${showValue(names)}`);
  }

  /** The class of the saved model, such as `GPT2LMHeadModel`, if the configuration names one. */
  get architecture(): string | undefined {
    const value = this.get("architectures");
    const first: unknown = Array.isArray(value) ? value[0] : undefined;
    return typeof first === "string" && /^\w{1,60}$/.test(first) ? first : undefined;
  }

  /** Throws if the configuration is for another kind of model. */
  expectModel(type: string): void {
    const value = this.get("model_type");
    if (value === undefined || value === type) return;
    const holds = this.architecture === undefined ? "" : `this folder holds a ${this.architecture}: `;
    throw this.wrong(`${holds}only "${type}" is supported for model_type: ${showValue(value)}`);
  }

  /** Throws if a setting has an unsupported value. */
  expect(name: string, ...supported: unknown[]): void {
    const value = this.get(name);
    if (value === undefined || supported.includes(value)) return;
    throw this.wrong(`only ${supported.map(showValue).join(" or ")} is supported for ${name}: ${showValue(value)}`);
  }

  /** Throws if an unsupported setting is given. */
  expectNone(name: string): void {
    const value = this.get(name);
    if (value === undefined || value === false) return;
    if ((isRecord(value) || Array.isArray(value)) && Object.keys(value).length === 0) return;
    throw this.wrong(`${name} is not supported: ${showValue(value)}`);
  }

  /** The error for a setting that breaks a rule. */
  wrong(rule: string): ConfigError {
    return new ConfigError(this.path, rule);
  }
}

/** Hugging Face's name of an activation. */
export function activationName(activation: Activation): string {
  const name = Object.keys(ACTIVATIONS).findLast((name) => ACTIVATIONS[name] === activation && NAMES.includes(name));
  if (name !== undefined) return name;
  throw new TypeError(
    `Cannot save the model, as Hugging Face's layout has no name for the activation: "${activation}"`,
  );
}

/** The names to write, one for each function. */
const NAMES = ["gelu", "gelu_new", "relu", "silu", "tanh"];
