import assert from "node:assert/strict";
import { grad, Tensor } from "../../../mod.ts";
import { tensorOf } from "../../support/arbitraries.ts";
import { assertClose } from "../../support/closeness.ts";
import { OPERATIONS } from "../../support/operations.ts";
import { property } from "../../support/property.ts";
import "../../support/reference.ts";

const DEFINITIONS = {
  neg: (x) => -x,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  abs: Math.abs,
  sign: Math.sign,
  sin: Math.sin,
  cos: Math.cos,
} satisfies Partial<Record<keyof typeof OPERATIONS, (x: number) => number>>;

for (const [name, definition] of Object.entries(DEFINITIONS)) {
  const { cases } = OPERATIONS[name as keyof typeof DEFINITIONS]; // the keys that `entries` widens to string
  property(`${name} computes each element from the one in its place`, cases, ({ inputs, apply }) => {
    const out = apply(tensorOf(inputs[0]!));
    assert.deepEqual(out.shape, inputs[0]!.shape);
    assertClose(out.data, inputs[0]!.data.map(definition));
  });
}

/** `f′` at a point. */
const slope = (f: (x: Tensor) => Tensor, x: number) => grad(f)(Tensor.from(x)).item();

Deno.test("derivatives, by hand", () => {
  assertClose([slope((x) => x.exp(), 1), slope((x) => x.sqrt(), 4), slope((x) => x.sin(), 0)], [Math.E, 0.25, 1]);
  assertClose([slope((x) => x.cos(), Math.PI / 2), slope((x) => x.tanh(), 0), slope((x) => x.sigmoid(), 0)], [
    -1,
    1,
    0.25,
  ]);
  assertClose([slope((x) => x.abs(), -3), slope((x) => x.relu(), 3), slope((x) => x.relu(), -3)], [-1, 1, 0]);
  assertClose([slope((x) => x.erf(), 0), slope((x) => x.silu(), 0), slope((x) => x.gelu(), 0)], [
    2 / Math.sqrt(Math.PI),
    0.5,
    0.5,
  ]);
});

Deno.test("at the kinks of |x| and relu the derivative is 0", () => {
  for (const zero of [0, -0]) {
    assertClose([slope((x) => x.abs(), zero), slope((x) => x.relu(), zero)], [0, 0], 0);
  }
});

Deno.test("for large inputs, saturating functions and their derivatives stay finite", () => {
  for (const x of [-1000, -40, 40, 1000]) {
    const sign = x > 0 ? 1 : 0;
    const found = (f: (x: Tensor) => Tensor) => [f(Tensor.from(x)).item(), slope(f, x)];
    assertClose(found((x) => x.sigmoid()), [sign, 0]);
    assertClose(found((x) => x.tanh()), [Math.sign(x), 0]);
    assertClose(found((x) => x.erf()), [Math.sign(x), 0]);
    assertClose(found((x) => x.relu()), [x * sign, sign]);
    assertClose(found((x) => x.silu()), [x * sign, sign]);
    assertClose(found((x) => x.gelu()), [x * sign, sign]);
    assertClose(found((x) => x.gelu({ approximate: "tanh" })), [x * sign, sign]);
  }
});

Deno.test("outside its domain a function is NaN or infinite, not an error", () => {
  assert.deepEqual(Tensor.from([-1, 0]).log().toArray(), [NaN, -Infinity]);
  assert.deepEqual(Tensor.from([-1, 0]).sqrt().toArray(), [NaN, 0]);
  assert.equal(slope((x) => x.sqrt(), 0), Infinity);
});
