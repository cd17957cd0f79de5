import type { Tensor } from "../../autograd/tensor.ts";

/** Parameters that share their settings; a setting that is not given is the optimizer's. */
export type ParameterGroup<Settings> = { params: readonly Tensor[] } & Partial<Settings>;

/** What an optimizer is given: parameters, or groups of them. */
export type Parameters<Settings> = readonly Tensor[] | readonly ParameterGroup<Settings>[];

/** What moves parameters against their gradients. */
export abstract class Optimizer<Settings extends { lr: number }> {
  /** The groups, with all their settings; they may be changed between steps, as a schedule does. */
  readonly groups: ({ readonly params: readonly Tensor[] } & Settings)[];

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
}

function isGroups<Settings>(parameters: Parameters<Settings>): parameters is readonly ParameterGroup<Settings>[] {
  return parameters.length > 0 && "params" in parameters[0]!;
}
