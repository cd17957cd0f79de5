/** The functions that gpu kernels call, run as JavaScript; the engines' translations are tested with the kernels. */

import assert from "node:assert/strict";
import * as functions from "../../../kernels/gpu/functions.ts";
import { erf, erfc } from "../../../kernels/reference/erf.ts";
import { close } from "../../support/closeness.ts";
import { SMALLEST_NORMAL, SPECIAL } from "../../support/special_values.ts";

const NORMAL = SPECIAL.map(Math.fround).filter((x) => !(Math.abs(x) < SMALLEST_NORMAL) || x === 0);

/** JavaScript's power, except where IEEE 754 differs. */
function power(x: number, y: number): number {
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
}

Deno.test("powers, quotients, logarithms and signs follow IEEE 754, including signed zeros", () => {
  for (const x of NORMAL) {
    for (const y of NORMAL) {
      assert.ok(Object.is(functions.power(x, y), power(x, y)), `${x} ** ${y} is ${functions.power(x, y)}`);
      assert.ok(close(functions.quotient(x, y), x / y, 1e-15, 0), `${x} / ${y} is ${functions.quotient(x, y)}`);
      assert.ok(Object.is(functions.larger(x, y), Math.max(x, y)));
      assert.ok(Object.is(functions.smaller(x, y), Math.min(x, y)));
    }
    assert.ok(close(functions.logarithm(x), Math.log(x), 1e-15, 0));
    assert.ok(Object.is(functions.signOf(x), Math.sign(x)));
  }
  assert.ok(close(functions.logarithm(1e-40), Math.log(1e-40), 1e-15));
});

Deno.test("erf, Φ and tanh have seven digits", () => {
  for (let x = -6; x <= 6; x += 0.01) {
    assert.ok(close(functions.erf(x), erf(x), 2e-7), `erf ${x}`);
    assert.ok(close(functions.tanh(x), Math.tanh(x), 2e-7), `tanh ${x}`);
    assert.ok(close(functions.normal(x), erfc(-x / Math.SQRT2) / 2, 2e-7), `Φ ${x}`);
  }
});

Deno.test("a closed gate passes nothing, and NaN always passes", () => {
  assert.deepEqual(
    [[2, 0.5], [Infinity, 0], [-Infinity, 0], [NaN, 0], [1, NaN]].map(([x, s]) => functions.gated(x!, s!)),
    [
      ...[1, 0, 0, 0, NaN],
    ],
  );
});

Deno.test("rows are scaled down by their largest magnitude above 1, and up if all numbers are tiny", () => {
  assert.deepEqual([3e38, 1, 1e-10, Infinity, NaN].map(functions.rowScale), [3e38, 1, 1, 1, 1]);
  assert.equal(functions.rowScale(0), 2 ** -56);
});

Deno.test("shaders test the bits for NaN, in place of the function that gpu.js wrote", () => {
  const before =
    "fn fn_isNotANumber(user_x : f32) -> f32 {\nreturn select(0.0, 1.0, (user_x!=user_x));\n}\nfn main() {}";
  const after = functions.withExactTests(before);
  assert.match(
    after,
    /^fn fn_isNotANumber\(user_x : f32\) -> f32 \{\n.*bitcast<u32>\(user_x\).*\n\}\nfn main\(\) \{\}$/,
  );
  assert.equal(functions.withExactTests("fn main() {}"), "fn main() {}");
  assert.throws(
    () => functions.withExactTests("fn isNotANumber(x : f32) -> f32 { return 0.0; }"),
    /written isNotANumber anew/,
  );
});
