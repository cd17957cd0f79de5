import { Tensor } from "../autograd/mod.ts";
import { checkArguments, flag, isPlainObject, optionsOf, required, show, that } from "../checks/mod.ts";
import { copyBeside } from "./copy_beside.ts";
import { join, partsOf } from "./fields.ts";
import { isParameter } from "./parameter.ts";
import {
  type LoadOptions,
  type LoadReport,
  misfit,
  sameNumbers,
  type StateDict,
  StateDictError,
} from "./state_dict.ts";
import { summary, type SummaryRow, summaryTable } from "./summary.ts";

const none = {};
const loading = {
  state: required(that("an object of tensors by name", isPlainObject)),
  options: optionsOf<LoadOptions>({ strict: flag }),
};

/**
 * A part of a model. It holds parameters and other modules in its fields, and computes with them in `forward`.
 *
 * Public fields are searched for parameters and modules, and so are the arrays, plain objects, Maps and Sets in them. A
 * tensor is a parameter if it was declared as one: made by `nn.parameter`, or given with `{ requiresGrad: true }`. Any
 * other tensor, such as a table of positions, is a constant: it is neither trained nor saved. The name of a parameter
 * is its path of fields, such as `layers.0.weight` or `heads.left.weight`. A parameter with several paths (tied
 * weights) counts once, under its first name.
 *
 * @example
 * ```ts
 * import { nn, Random, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * class Tower extends nn.Module {
 *   readonly layers: nn.Linear[];
 *   constructor(random: Random) {
 *     super();
 *     this.layers = [new nn.Linear(3, 4, { random }), new nn.Linear(4, 2, { random, bias: false })];
 *   }
 *   forward(x: Tensor): Tensor { // [B, 3] → [B, 2]
 *     return this.layers.reduce((x, layer) => layer.forward(x).tanh(), x);
 *   }
 * }
 * const names = new Tower(new Random(1)).namedParameters().map(([name]) => name);
 * assert.deepEqual(names, ["layers.0.weight", "layers.0.bias", "layers.1.weight"]);
 * ```
 */
export abstract class Module {
  /** Whether the module is in training mode, in which dropout is active. */
  #training = true;

  /** The module's function; its parameters depend on the module. */
  abstract forward(...inputs: never[]): unknown;

  /** Whether the module is in training mode, as a new one is. */
  get training(): boolean {
    return this.#training;
  }

  /** Puts the module and its submodules into training mode: dropout is active. */
  train(): this {
    checkArguments("switch to training mode (eval() ends it)", arguments, none);
    return this.#setTraining(true);
  }

  /** Puts the module and its submodules into evaluation mode: dropout is inactive. */
  eval(): this {
    checkArguments("switch to evaluation mode (train() ends it)", arguments, none);
    return this.#setTraining(false);
  }

  /**
   * The parameters with their names, each once, in the order of the fields.
   *
   * @throws {TypeError} If two parameters would have the same name.
   */
  namedParameters(): [name: string, parameter: Tensor][] {
    checkArguments("name the parameters", arguments, none);
    const names = new Map<string, Tensor>();
    const seen = new Set<Tensor>();
    for (const [name, parameter] of this.#walk().parameters) {
      if (seen.has(parameter)) continue;
      seen.add(parameter);
      if (names.has(name)) {
        throw new TypeError(`Cannot name the parameters, as each must have a name of its own: two are "${name}"`);
      }
      names.set(name, parameter);
    }
    return [...names];
  }

  /** The parameters, each once. */
  parameters(): Tensor[] {
    checkArguments("list the parameters", arguments, none);
    return this.namedParameters().map(([, parameter]) => parameter);
  }

  /** All modules with their names, each once; the module itself comes first, named "". */
  namedModules(): [name: string, module: Module][] {
    checkArguments("name the modules", arguments, none);
    return [...this.#walk().modules].map(([module, name]) => [name, module]);
  }

  /** A copy of the parameters' numbers by name; further training does not change it. */
  stateDict(): StateDict {
    checkArguments("take the state dict", arguments, none);
    return Object.fromEntries(this.namedParameters().map(([name, parameter]) => [name, parameter.detach()]));
  }

  /**
   * Loads the numbers of a state dict into the parameters, by name.
   *
   * A tied parameter may appear under any of its names; if under several, with equal numbers.
   *
   * @returns The names that did not match, if `strict` is false.
   * @throws {StateDictError} If names are missing or unexpected (only if `strict`), shapes differ, or a value is not a
   * tensor. The error lists every problem, and no parameter changes.
   *
   * @example
   * ```ts
   * import { nn, Random } from "nabla";
   * import assert from "node:assert/strict";
   *
   * const [a, b] = [1, 2].map((seed) => new nn.Linear(3, 2, { random: new Random(seed) }));
   * b!.loadStateDict(a!.stateDict());
   * assert.deepEqual(b!.weight.toArray(), a!.weight.toArray());
   *
   * const { weight } = a!.stateDict();
   * assert.deepEqual(b!.loadStateDict({ weight: weight! }, { strict: false }), { missing: ["bias"], unexpected: [] });
   * ```
   */
  loadStateDict(state: StateDict, options: LoadOptions = {}): LoadReport {
    checkArguments("load the state dict", arguments, loading);
    const { strict = true } = options;
    this.namedParameters(); // throws if a name is ambiguous
    const names = new Map<Tensor, string[]>();
    const known = new Set<string>();
    const add = (name: string, parameter: Tensor) => {
      known.add(name);
      names.set(parameter, [...names.get(parameter) ?? [], name]);
    };
    for (const [name, parameter] of this.#walk().parameters) add(name, parameter);
    const find = finder(this); // names that lead through a module which is reached in two ways
    for (const name of Object.keys(state)) {
      const parameter = known.has(name) ? undefined : find(name);
      if (parameter !== undefined) add(name, parameter);
    }
    const unexpected = Object.keys(state).filter((name) => !known.has(name));
    const missing: string[] = [];
    const problems: string[] = [];
    const found: [Tensor, Tensor][] = [];
    for (const [parameter, aliases] of names) {
      const given = aliases.filter((alias) => Object.hasOwn(state, alias));
      if (given.length === 0) missing.push(aliases.join(" or "));
      const faults = given.flatMap((name) => misfit(name, state[name], parameter));
      problems.push(...faults);
      if (given.length === 0 || faults.length > 0) continue;
      const [first, ...others] = given.map((name) => state[name]!); // one at least
      if (others.every((other) => sameNumbers(first!, other))) found.push([parameter, first!]);
      else problems.push(`${given.join(" and ")}: different numbers where they are one parameter`);
    }
    const strangers = strict
      ? [...unexpected.map((name) => `unexpected: ${name}`), ...missing.map((name) => `missing: ${name}`)]
      : [];
    if (strangers.length + problems.length > 0) throw new StateDictError([...strangers, ...problems]);
    // All numbers are copied to the parameters' devices before the first parameter changes: a device may have ended.
    const copies = found.map(([parameter, values]) => [parameter, copyBeside(parameter, values)] as const);
    for (const [parameter, values] of copies) parameter.assign(values);
    return { missing, unexpected };
  }

  /** The name, shape and size of each parameter, which `toString` and notebooks show as a table. */
  summary(): SummaryRow[] {
    checkArguments("summarize the module", arguments, none);
    return this.namedParameters().map(([name, { shape, size }]) => ({ name, shape, size }));
  }

  /** The table of the parameters, for a console. */
  toString(): string {
    return summary(this.constructor.name, this.summary());
  }

  /** The same for a Deno console. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }

  /** The table of the parameters, for a notebook. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/plain": this.toString(), "text/html": summaryTable(this.constructor.name, this.summary()) };
  }

  #setTraining(on: boolean): this {
    for (const [, module] of this.namedModules()) module.#training = on;
    return this;
  }

  /**
   * Every module in it, itself first, with the first name that leads to it, and their parameters; one that two modules
   * hold comes twice. Each module is entered once: the ways through a graph of modules are too many to follow.
   */
  #walk(): { modules: Map<Module, string>; parameters: [name: string, parameter: Tensor][] } {
    const modules = new Map<Module, string>();
    const parameters: [string, Tensor][] = [];
    const others: [name: () => string, object: object][] = []; // objects of other classes
    const ahead: [string, Tensor | Module][] = [["", this]]; // the next one last
    for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
      const [name, value] = next;
      if (value instanceof Tensor) parameters.push([name, value]);
      if (value instanceof Tensor || modules.has(value)) continue;
      modules.set(value, name);
      const meet = (field: () => string, object: object) => others.push([() => join(name, field()), object]);
      for (const [field, part] of fields(value, meet).reverse()) ahead.push([join(name, field), part]);
    }
    const known = new Set<unknown>([...modules.keys(), ...parameters.map(([, parameter]) => parameter)]);
    for (const [name, object] of others) checkKnown(name, object, known);
    return { modules, parameters };
  }
}

/** Finds a parameter of a module by any of its names; a name that comes back to where it was leads nowhere. */
function finder(root: Module): (name: string) => Tensor | undefined {
  const known = new Map<Module, Map<string, Tensor | Module>>();
  const find = (module: Module, name: string, open: ReadonlySet<Module>): Tensor | undefined => {
    const parts = known.get(module) ?? new Map(fields(module));
    known.set(module, parts);
    const part = parts.get(name);
    if (part instanceof Tensor) return part;
    for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) {
      const inner = parts.get(name.slice(0, dot));
      if (!(inner instanceof Module) || open.has(inner)) continue;
      const found = find(inner, name.slice(dot + 1), new Set([...open, inner]));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return (name) => find(root, name, new Set([root]));
}

/** The parameters and modules in the public fields of a module; `meet` is told of objects that may hide others. */
function fields(
  module: Module,
  meet?: (name: () => string, object: object) => void,
): [name: string, value: Tensor | Module][] {
  return partsOf(module, isPart, meet);
}

function isPart(value: unknown): value is Tensor | Module {
  return value instanceof Module || isParameter(value);
}

/**
 * Checks that an object of another class, whose fields are not searched, hides no layer: it would not be trained.
 *
 * @throws {TypeError} If it has a field with a module or a parameter that no field of a module leads to.
 */
function checkKnown(name: () => string, object: object, known: ReadonlySet<unknown>): void {
  if (object instanceof Tensor || ArrayBuffer.isView(object)) return;
  const hidden = Object.entries(object).find(([, value]) => isPart(value) && !known.has(value));
  if (hidden === undefined) return;
  throw new TypeError(
    `Cannot name the parameters, as "${name()}" hides "${hidden[0]}" from the model: ${show(object)} is no nn.Module ` +
      "(what is not to be trained belongs in a private field)",
  );
}
