/** What every operation with a gradient must obey, whatever it computes: the properties that refute mutants. */

import assert from "node:assert/strict";
import * as fc from "fast-check";
import { gradcheck, type GradcheckReport, Random, Tensor, valueAndGrad } from "../../mod.ts";
import { tensorOf } from "./arbitraries.ts";
import { type Apply, type Operation, relaid } from "./operations.ts";
import { type Law, law } from "./property.ts";

/** The gradient of an operation is the limit of its differences, for every element of every operand. */
export function gradientLaw({ name, cases }: Operation): Law {
  return law(`the gradient of ${name} is the limit of its differences`, cases, ({ inputs, apply }) => {
    conclusive(gradcheck(apply, inputs.map((input) => tensorOf(input))));
  });
}

/** The same holds where the operands are views: transposed, or a part of something larger. */
export function viewLaw({ name, cases }: Operation): Law {
  const both = fc.tuple(cases, fc.constantFrom("transposed" as const, "amid others" as const));
  return law(`the gradient of ${name} is right for views, too`, both, ([{ inputs, apply }, how]) => {
    conclusive(gradcheck((...xs) => apply(...xs.map((x) => relaid(x, how))), inputs.map((input) => tensorOf(input))));
  });
}

/**
 * The gradient of an operation can be differentiated again. Its results are squared first, as a linear operation
 * has no second derivative, which would leave the gradient's own gradient untested.
 */
export function secondDerivativeLaw({ name, cases }: Operation): Law {
  return law(`the second derivatives of ${name} are the limits of its gradient's differences`, cases, (drawn) => {
    conclusive(gradcheck(gradientOf(drawn.apply), drawn.inputs.map((input) => tensorOf(input))));
  });
}

/** No derivative passed unchecked for lack of digits. */
function conclusive({ inconclusive }: GradcheckReport): void {
  assert.equal(inconclusive, 0, `${inconclusive} derivatives could not be checked`);
}

/** All three. */
export function derivativeLaws(operation: Operation): Law[] {
  return [gradientLaw(operation), viewLaw(operation), secondDerivativeLaw(operation)];
}

/** `∂(Σ w ⊙ f(x)²)/∂x` for all inputs, concatenated, with fixed random weights. */
function gradientOf(f: Apply): Apply {
  return (...inputs) => {
    const [, found] = valueAndGrad<Tensor[]>((...xs) => {
      const out = f(...xs);
      return out.mul(out).mul(Tensor.rand(out.shape, { random: new Random(1) })).sum();
    })(...inputs);
    const gradients = found instanceof Tensor ? [found] : found; // one input: one gradient, no list
    return Tensor.concat(gradients.map((gradient) => gradient.reshape([-1])));
  };
}
