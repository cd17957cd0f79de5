/** Functions for kernels. gpu.js translates them together with the kernel, if they have no loops and no arrays. */

/** `tanh x`: near 0, where `(1 − t) / (1 + t)` would cancel, by its series. */
export function tanh(x: number): number {
  const square = x * x;
  if (square < 0.04) return x * (1 - square * (1 / 3 - square * (2 / 15 - square * (17 / 315))));
  const t = Math.exp(-2 * Math.abs(x)); // below 1, so that nothing overflows
  return Math.sign(x) * (1 - t) / (1 + t);
}

/** `1 − erf x` for `x ≥ 0`, to seven digits, by a polynomial in `1 / (1 + x/2)` (Press et al., Numerical Recipes). */
export function upperTail(x: number): number {
  const t = 1 / (1 + 0.5 * x);
  const high = 1.48851587 + t * (-0.82215223 + t * 0.17087277);
  const middle = 0.09678418 + t * (-0.18628806 + t * (0.27886807 + t * (-1.13520398 + t * high)));
  const exponent = -x * x - 1.26551223 + t * (1.00002368 + t * (0.37409196 + t * middle));
  return t * Math.exp(exponent);
}

/** `erf x`, the error function: near 0 by its Taylor series. */
export function erf(x: number): number {
  const square = x * x;
  if (square < 0.25) {
    const high = 1 / 42 - square * (1 / 216 - square * (1 / 1320));
    return 1.1283791670955126 * x * (1 - square * (1 / 3 - square * (1 / 10 - square * high)));
  }
  return Math.sign(x) * (1 - upperTail(Math.abs(x)));
}

/** The probability that a normally distributed number is below x, `Φ(x)`. */
export function normal(x: number): number {
  if (x < -0.7) return 0.5 * upperTail(-x * 0.7071067811865476);
  return 0.5 + 0.5 * erf(x * 0.7071067811865476);
}

/** `1 / (1 + e^(−x))`. */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** `2u`, where the tanh form of gelu is `x · (1 + tanh u) / 2 = x · sigmoid(2u)`. */
export function geluArgument(x: number): number {
  return 1.5957691216057308 * (x + 0.044715 * x * x * x);
}

/** 1 for NaN, 0 for any other number. On a graphics adapter, `withExactTests` rewrites it. */
export function isNotANumber(x: number): number {
  return x !== x ? 1 : 0;
}

/** The greater of two numbers, and NaN if either is: an adapter's own `max` may pass NaN over. */
export function larger(x: number, y: number): number {
  if (isNotANumber(x) > 0) return x;
  if (isNotANumber(y) > 0) return y;
  return Math.max(x, y);
}

/** The lesser of two numbers, and NaN if either is. */
export function smaller(x: number, y: number): number {
  if (isNotANumber(x) > 0) return x;
  if (isNotANumber(y) > 0) return y;
  return Math.min(x, y);
}

/** 1, −1, or x itself where it is neither positive nor negative, which is ±0 or NaN. */
export function signOf(x: number): number {
  if (x > 0) return 1;
  if (x < 0) return -1;
  return x;
}

/** `ln x`; a subnormal number is made a normal one first, as adapters may take its logarithm wrongly. */
export function logarithm(x: number): number {
  if (x < 1.1754943508222875e-38) return Math.log(x * 18446744073709552000) - 44.3614195558365; // 2⁶⁴ and its logarithm
  return Math.log(x);
}

/**
 * `xʸ` as IEEE 754 has it: `1ʸ`, `x⁰` and `(±1)^±∞` are 1, other powers of or by NaN are NaN, and so is a negative number
 * to a fractional power. An adapter's own power function is for ordinary positive numbers only. Subnormal numbers are 0.
 */
export function power(x: number, y: number): number {
  if (Math.abs(y) < 1.1754943508222875e-38) return 1; // y is 0, as is any subnormal number
  if (x === 1) return 1;
  if (isNotANumber(x) + isNotANumber(y) > 0) return x + y;
  const size = Math.abs(x);
  const whole = Math.floor(y);
  let value = Math.pow(size, y);
  if (Math.abs(y) > 3.4028234663852886e38) { // infinite, as is any number that is larger
    if (size === 1) return 1;
    value = infiniteOrZero(size > 1 ? y : -y);
  } else {
    if (size < 1.1754943508222875e-38) value = infiniteOrZero(-y);
    if (size > 3.4028234663852886e38) value = infiniteOrZero(y);
    if (x < 0) {
      if (whole !== y) {
        if (size <= 3.4028234663852886e38) return Math.sqrt(x); // NaN
      }
    }
    const half = whole * 0.5;
    const odd = whole === y ? half - Math.floor(half) : 0; // 0.5 or 0
    if (odd > 0) {
      if (x < 0) return -value;
      if (1 / x < 0) return -value; // x is −0
    }
  }
  return value;
}

/** ∞ for positive numbers, and 0 for others. */
export function infiniteOrZero(x: number): number {
  const zero = x > 0 ? 0 : 1; // WGSL has no literal for ∞, and divides by no literal 0
  return x > 0 ? 1 / zero : 0;
}

/** `x / y`, also where `1 / y` is no normal number: an adapter multiplies by it. */
export function quotient(x: number, y: number): number {
  if (Math.abs(y) < 1.1754943508222875e-38) return (x * 18446744073709552000) / (y * 18446744073709552000); // 2⁶⁴
  if (Math.abs(y) > 8.507059173023462e37) return (x * 5.421010862427522e-20) / (y * 5.421010862427522e-20); // 2⁻⁶⁴
  return x / y;
}

/** `x · s` with a gate s from 0 to 1, and 0 where the gate is shut: then not even infinity passes. */
export function gated(x: number, s: number): number {
  if (s > 0) return x * s;
  return isNotANumber(s) > 0 ? s : 0; // not `s === 0 ? 0 : x * s`, which a compiler takes for the product
}

/** What a row is divided by, given its greatest size, so that no square of its numbers overflows and not all vanish. */
export function rowScale(greatest: number): number {
  if (greatest > 3.4028234663852886e38) return 1; // infinite: there is nothing to save
  if (greatest > 1) return greatest;
  return greatest < 1.3877787807814457e-17 ? 1.3877787807814457e-17 : 1; // 2⁻⁵⁶; 1 also for NaN
}

/** All of them, for gpu.js. */
export const FUNCTIONS = [
  ...[tanh, upperTail, erf, normal, sigmoid, geluArgument],
  ...[isNotANumber, larger, smaller, signOf, logarithm, power, infiniteOrZero, quotient, gated, rowScale],
];

/**
 * A shader in WGSL with `isNotANumber` looking at the number's bits: a compiler of shaders may take it for granted that
 * no number is NaN, and `x != x` for false (WGSL, 15.7.2).
 */
export function withExactTests(shader: string): string {
  const exact = shader.replace(
    /(fn fn_isNotANumber\(user_x : f32\) -> f32 \{)[^}]*\}/,
    "$1\n  return select(0.0, 1.0, (bitcast<u32>(user_x) & 0x7fffffffu) > 0x7f800000u);\n}",
  );
  if (exact === shader && shader.includes(isNotANumber.name)) throw new Error("gpu.js has written isNotANumber anew");
  return exact;
}
