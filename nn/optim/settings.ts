/** The settings and parameters of optimizers. */

import { Tensor } from "../../autograd/mod.ts";
import { isList, type OptionRules, real, required, that } from "../../checks/mod.ts";

/** The rule of a learning rate, and of a weight decay. */
export const nonNegative = real({ min: 0 });

/** The rule for the parameters of an optimizer; groups are checked one by one. */
export const parametersRule = required(that("a list of parameters, or of groups of them", isList));

/** The rule of a list of parameters. */
export const tensorsRule = that<readonly Tensor[]>("a list of Tensors", (value) => {
  return isList(value) && Array.from(value).every((item) => item instanceof Tensor);
});
/** The defaults, overridden by the given settings that are not `undefined`. */
export function filled<Defaults extends object, Given extends object>(
  defaults: Defaults,
  given: Given,
): Defaults & Given {
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(said) } as Defaults & Given; // others have their defaults
}

/** The same rules, with every setting optional. */
export function optional<Settings>(rules: OptionRules<Settings>): OptionRules<Settings> {
  const entries = Object.entries<OptionRules<Settings>[keyof Settings]>(rules);
  return Object.fromEntries(entries.map(([name, rule]) => [name, { ...rule, isRequired: false }])) as typeof rules;
}
