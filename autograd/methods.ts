/**
 * How operations become methods of `Tensor`, so that they chain: `a.matmul(b).add(c).relu()`.
 *
 * Every operation imports `Tensor`, which imports none of them. Each file of operations declares its methods as an
 * interface, which `Tensor` extends, and lists the functions behind them in a table; `mod.ts` adds the tables to
 * `Tensor`.
 */

import { checkArguments, type ParameterRules } from "../checks/mod.ts";
import { Tensor } from "./tensor.ts";

/** A function of a tensor and a method's arguments, and the rules for those arguments. */
interface Method<Takes extends readonly unknown[], Out> {
  readonly operation: (tensor: Tensor, ...given: Takes) => Out;
  /** Undefined for a method that takes any number of arguments. */
  readonly parameters: ParameterRules | undefined;
}

/** A function for each method of an interface, with the tensor as its first argument. */
export type Methods<Interface> = {
  readonly [Name in keyof Interface]: Interface[Name] extends (...given: infer Takes) => infer Out ? Method<Takes, Out>
    : never;
};

/**
 * An entry of a table of methods.
 *
 * @param parameters The rule of each parameter, by name and in order; `anything` where the operation checks the value
 * itself.
 */
export function method<Takes extends readonly unknown[], Out>(
  operation: (tensor: Tensor, ...given: Takes) => Out,
  parameters?: ParameterRules,
): Method<Takes, Out> {
  return { operation, parameters };
}

/** Adds a table of methods to `Tensor`; each checks its arguments first. */
export function install<Interface>(methods: Methods<Interface>): void {
  const table = Object.entries<Method<never, unknown>>(methods);
  for (const [name, { operation, parameters }] of table) {
    const action = `call ${name}`;
    const value = function (this: Tensor, ...given: never) {
      if (parameters !== undefined) checkArguments(action, given, parameters);
      return operation(this, ...given);
    };
    Object.defineProperty(Tensor.prototype, name, { value, writable: true, configurable: true });
  }
}
