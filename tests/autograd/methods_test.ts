import assert from "node:assert/strict";
import { Tensor } from "../../mod.ts";
import { tensorOf } from "../support/arbitraries.ts";
import { gradientLaw, secondDerivativeLaw, viewLaw } from "../support/derivatives.ts";
import { type Operation, OPERATIONS } from "../support/operations.ts";
import { property, testLaw } from "../support/property.ts";
import "../support/reference.ts";

Deno.test("every operation of the table is a method of a tensor", () => {
  const installed = Object.keys(OPERATIONS).filter((name) => typeof Reflect.get(Tensor.prototype, name) === "function");
  assert.deepEqual(installed, Object.keys(OPERATIONS));
});

Deno.test("a method rejects unknown options, extra arguments and values of the wrong kind", () => {
  const x: Record<string, (...given: unknown[]) => unknown> = Object.create(Tensor.ones([2, 3])); // as a notebook calls it
  const attempts: [() => unknown, string, string][] = [
    [
      () => x["sum"]!(0, { keepdim: true }),
      "TypeError",
      'Cannot call sum, as there is no option "keepdim": only keepDims',
    ],
    [
      () => x["sum"]!(0, 1),
      "TypeError",
      'Cannot call sum, as "options" must be an object of options (keepDims): 1',
    ],
    [
      () => x["relu"]!(0),
      "TypeError",
      "Cannot call relu, as it takes no arguments: 1 was given, the last 0",
    ],
    [
      () => x["gelu"]!({ approximate: "none" }),
      "RangeError",
      'Cannot call gelu, as the option "approximate" must be "tanh": "none"',
    ],
    [() => x["cumsum"]!(), "TypeError", 'Cannot call cumsum, as "axis" must be given: a whole number'],
    [() => x["backward"]!({ seed: 1 }), "TypeError", 'Cannot call backward, as the option "seed" must be a Tensor: 1'],
  ];
  for (const [attempt, name, message] of attempts) assert.throws(attempt, { name, message });
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
