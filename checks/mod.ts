/**
 * The one mechanism by which public functions check their arguments, as notebooks check no types.
 *
 * A function states a rule for each parameter and each option, and calls `checkArguments` first; every error then names
 * the action, the parameter or option, what is allowed, and what was given.
 */

export { check, checkArguments, guardMethods, type ParameterRules } from "./arguments.ts";
export {
  anything,
  type Bounds,
  callable,
  either,
  flag,
  instance,
  isList,
  isPlainObject,
  listOf,
  number,
  oneOf,
  type OptionRules,
  optionsOf,
  rate,
  real,
  required,
  type Rule,
  size,
  string,
  that,
  whole,
} from "./rules.ts";
export { show } from "./show.ts";
