/** What the exercises that build a model have in common: what a model is, and laws that hold for each of them. */
import { Tensor } from "../../../../autograd/tensor.ts";
import { Module, type StateDict } from "../../../../nn/mod.ts";
import type { AnyFunction, Law } from "../exercise.ts";
import type { Kind } from "../kinds.ts";
import { written } from "../values.ts";

/** A module of one input. */
export type Model<Input> = Module & { forward(input: Input): Tensor };

/** The kind of answer that an exercise on models asks for. */
export function model<Input>(): Kind<Model<Input>> {
  return { name: "a nn.Module", accepts: (value): value is Model<Input> => value instanceof Module };
}

/** What a model makes of an input. */
export function outputOf<Input>(model: Model<Input>, input: Input): Tensor {
  const out: unknown = model.forward(input);
  if (out instanceof Tensor) return out;
  throw new TypeError(`forward returned ${written(out)}, where a Tensor is wanted`);
}

/** The parameters of these names, as copies. */
export function parametersOf<Name extends string>(model: Module, names: readonly Name[]): Record<Name, Tensor> {
  const state: StateDict = model.stateDict();
  const found = names.map((name) => {
    const parameter = state[name];
    if (parameter !== undefined) return [name, parameter] as const;
    throw new TypeError(`There is no parameter named ${name}, but ${Object.keys(state).join(", ") || "none at all"}`);
  });
  return Object.fromEntries(found) as Record<Name, Tensor>; // one entry a name
}

/** Numbers that float32 makes of the same sum in another order: about seven digits, a few of them lost. */
export const rounding = 1e-3;

/** How many numbers a model's parameters have. */
export function countOf(model: Module): number {
  return model.parameters().reduce((sum, { size }) => sum + size, 0);
}

/** How a law makes a model of a case, and what it shows it. */
export type Built<F, Case extends readonly unknown[], Input> = (
  make: F,
  ...values: Case
) => { readonly model: Model<Input>; readonly input: Input };

/** What is true of every model that can be trained: it keeps its parameters, and a loss reaches all of them. */
export function trainable<F extends AnyFunction, Case extends readonly unknown[], Input>(
  built: Built<F, Case, Input>,
): Law<F, Case>[] {
  return [
    {
      says: "The same input gives the same output again: numbers are drawn in the constructor, not in forward.",
      claim: (make, ...values) => {
        const { model, input } = built(make, ...values);
        return { expected: outputOf(model, input).toArray(), got: outputOf(model, input).toArray() };
      },
    },
    {
      says: "A loss reaches every parameter: after backward(), each has a gradient.",
      claim: (make, ...values) => {
        const { model, input } = built(make, ...values);
        const out = outputOf(model, input);
        out.mul(out).sum().backward();
        const without = model.namedParameters().filter(([, { grad }]) => grad === null).map(([name]) => name);
        return { of: "the parameters without a gradient", expected: [], got: without };
      },
    },
  ];
}
