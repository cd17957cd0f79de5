/** The accuracy of the functions of one number, over the whole range of float32. */

import assert from "node:assert/strict";
import { cpuKernels } from "../../../kernels/cpu/mod.ts";
import type { UnaryOp, View } from "../../../kernels/kernels.ts";
import { reference } from "../../../kernels/reference/mod.ts";
import { rowMajor } from "../../../kernels/view.ts";
import { UNARY_OPS } from "../../support/kernel_laws.ts";

/**
 * How many ulps a result may be off the correctly rounded one, where it is not exact. Functions with 1 round once or
 * twice. A gate's odds, their sum with 1, and the quotient each round, at worst all the same way, and so do the parts
 * of gelu: two polynomials, whose roundings weigh half as much, a product and a difference.
 */
const ULPS: Partial<Record<UnaryOp, number>> = {
  exp: 1,
  log: 1,
  tanh: 2,
  sigmoid: 2,
  erf: 1,
  sin: 1,
  cos: 1,
  gelu: 2,
  geluTanh: 2,
  silu: 2,
};

/**
 * How far the derivative `s + x · s′` of a gate `x · s` may be off, relative to the size of its two terms, which cancel
 * around one x below 0: eight roundings to float32, of 2⁻²⁴ each.
 */
const GATE_SLOPE_ERROR = 8 * 2 ** -24;
/** Float32's smallest number: near 0 a result may always be off by it. */
const SMALLEST = 2 ** -149;

const SPECIAL = [
  0,
  -0,
  1,
  -1,
  0.5,
  Infinity,
  -Infinity,
  NaN,
  1e-45,
  -1e-45,
  1.1754944e-38,
  3.4028235e38,
  -3.4028235e38,
];

/** Every 4,001st float32 from −∞ to ∞, denormal ones included, several thousand up to ±100, and special ones. */
function wholeRange(): Float32Array<ArrayBuffer> {
  const everywhere = Uint32Array.from({ length: Math.floor(2 ** 32 / 4001) }, (_, i) => i * 4001);
  const near = Array.from({ length: 40_000 }, (_, i) => (i - 20_000) / 200);
  const numbers = [...new Float32Array(everywhere.buffer), ...near, ...SPECIAL];
  return Float32Array.from(numbers);
}

/** The rank of a float32 among all of them: neighbours differ by 1. */
function places(numbers: Float32Array<ArrayBuffer>): Int32Array {
  return new Int32Array(numbers.buffer).map((bits) => bits < 0 ? -(bits & 0x7fffffff) : bits);
}

const numbers = wholeRange();
const layout = rowMajor([numbers.length]);

for (const relaxed of [true, false]) {
  const cpu = cpuKernels({ relaxed, threads: 1 });
  const x: View = { ...layout, storage: cpu.write(numbers) };
  for (const op of UNARY_OPS) {
    Deno.test(`${op} is within ${ULPS[op] ?? 0} ulp of float32 rounding, ${relaxed ? "relaxed" : "plain"} SIMD`, () => {
      const wanted = Float32Array.from(
        reference.read(reference.unary(op, { ...layout, storage: reference.write(numbers) })),
      );
      const got = Float32Array.from(cpu.read(cpu.unary(op, x)));
      const [gotPlaces, wantedPlaces] = [places(got), places(wanted)];
      let worst = 0;
      let at = 0;
      for (let i = 0; i < got.length; i++) {
        assert.equal(Number.isNaN(got[i]), Number.isNaN(wanted[i]), `${op}(${numbers[i]}) is ${got[i]}`);
        if (Number.isNaN(wanted[i])) continue;
        const distance = Math.abs(gotPlaces[i]! - wantedPlaces[i]!);
        if (distance > worst) [worst, at] = [distance, i];
      }
      const report = `${op}(${numbers[at]}) is ${got[at]} where ${wanted[at]} is expected: ${worst} ulp`;
      assert(worst <= (ULPS[op] ?? 0), report);
    });
  }
  for (const op of ["gelu", "geluTanh", "silu"] as const) {
    Deno.test(`the derivative of ${op} is exact to 8 roundings, ${relaxed ? "relaxed" : "plain"} SIMD`, () => {
      const ones = new Float32Array(numbers.length).fill(1);
      const exactX: View = { ...layout, storage: reference.write(numbers) };
      const exactY: View = { ...layout, storage: reference.unary(op, exactX) };
      const y = reference.read(exactY.storage);
      const wanted = reference.read(
        reference.unaryBackward(op, exactX, exactY, { ...layout, storage: reference.write(ones) }),
      );
      const out: View = { ...layout, storage: cpu.unary(op, x) };
      const got = cpu.read(cpu.unaryBackward(op, x, out, { ...layout, storage: cpu.write(ones) }));
      for (let i = 0; i < got.length; i++) {
        const gate = Number.isFinite(numbers[i]) && numbers[i] !== 0 ? y[i]! / numbers[i]! : wanted[i]!;
        const size = gate + Math.abs(wanted[i]! - gate);
        const error = Math.abs(got[i]! - wanted[i]!);
        const fits = error <= GATE_SLOPE_ERROR * size + SMALLEST || Number.isNaN(got[i]) && Number.isNaN(wanted[i]);
        assert(fits, `${op}′(${numbers[i]}) is ${got[i]} where ${wanted[i]} is expected`);
      }
    });
  }
}
