import assert from "node:assert/strict";
import * as fc from "fast-check";
import { DERIVATIVES, UNARY } from "../../../kernels/reference/unary.ts";
import { assertClose } from "../../support/closeness.ts";
import { UNARY_BACKWARD_OPS } from "../../support/kernel_laws.ts";
import { property } from "../../support/property.ts";

for (const name of UNARY_BACKWARD_OPS) {
  const [value, derivative] = [UNARY[name], DERIVATIVES[name]];
  const { min, max } = name === "sqrt" ? { min: 0.25, max: 4 } : { min: -4, max: 4 };
  // Halfway between the numbers 0, 1/8, 2/8, …: away from the kinks, which are at 0.
  const points = fc.integer({ min: 8 * min, max: 8 * max - 1 }).map((n) => (n + 0.5) / 8);
  property(`the derivative of ${name} is the limit of its differences`, points, (x) => {
    const h = 1e-3;
    const slope = (8 * (value(x + h) - value(x - h)) - (value(x + 2 * h) - value(x - 2 * h))) / (12 * h);
    assertClose([derivative(x, value(x))], [slope], 1e-9);
  });
}

Deno.test("at a kink the derivative is 0", () => {
  assert.deepEqual([DERIVATIVES.abs(0, 0), DERIVATIVES.relu(0, 0)], [0, 0]);
});

Deno.test("no function is NaN for large inputs", () => {
  for (const name of UNARY_BACKWARD_OPS) {
    if (["sqrt", "exp", "sin", "cos"].includes(name)) continue; // those are NaN or unbounded there, as they should be
    const [value, derivative] = [UNARY[name], DERIVATIVES[name]];
    for (const x of [-1e300, -800, 800, 1e300]) {
      assert.ok(!Number.isNaN(value(x)) && !Number.isNaN(derivative(x, value(x))), `${name} at ${x}`);
    }
  }
  for (const name of ["gelu", "geluTanh", "silu"] as const) assert.ok(UNARY[name](-Infinity) === 0, name);
});
