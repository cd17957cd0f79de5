import { show } from "../../checks/mod.ts";
import { isRecord } from "../checkpoint/json.ts";
import { TokenizerFileError } from "./file_error.ts";

/** The fields of an object in `tokenizer.json`, each checked as it is read. */
export class Fields {
  /** @param path The path of the object in the file, such as `model`; empty for the whole file. */
  constructor(readonly path: string, private readonly values: Readonly<Record<string, unknown>>) {}

  /** The field `type` of the object. */
  get type(): string {
    return this.string("type", "");
  }

  /** The value of a field, of any type. */
  value(name: string): unknown {
    return Object.hasOwn(this.values, name) ? this.values[name] : undefined; // "constructor" is a name like any other
  }

  /** A string; Default: `otherwise`. */
  string(name: string, otherwise: string): string {
    return this.#read(name, "a string", otherwise, (value) => typeof value === "string");
  }

  /** A whole number of at least 0; Default: `otherwise`. */
  count(name: string, otherwise?: number): number {
    return this.#read(
      name,
      "a whole number of at least 0",
      otherwise,
      (value): value is number => Number.isInteger(value) && (value as number) >= 0,
    ); // it is a number, as it is an integer
  }

  /** True or false; Default: `otherwise`. */
  flag(name: string, otherwise: boolean): boolean {
    return this.#read(name, "true or false", otherwise, (value) => typeof value === "boolean");
  }

  /** A list. */
  list(name: string, otherwise: readonly unknown[] = []): readonly unknown[] {
    return this.#read(name, "a list", otherwise, (value): value is unknown[] => Array.isArray(value));
  }

  /** A list of objects. */
  objects(name: string): Fields[] {
    return this.list(name).map((value, i) => this.#fields(`${name}[${i}]`, value));
  }

  /** An object; `undefined` if there is none. */
  object(name: string): Fields | undefined {
    const value = this.value(name);
    return value === undefined || value === null ? undefined : this.#fields(name, value);
  }

  /** The error for a rule that the object breaks. */
  error(rule: string): TokenizerFileError {
    return new TokenizerFileError(`Cannot read tokenizer.json, as ${rule}`);
  }

  /** The error for something unsupported in the object. */
  unsupported(what: string, supported: string): TokenizerFileError {
    return this.error(`the ${what} is not supported: ${supported}`);
  }

  #fields(name: string, value: unknown): Fields {
    if (isRecord(value)) return new Fields(this.#at(name), value);
    throw this.error(`${this.#at(name)} must be an object: ${show(value)}`);
  }

  #read<T>(name: string, wanted: string, otherwise: T | undefined, is: (value: unknown) => value is T): T {
    const value = this.value(name) ?? otherwise;
    if (is(value)) return value;
    throw this.error(`${this.#at(name)} must be ${wanted}: ${show(value)}`);
  }

  #at(name: string): string {
    return this.path === "" ? name : `${this.path}.${name}`;
  }
}
