import { noGrad } from "../../autograd/recording.ts";
import { sameShape, type Shape, showShape } from "../../autograd/shape.ts";
import { Tensor } from "../../autograd/mod.ts";
import { check, checkArguments, type OptionRules, optionsOf, required, show } from "../../checks/mod.ts";
import { copyBeside } from "../copy_beside.ts";
import { type StateDict, StateDictError } from "../state_dict.ts";
import { filled, nonNegative, optional, tensorsRule } from "./settings.ts";
import { type OptimizerState, stateRule, wrongNumber, wrongTensor } from "./state.ts";

/** Parameters that share their settings. Default: the optimizer's settings. */
export type ParameterGroup<Settings> = { params: readonly Tensor[] } & Partial<Settings>;

/** The parameters of an optimizer, or groups of them. */
export type Parameters<Settings> = readonly Tensor[] | readonly ParameterGroup<Settings>[];

/** The memory of one parameter. */
export interface Memory {
  /** The number of its steps. */
  readonly step: number;
  /** Tensors such as running means, by name, each of the parameter's shape. */
  readonly tensors: Readonly<Record<string, Tensor>>;
}

const setting = { lr: required(nonNegative) };
const loading = { state: required(stateRule) };

/** The base class of optimizers. */
export abstract class Optimizer<Settings extends { lr: number }> {
  /** The groups, each with all its settings. */
  readonly groups: ({ readonly params: readonly Tensor[] } & Settings)[];
  /** The memory of each parameter. */
  protected readonly memories: Map<Tensor, Memory> = new Map();
  /** The names of the tensors in a memory. */
  protected abstract readonly remembered: readonly string[];
  readonly #rules: OptionRules<Settings>;
  /** Each group's own learning rate, as a multiple of the optimizer's. */
  readonly #ratios: readonly number[];
  #lr: number;

  /**
   * Reads the groups, and checks every setting.
   *
   * @param settings The defaults of the groups.
   * @param rules The rule of each setting.
   * @throws {TypeError} If there are no parameters, one comes twice or is no leaf, or a group has a setting that there is
   * not.
   * @throws {RangeError} If a setting is out of range.
   */
  constructor(parameters: Parameters<Settings>, settings: Settings, rules: OptionRules<Settings>) {
    const groups = isGroups(parameters) ? parameters : [{ params: parameters }];
    const groupRule = optionsOf<ParameterGroup<Settings>>(
      // A group takes the same settings as the optimizer, all of them optional.
      { ...optional(rules), params: required(tensorsRule) } as OptionRules<ParameterGroup<Settings>>,
    );
    groups.forEach((group, g) => check("optimize", `group ${g}`, group, required(groupRule)));
    this.groups = groups.map((group) => filled(settings, group));
    this.#rules = rules;
    const all = this.parameters;
    if (all.length === 0) throw new TypeError("Cannot optimize no parameters, as at least one is needed");
    const result = all.find(({ origin }) => origin !== undefined);
    if (result !== undefined) {
      throw new TypeError(
        `Cannot optimize a result of "${result.origin?.operation}", as a parameter is a leaf, which nothing computes anew`,
      );
    }
    if (new Set(all).size < all.length) throw new TypeError("Cannot optimize a parameter that is given twice");
    const { lr } = settings;
    const unscalable = this.groups.find((group) => lr === 0 && group.lr !== 0);
    if (unscalable !== undefined) {
      throw new RangeError(
        `Cannot optimize, as a group's learning rate is scaled with the optimizer's, which must then be above 0: ` +
          `${unscalable.lr} beside 0`,
      );
    }
    this.#lr = lr;
    this.#ratios = this.groups.map((group) => group.lr === lr ? 1 : group.lr / lr);
  }

  /** All parameters, group after group. */
  get parameters(): Tensor[] {
    return this.groups.flatMap(({ params }) => params);
  }

  /**
   * The learning rate of every group without its own.
   *
   * Setting it, as a schedule does, scales the groups' own rates too: with rates 1 and 0.01 at `lr` 1, setting 0.5
   * gives 0.5 and 0.005.
   *
   * @throws {RangeError} If it is set to anything but a finite number of at least 0.
   */
  get lr(): number {
    return this.#lr;
  }

  set lr(lr: number) {
    check("set the learning rate", "it", lr, setting.lr);
    this.#lr = lr;
    this.groups.forEach((group, g) => group.lr = lr * this.#ratios[g]!); // as many as groups
  }

  /**
   * Updates every parameter that has a gradient.
   *
   * @throws {TypeError} If a gradient does not have its parameter's shape and device; no parameter changes then.
   * @throws {RangeError} If a setting was changed to a value out of range; no parameter changes then.
   */
  step(): void {
    checkArguments("step", arguments, {});
    this.#checkStep();
    noGrad(() => {
      for (const group of this.groups) {
        for (const p of group.params) if (p.grad !== null) this.move(p, p.grad, group);
      }
    });
  }

  /** Updates one parameter; its gradient has its shape and device. */
  protected abstract move(p: Tensor, grad: Tensor, settings: Settings): void;

  /** Clears the gradients; without it, the next `backward()` would add to them. */
  zeroGrad(): void {
    checkArguments("forget gradients", arguments, {});
    for (const parameter of this.parameters) parameter.grad = null;
  }

  /** A copy of the state, which further steps do not change. */
  stateDict(): OptimizerState {
    checkArguments("take the state of an optimizer", arguments, {});
    const numbers: Record<string, number> = { lr: this.#lr };
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
   * Loads the state of an optimizer with the same class, parameters and groups.
   *
   * @throws {StateDictError} If names are missing or unexpected, or shapes differ. The error lists every problem,
   * and nothing changes.
   */
  loadStateDict(state: OptimizerState): void {
    checkArguments("load the state of an optimizer", arguments, loading);
    const { tensors, numbers } = state;
    const shapes = new Map<string, Shape>(this.parameters.flatMap((p, i) => {
      const stepped = Object.hasOwn(numbers, `${i}.step`);
      return stepped ? this.remembered.map((name) => [`${i}.${name}`, p.shape] as const) : [];
    }));
    const rates = ["lr", ...this.groups.map((_, g) => `${g}.lr`)];
    const known = new Set([...rates, ...shapes.keys(), ...this.parameters.map((_, i) => `${i}.step`)]);
    const given = { ...tensors, ...numbers };
    const problems = [
      ...Object.keys(given).filter((name) => !known.has(name)).map((name) => `unexpected: ${name}`),
      ...[...rates, ...shapes.keys()].filter((name) => !Object.hasOwn(given, name)).map((name) => `missing: ${name}`),
      ...Object.entries(numbers).flatMap(([name, x]) => wrongNumber(name, x)),
      ...Object.entries(tensors).flatMap(([name, tensor]) => wrongTensor(name, tensor, shapes.get(name))),
    ];
    if (problems.length > 0) throw new StateDictError(problems);
    // All tensors are copied to their devices before anything changes: a device may have ended.
    const memories = this.parameters.flatMap((p, i) => {
      const step = numbers[`${i}.step`];
      if (step === undefined) return [];
      const own = this.remembered.map((name) => [name, copyBeside(p, tensors[`${i}.${name}`]!)]);
      return [[p, { step, tensors: Object.fromEntries(own) }] as const];
    });
    this.#lr = numbers["lr"]!; // it exists, as checked above
    this.groups.forEach((group, g) => group.lr = numbers[`${g}.lr`]!);
    this.memories.clear();
    for (const [p, memory] of memories) this.memories.set(p, memory);
  }

  /** Checks everything that a step depends on, before it changes anything. */
  #checkStep(): void {
    this.groups.forEach((group) => {
      for (const name of Object.keys(this.#rules) as (keyof Settings & string)[]) { // the keys of the settings' rules
        check("step", `the setting "${name}"`, group[name], this.#rules[name]);
      }
    });
    const moving = this.parameters.flatMap((p, i) => p.grad === null ? [] : [[p, p.grad, i] as const]);
    for (const [p, grad, i] of moving) {
      if (!(grad instanceof Tensor) || !sameShape(grad.shape, p.shape)) {
        throw new TypeError(
          `Cannot step, as the gradient of parameter ${i} must be a Tensor of its shape, ${showShape(p.shape)}: ` +
            (grad instanceof Tensor ? showShape(grad.shape) : show(grad)),
        );
      }
      if (grad.kernels !== p.kernels) {
        throw new TypeError(
          `Cannot step, as the gradient of parameter ${i} must be on its device, ${p.kernels.device}: ` +
            `it is on ${grad.kernels.device}`,
        );
      }
    }
    const devices = new Set(moving.map(([p]) => p.kernels));
    if (devices.size > 1) { for (const kernels of devices) kernels.read(kernels.full(1, 0)); // throws if one has ended
     }
  }
}

function isGroups<Settings>(parameters: Parameters<Settings>): parameters is readonly ParameterGroup<Settings>[] {
  const [first] = parameters;
  return first !== undefined && !(first instanceof Tensor);
}
