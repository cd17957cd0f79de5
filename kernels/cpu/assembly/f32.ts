// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

import { Constant } from "./constants.ts";

export const ONE = memory.data<f32>([1]);
const TWO = memory.data<f32>([2]);
/** The bit of the sign. */
export const SIGN = memory.data<f32>([-0.0]);
/** 1.5 · 2²³: adding it rounds to a whole number, and leaves that in the low bits. */
const MAGIC = memory.data<f32>([12582912]);

const LOG2_E = memory.data<f32>([1.442695040888963]);
/** `−ln 2` in two parts, the first short enough for a power of 2's exponent times it to be exact. */
const LN2_HIGH = memory.data<f32>([-0.693359375]);
const LN2_LOW = memory.data<f32>([2.12194440e-4]);
/** Beyond these, `e^x` is 0 or ∞ in float32. */
const EXP_LEAST = memory.data<f32>([-104]);
const EXP_GREATEST = memory.data<f32>([89]);
/** As `MAGIC`, but the whole number is 127 more: a float's exponent for that power of 2. */
const MAGIC_EXPONENT = memory.data<f32>([12583039]);
/**
 * As `MAGIC`, but what it leaves is 2 · 127 more: the exponents of two floats with that power of 2 as their product.
 */
const MAGIC_EXPONENTS = memory.data<f32>([12582658]);
/** Below, `e^x` is less than the least number that float32 has in full precision. */
const EXP_LEAST_FULL = memory.data<f32>([-88]);
/** `(e^r − 1 − r) / r²`. */
const EXP = memory.data<f32>([
  0.5,
  0.16666512191295624,
  0.0416661873459816,
  0.008369598537683487,
  0.0013951717410236597,
]);

const LEAST_NORMAL = memory.data<f32>([1.17549435e-38]);
/** The factor that makes a subnormal number normal. */
const TWO_23 = memory.data<f32>([8388608]);
const EXCESS = memory.data<i32>([23]);
/** The bits of `√½`. */
const ROOT_HALF = memory.data<i32>([0x3f3504f3]);
const MANTISSA = memory.data<i32>([0x007fffff]);
export const MINUS_HALF = memory.data<f32>([-0.5]);
const INFINITE = memory.data<f32>([Infinity]);
const MINUS_INFINITE = memory.data<f32>([-Infinity]);
/** `(log(1 + f) − f + f²/2) / f³`. */
const LOG = memory.data<f32>([
  0.3333331048488617,
  -0.24999986588954926,
  0.20002226531505585,
  -0.16669249534606934,
  0.14218655228614807,
  -0.12384368479251862,
  0.11873012781143188,
  -0.11789704859256744,
  0.06915166229009628,
]);

/** `(tanh x − x) / x³` by x², for `|x|` below a bound. */
const TANH_NEAR = memory.data<f32>([0.625]);
const TANH = memory.data<f32>([
  -0.3333328366279602,
  0.13331490755081177,
  -0.05374349653720856,
  0.020650578662753105,
  -0.005717036779969931,
]);

/**
 * Four float32 functions at a time.
 *
 * The polynomials are minimax fits (Lawson's weighted least squares, in float64), rounded to float32; their own error,
 * stated beside each, is far below the rounding of the last few operations, which is what remains.
 */
export abstract class F32 {
  /** `a · b + c`, rounded once where the engine has relaxed SIMD and the processor a fused multiply-add. */
  @inline
  static madd(a: v128, b: v128, c: v128): v128 {
    if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
    return f32x4.add(f32x4.mul(a, b), c);
  }

  /** The sum of the four. */
  @inline
  static sum(x: v128): f32 {
    const pairs = f32x4.add(x, i32x4.shuffle(x, x, 2, 3, 0, 1));
    return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
  }

  /** The greatest of the four; NaN if any is NaN. */
  @inline
  static max(x: v128): f32 {
    const pairs = f32x4.max(x, i32x4.shuffle(x, x, 2, 3, 0, 1));
    return max<f32>(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
  }

  /** `e^x = 2^k · e^r` with `x = k · ln 2 + r` and `|r| ≤ ln 2 / 2`. */
  @inline
  static exp(x: v128): v128 {
    // in this order of operands, NaN stays NaN
    x = f32x4.pmax(x, Constant.f32(EXP_LEAST));
    x = f32x4.pmin(x, Constant.f32(EXP_GREATEST));
    const shifted = F32.shiftedPower(x);
    return F32.scale(F32.expNear(F32.rest(x, shifted)), shifted);
  }

  /** `e^x` for `x ≤ 88` in fewer steps, as for weights: less than 2^−126 is 0. NaN stays. */
  @inline
  static expOrZero(x: v128): v128 {
    x = f32x4.pmax(x, Constant.f32(EXP_LEAST_FULL)); // there k is −127, of which the exponent's bits are those of 0
    const shifted = F32.madd(x, Constant.f32(LOG2_E), Constant.f32(MAGIC_EXPONENT));
    const k = f32x4.sub(shifted, Constant.f32(MAGIC_EXPONENT));
    return f32x4.mul(F32.expNear(F32.restOf(x, k)), i32x4.shl(shifted, 23));
  }

  /** The k of `e^x = 2^k · e^r`, on top of 1.5 · 2²³: in the low bits it is a whole number. */
  @inline
  static shiftedPower(x: v128): v128 {
    return F32.madd(x, Constant.f32(LOG2_E), Constant.f32(MAGIC));
  }

  /** The r of `e^x = 2^k · e^r`. */
  @inline
  static rest(x: v128, shifted: v128): v128 {
    return F32.restOf(x, f32x4.sub(shifted, Constant.f32(MAGIC)));
  }

  @inline
  static restOf(x: v128, k: v128): v128 {
    return F32.madd(k, Constant.f32(LN2_LOW), F32.madd(k, Constant.f32(LN2_HIGH), x));
  }

  /**
   * `p · 2^k`, of a k on top of 1.5 · 2²³. `2^k` comes in two factors, as it may itself be too large or too small for a
   * float32 whose product with p is none.
   */
  @inline
  static scale(p: v128, shifted: v128): v128 {
    const exponents = i32x4.sub(shifted, Constant.f32(MAGIC_EXPONENTS)); // the sum of the two factors'
    const first = i32x4.shr_s(exponents, 1);
    const second = i32x4.sub(exponents, first);
    return f32x4.mul(f32x4.mul(p, i32x4.shl(first, 23)), i32x4.shl(second, 23));
  }

  /** `e^r` for `|r| ≤ ln 2 / 2`; the polynomial's error is 3·10⁻⁹. */
  @inline
  static expNear(r: v128): v128 {
    return f32x4.add(F32.growth(r), Constant.f32(ONE));
  }

  /** `e^r − 1` for `|r| ≤ ln 2 / 2`. */
  @inline
  static growth(r: v128): v128 {
    let p = F32.madd(Constant.f32(EXP, 4), r, Constant.f32(EXP, 3));
    p = F32.madd(p, r, Constant.f32(EXP, 2));
    p = F32.madd(p, r, Constant.f32(EXP, 1));
    p = F32.madd(p, r, Constant.f32(EXP, 0));
    return F32.madd(f32x4.mul(r, r), p, r);
  }

  /**
   * `log x = log(1 + f) + e · ln 2` with `x = (1 + f) · 2^e` and `√½ ≤ 1 + f < √2`; `log(1 + f) = f − f²/2 + f³ ·
   * P(f)`, where the polynomial's error is 7·10⁻¹⁰.
   */
  @inline
  static log(x: v128): v128 {
    const small = f32x4.lt(x, Constant.f32(LEAST_NORMAL)); // subnormal: multiplied by 2²³ to get an exponent
    const scaled = v128.bitselect(f32x4.mul(x, Constant.f32(TWO_23)), x, small);
    // the exponent is cut so that the mantissa lies around 1: bits of √½ are taken off before, and put back after
    const bits = i32x4.sub(scaled, Constant.f32(ROOT_HALF));
    const excess = v128.and(small, Constant.f32(EXCESS));
    const minusE = f32x4.convert_i32x4_s(i32x4.sub(excess, i32x4.shr_s(bits, 23)));
    const m = i32x4.add(v128.and(bits, Constant.f32(MANTISSA)), Constant.f32(ROOT_HALF));
    const f = f32x4.sub(m, Constant.f32(ONE));
    let p = F32.madd(Constant.f32(LOG, 8), f, Constant.f32(LOG, 7));
    p = F32.madd(p, f, Constant.f32(LOG, 6));
    p = F32.madd(p, f, Constant.f32(LOG, 5));
    p = F32.madd(p, f, Constant.f32(LOG, 4));
    p = F32.madd(p, f, Constant.f32(LOG, 3));
    p = F32.madd(p, f, Constant.f32(LOG, 2));
    p = F32.madd(p, f, Constant.f32(LOG, 1));
    p = F32.madd(p, f, Constant.f32(LOG, 0));
    const ff = f32x4.mul(f, f);
    p = f32x4.mul(f32x4.mul(ff, f), p);
    p = F32.madd(minusE, Constant.f32(LN2_LOW), p);
    p = F32.madd(Constant.f32(MINUS_HALF), ff, p);
    p = F32.madd(minusE, Constant.f32(LN2_HIGH), f32x4.add(f, p));
    // log 0 = −∞, log ∞ = ∞, of a negative number or NaN NaN
    p = v128.bitselect(Constant.f32(MINUS_INFINITE), p, f32x4.eq(x, f32x4.splat(0)));
    p = v128.bitselect(p, x, f32x4.lt(x, Constant.f32(INFINITE)));
    return v128.or(p, f32x4.lt(x, f32x4.splat(0)));
  }

  /**
   * `tanh x = x + x³ · P(x²)` for `|x| < 0.625`, the polynomial's error 4·10⁻⁹; from there on `1 − 2 / (e^2|x| + 1)`.
   */
  @inline
  static tanh(x: v128): v128 {
    const t = f32x4.abs(x);
    const z = f32x4.mul(x, x);
    let p = F32.madd(Constant.f32(TANH, 4), z, Constant.f32(TANH, 3));
    p = F32.madd(p, z, Constant.f32(TANH, 2));
    p = F32.madd(p, z, Constant.f32(TANH, 1));
    p = F32.madd(p, z, Constant.f32(TANH, 0));
    p = F32.madd(f32x4.mul(p, z), x, x);
    const e = F32.exp(f32x4.add(t, t));
    const far = f32x4.sub(Constant.f32(ONE), f32x4.div(Constant.f32(TWO), f32x4.add(e, Constant.f32(ONE))));
    const signed = v128.or(far, v128.and(x, Constant.f32(SIGN)));
    return v128.bitselect(p, signed, f32x4.lt(t, Constant.f32(TANH_NEAR)));
  }

  /** `1 / (1 + e^−x)`, for `x < 0` as `e^x / (1 + e^x)`, in which nothing overflows. */
  @inline
  static sigmoid(x: v128): v128 {
    const z = F32.exp(f32x4.neg(f32x4.abs(x)));
    const numerator = v128.bitselect(z, Constant.f32(ONE), f32x4.lt(x, f32x4.splat(0)));
    return f32x4.div(numerator, f32x4.add(z, Constant.f32(ONE)));
  }

  /** −1, 0 or 1; NaN stays. */
  @inline
  static sign(x: v128): v128 {
    const one = v128.or(Constant.f32(ONE), v128.and(x, Constant.f32(SIGN)));
    return v128.bitselect(one, x, v128.or(f32x4.lt(x, f32x4.splat(0)), f32x4.gt(x, f32x4.splat(0))));
  }
}
