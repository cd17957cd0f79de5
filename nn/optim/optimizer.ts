import { contiguous } from "../../kernels/view.ts";
import { sameShape, type Shape, showShape } from "../../autograd/shape.ts";
import { Tensor } from "../../autograd/mod.ts";
import { type StateDict, StateDictError } from "../module.ts";

/** Parameters that share their settings; a setting that is not given is the optimizer's. */
export type ParameterGroup<Settings> = { params: readonly Tensor[] } & Partial<Settings>;

/** What an optimizer is given: parameters, or groups of them. */
export type Parameters<Settings> = readonly Tensor[] | readonly ParameterGroup<Settings>[];

/** What one parameter's steps have left behind. */
export interface Memory {
  /** How many steps it has made. */
  readonly step: number;
  /** Running means and the like, by name, each of the parameter's shape. */
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** All that the next steps depend on besides the parameters, their gradients and the fixed settings. */
export interface OptimizerState {
  /** The memories' tensors, by the number of the parameter and their name: `0.mean`. */
  readonly tensors: StateDict;
  /** Each parameter's count of steps, `0.step`, and each group's learning rate, `0.lr`: no device rounds these. */
  readonly numbers: Readonly<Record<string, number>>;
}

/** What moves parameters against their gradients. */
export abstract class Optimizer<Settings extends { lr: number }> {
  /** The groups, with all their settings; they may be changed between steps, as a schedule does. */
  readonly groups: ({ readonly params: readonly Tensor[] } & Settings)[];
  protected readonly memories: Map<Tensor, Memory> = new Map();
  /** The names of the tensors in a memory. */
  protected abstract readonly remembered: readonly string[];

  /** @throws {TypeError} If there are no parameters, or one comes twice. */
  constructor(parameters: Parameters<Settings>, settings: Settings) {
    const groups = isGroups(parameters) ? parameters : [{ params: parameters }];
    this.groups = groups.map((group) => ({ ...settings, ...group }));
    const all = this.parameters;
    if (all.length === 0) throw new TypeError("Cannot optimize no parameters, as at least one is needed");
    if (new Set(all).size < all.length) throw new TypeError("Cannot optimize a parameter that is given twice");
    for (const { lr } of this.groups) {
      if (!(lr >= 0)) throw new RangeError(`Cannot optimize, as the learning rate must be at least 0: ${lr}`);
    }
  }

  /** All parameters, group after group. */
  get parameters(): Tensor[] {
    return this.groups.flatMap(({ params }) => params);
  }

  /** The learning rate of the first group; setting it sets that of all. */
  get lr(): number {
    return this.groups[0]!.lr; // the constructor saw to it that there is one
  }

  set lr(lr: number) {
    for (const group of this.groups) group.lr = lr;
  }

  /** Moves every parameter that has a gradient. */
  abstract step(): void;

  /** Forgets the gradients: without it, the next `backward()` would add to them. */
  zeroGrad(): void {
    for (const parameter of this.parameters) parameter.grad = null;
  }

  /** The state as it is now: going on does not change what was returned. */
  stateDict(): OptimizerState {
    const numbers: Record<string, number> = {};
    const tensors: StateDict = {};
    this.groups.forEach(({ lr }, g) => numbers[`${g}.lr`] = lr);
    this.parameters.forEach((p, i) => {
      const memory = this.memories.get(p);
      if (memory === undefined) return;
      numbers[`${i}.step`] = memory.step;
      for (const [name, tensor] of Object.entries(memory.tensors)) tensors[`${i}.${name}`] = copyBeside(p, tensor);
    });
    return { tensors, numbers };
  }

  /**
   * Goes on from a state of an optimizer of the same kind, parameters and groups.
   *
   * @throws {StateDictError} If names are missing or unexpected, or shapes differ: it lists all that is wrong, and
   * nothing is changed.
   */
  loadStateDict({ tensors, numbers }: OptimizerState): void {
    const shapes = new Map<string, Shape>(this.parameters.flatMap((p, i) => {
      const stepped = Object.hasOwn(numbers, `${i}.step`);
      return stepped ? this.remembered.map((name) => [`${i}.${name}`, p.shape] as const) : [];
    }));
    const rates = this.groups.map((_, g) => `${g}.lr`);
    const known = new Set([...rates, ...shapes.keys(), ...this.parameters.map((_, i) => `${i}.step`)]);
    const given = { ...tensors, ...numbers };
    const problems = [
      ...Object.keys(given).filter((name) => !known.has(name)).map((name) => `unexpected: ${name}`),
      ...[...rates, ...shapes.keys()].filter((name) => !Object.hasOwn(given, name)).map((name) => `missing: ${name}`),
      ...Object.entries(numbers).filter(([, x]) => !(x >= 0)).map(([name, x]) =>
        `${name}: ${x} where it must be at least 0`
      ),
      ...Object.entries(tensors).flatMap(([name, { shape }]) => {
        const own = shapes.get(name) ?? shape;
        return sameShape(shape, own) ? [] : [`${name}: shape ${showShape(shape)} where it must be ${showShape(own)}`];
      }),
    ];
    if (problems.length > 0) throw new StateDictError(problems);
    this.groups.forEach((group, g) => group.lr = numbers[`${g}.lr`]!); // none is missing, as was checked
    this.memories.clear();
    this.parameters.forEach((p, i) => {
      const step = numbers[`${i}.step`];
      if (step === undefined) return;
      const own = this.remembered.map((name) => [name, copyBeside(p, tensors[`${i}.${name}`]!)]);
      this.memories.set(p, { step, tensors: Object.fromEntries(own) });
    });
  }
}

/** A copy on the device of `p`: a step may write into the moments that it is given, and must not into this tensor. */
function copyBeside(p: Tensor, tensor: Tensor): Tensor {
  const { kernels } = p;
  const storage = tensor.kernels === kernels ? kernels.copy(tensor.view) : kernels.write(tensor.data);
  return new Tensor(kernels, contiguous(storage, tensor.shape));
}

function isGroups<Settings>(parameters: Parameters<Settings>): parameters is readonly ParameterGroup<Settings>[] {
  return parameters.length > 0 && "params" in parameters[0]!;
}
