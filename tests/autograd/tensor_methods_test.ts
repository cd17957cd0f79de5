import assert from "node:assert/strict";
import { Tensor } from "../../mod.ts";
import { tensorOf } from "../support/arbitraries.ts";
import { gradientLaw, secondDerivativeLaw, viewLaw } from "../support/derivatives.ts";
import { type Operation, OPERATIONS } from "../support/operations.ts";
import { property, testLaw } from "../support/property.ts";
import "../support/reference.ts";

Deno.test("the table of operations has every method of a tensor", () => {
  const base: object = Object.getPrototypeOf(Tensor.prototype); // TensorMethods
  const methods = Object.getOwnPropertyNames(base).filter((name) => name !== "constructor");
  assert.deepEqual(Object.keys(OPERATIONS).sort(), methods.sort());
});

for (const operation of Object.values<Operation>(OPERATIONS)) {
  if (operation.smooth) {
    testLaw(gradientLaw(operation), 40);
    testLaw(viewLaw(operation), 12);
    testLaw(secondDerivativeLaw(operation), 20);
  } else {
    property(`${operation.name} is a constant`, operation.cases, ({ inputs, apply }) => {
      assert.equal(apply(...inputs.map((input) => tensorOf(input, true))).requiresGrad, false);
    }, 20);
  }
}
