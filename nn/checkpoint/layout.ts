/** How another library names and lays out the parameters of a model that is built here. */

import { concat } from "../../autograd/ops/slicing.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import type { Module, StateDict } from "../module.ts";

/** One tensor of the other library, and the parameters here that it holds. */
export interface Rule {
  /** Its name there. */
  readonly theirs: string;
  /** The parameters here: several are parts of theirs, one after another along the first axis. */
  readonly ours: readonly string[];
  /** Theirs is `[in, out]` where ours is `[out, in]`. */
  readonly transposed?: boolean;
}

/** Rules for tensors of one name and the two endings `.weight` and `.bias`. */
export function affine(
  theirs: string,
  ours: string | readonly string[],
  options: { transposed?: boolean } = {},
): Rule[] {
  const parts = [ours].flat();
  return [
    { theirs: `${theirs}.weight`, ours: parts.map((part) => `${part}.weight`), ...options },
    { theirs: `${theirs}.bias`, ours: parts.map((part) => `${part}.bias`) },
  ];
}

/** The parameters in their names, taken from tensors in the other library's; what no rule names stays as it is. */
export function toOurs(rules: readonly Rule[], theirs: StateDict, model: Module): StateDict {
  const sizes = new Map(model.namedParameters().map(([name, { shape }]) => [name, shape[0] ?? 0]));
  const rest = { ...theirs };
  const ours: StateDict = {};
  for (const rule of rules) {
    const tensor = theirs[rule.theirs];
    if (tensor === undefined) continue;
    delete rest[rule.theirs];
    const whole = rule.transposed && tensor.rank === 2 ? tensor.transpose() : tensor;
    let start = 0;
    for (const name of rule.ours) {
      const end = start + (sizes.get(name) ?? 0);
      ours[name] = rule.ours.length === 1 ? whole : whole.slice([start, end]);
      start = end;
    }
  }
  return { ...rest, ...ours };
}

/** The parameters under the other library's names, those that a rule names. */
export function toTheirs(rules: readonly Rule[], ours: StateDict): StateDict {
  return Object.fromEntries(rules.map(({ theirs, ours: names, transposed }) => {
    const parts = names.map((name): Tensor => ours[name]!); // a model of these rules has them all
    const whole = parts.length === 1 ? parts[0]! : concat(parts);
    return [theirs, transposed ? whole.transpose() : whole];
  }));
}
