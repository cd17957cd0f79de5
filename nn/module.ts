import { sameShape, showShape } from "../autograd/shape.ts";
import { Tensor } from "../autograd/mod.ts";
import { summary, type SummaryRow, summaryTable } from "./summary.ts";

/** The numbers of a module's parameters by name: `{ "layers.0.weight": Tensor, … }`. */
export type StateDict = Record<string, Tensor>;

/**
 * A part of a model: it holds parameters and other modules in its fields, and computes with them in `forward`.
 *
 * Every public field that is a tensor is a parameter; every public field that is a module, or an array of modules or
 * tensors, is walked. What is neither, such as a table of positions, belongs in a private field (`#table`). A parameter
 * is named by the fields that lead to it, as `layers.0.weight`, and one that can be reached by two ways (tied weights)
 * counts once, under its first name.
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
  /** Whether it is being trained: only then does dropout drop. */
  #training = true;

  /** The module's function; each module says of what. */
  abstract forward(...inputs: never[]): unknown;

  /** Whether the module is in training mode, as it is when made. */
  get training(): boolean {
    return this.#training;
  }

  /** Puts the module and all in it into training mode: dropout drops. */
  train(): this {
    return this.#setTraining(true);
  }

  /** Puts the module and all in it into evaluation mode: dropout passes everything. */
  eval(): this {
    return this.#setTraining(false);
  }

  /** The parameters with their names, each once, in the order of the fields. */
  namedParameters(): [name: string, parameter: Tensor][] {
    const seen = new Set<Tensor>();
    return this.#paths().filter(([, parameter]) => !seen.has(parameter) && seen.add(parameter));
  }

  /** The parameters, each once. */
  parameters(): Tensor[] {
    return this.namedParameters().map(([, parameter]) => parameter);
  }

  /** The modules in it with their names, itself, named "", first; each once. */
  namedModules(): [name: string, module: Module][] {
    const found = new Map<Module, string>();
    const visit = (module: Module, name: string): void => {
      if (found.has(module)) return;
      found.set(module, name);
      for (const [field, value] of fields(module)) if (value instanceof Module) visit(value, join(name, field));
    };
    visit(this, "");
    return [...found].map(([module, name]) => [name, module]);
  }

  /**
   * The parameters' numbers by name, as they are now: training the module on does not change what was returned.
   */
  stateDict(): StateDict {
    return Object.fromEntries(this.namedParameters().map(([name, parameter]) => [name, parameter.detach()]));
  }

  /**
   * Gives the parameters the numbers of a state dict, by name.
   *
   * A tied parameter may come under any of its names.
   *
   * @throws {StateDictError} If names are missing or unexpected, or shapes differ: it lists all that is wrong, and
   * nothing is changed.
   */
  loadStateDict(state: StateDict): void {
    const names = new Map<Tensor, string[]>();
    for (const [name, parameter] of this.#paths()) names.set(parameter, [...names.get(parameter) ?? [], name]);
    const known = new Set([...names.values()].flat());
    const problems = Object.keys(state).filter((name) => !known.has(name)).map((name) => `unexpected: ${name}`);
    const found: [Tensor, Tensor][] = [];
    for (const [parameter, aliases] of names) {
      const name = aliases.find((alias) => Object.hasOwn(state, alias));
      if (name === undefined) {
        problems.push(`missing: ${aliases.join(" or ")}`);
      } else if (!sameShape(state[name]!.shape, parameter.shape)) {
        problems.push(`${name}: shape ${showShape(state[name]!.shape)} where it must be ${showShape(parameter.shape)}`);
      } else {
        found.push([parameter, state[name]!]);
      }
    }
    if (problems.length > 0) throw new StateDictError(problems);
    for (const [parameter, values] of found) parameter.assign(values);
  }

  /** Name, shape and number of each parameter: what `toString` and a notebook show as a table. */
  summary(): SummaryRow[] {
    return this.namedParameters().map(([name, { shape, size }]) => ({ name, shape, size }));
  }

  /** The table of the parameters, for a console. */
  toString(): string {
    return summary(this.constructor.name, this.summary());
  }

  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }

  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/plain": this.toString(), "text/html": summaryTable(this.constructor.name, this.summary()) };
  }

  #setTraining(on: boolean): this {
    for (const [, module] of this.namedModules()) module.#training = on;
    return this;
  }

  /** Every way that leads to a parameter; a tied one has several. */
  #paths(): [name: string, parameter: Tensor][] {
    return fields(this).flatMap(([name, value]) =>
      value instanceof Tensor
        ? [[name, value] as [string, Tensor]]
        : value.#paths().map(([rest, parameter]) => [join(name, rest), parameter] as [string, Tensor])
    );
  }
}

/** All that keeps a state dict from being loaded. */
export class StateDictError extends TypeError {
  override name = "StateDictError";

  /** @param problems One line for each name that is missing or unexpected, or has another shape. */
  constructor(readonly problems: readonly string[]) {
    super(`Cannot load the state dict, as names and shapes must be those of the module:\n  ${problems.join("\n  ")}`);
  }
}

/** The tensors and modules in the public fields of a module, those in arrays as `field.0`, `field.1` … */
function fields(module: Module): [name: string, value: Tensor | Module][] {
  const visit = (name: string, value: unknown): [string, Tensor | Module][] => {
    if (value instanceof Tensor || value instanceof Module) return [[name, value]];
    return Array.isArray(value) ? value.flatMap((item, i) => visit(join(name, String(i)), item)) : [];
  };
  return Object.entries(module).flatMap(([name, value]) => visit(name, value));
}

function join(name: string, field: string): string {
  return name === "" ? field : `${name}.${field}`;
}
