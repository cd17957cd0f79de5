import assert from "node:assert/strict";
import * as fc from "fast-check";
import * as mathjs from "mathjs";
import { erf, erfc } from "../../../kernels/reference/erf.ts";
import { assertClose, ulps } from "../../support/closeness.ts";
import { property } from "../../support/property.ts";

Deno.test("erf has all the digits of the tables", () => {
  // Abramowitz and Stegun, table 7.1, and the values of its formulas to sixteen digits
  const known = [[0.1, 0.1124629160182849], [0.5, 0.5204998778130465], [1, 0.8427007929497149], [
    2,
    0.9953222650189527,
  ]];
  for (const [x, y] of known) assert.ok(ulps(erf(x!), y!) <= 4, `erf ${x} = ${erf(x!)}`);
  assert.ok(Math.abs(erfc(1) / 0.15729920705028513 - 1) < 1e-15);
  assert.ok(Math.abs(erfc(3) / 2.209049699858544e-5 - 1) < 1e-13);
  assert.ok(Math.abs(erfc(10) / 2.088487583762545e-45 - 1) < 1e-13);
});

const numbers = fc.double({ min: -8, max: 8, noNaN: true });

property("erf is odd and increasing, and erf + erfc = 1", fc.tuple(numbers, numbers), ([x, y]) => {
  assert.equal(erf(-x), -erf(x));
  if (x < y) assert.ok(erf(x) <= erf(y) + 4e-16);
  assertClose([erf(x) + erfc(x), erfc(-x)], [1, 2 - erfc(x)], 1e-15);
});

property("erf agrees with mathjs", numbers, (x) => assertClose([erf(x)], [mathjs.erf(x)], 1e-14));

property("the derivative of erf is 2/√π · e^(−x²)", fc.double({ min: -5, max: 5, noNaN: true }), (x) => {
  const h = 1e-4;
  const slope = (8 * (erf(x + h) - erf(x - h)) - (erf(x + 2 * h) - erf(x - 2 * h))) / (12 * h);
  assertClose([slope], [2 / Math.sqrt(Math.PI) * Math.exp(-x * x)]);
});

Deno.test("erf at 0, ±∞ and NaN", () => {
  assert.deepEqual([0, Infinity, -Infinity, NaN].map(erf), [0, 1, -1, NaN]);
  assert.deepEqual([0, Infinity, -Infinity, NaN].map(erfc), [1, 0, 2, NaN]);
});
