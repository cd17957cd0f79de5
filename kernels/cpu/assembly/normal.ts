// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/** Integrals of the bell curve `e^−x²`: erf, and the exact gelu, which weighs by one. */

import { Constant } from "./constants.ts";
import { F32, MINUS_HALF, ONE, SIGN } from "./f32.ts";
import { F64 } from "./f64.ts";
import { map, mapBackward } from "./map.ts";

/** The upper half of a float32's mantissa: the square of that much is exact. */
const UPPER = memory.data<i32>([-4096]);
const MINUS_ONE = memory.data<f32>([-1]);

/**
 * `e^(c x²)` for `|x| ≤ 16`, with c `−1` or `−½`, as `2^k · e^r`.
 *
 * Its relative error is its exponent's absolute error, and that goes up to 200: x is split, `x = u + v` with u its
 * upper bits, as `x² = u² + v (u + x)`, where the first term is exact and the second small.
 */
abstract class Bell {
  @inline
  static coarse(x: v128, c: usize): v128 {
    const upper = v128.and(x, Constant.f32(UPPER));
    return f32x4.mul(f32x4.mul(upper, upper), Constant.f32(c));
  }

  @inline
  static fine(x: v128, c: usize): v128 {
    const upper = v128.and(x, Constant.f32(UPPER));
    return f32x4.mul(f32x4.mul(f32x4.sub(x, upper), f32x4.add(x, upper)), Constant.f32(c));
  }

  /** k, as F32.shiftedPower. */
  @inline
  static shiftedPower(coarse: v128, fine: v128): v128 {
    return F32.shiftedPower(f32x4.add(coarse, fine));
  }

  /** r. */
  @inline
  static rest(coarse: v128, fine: v128, shifted: v128): v128 {
    return f32x4.add(F32.rest(coarse, shifted), fine);
  }
}

/** `erf x / x − 1` by x², for `|x|` below 1. */
const ERF_NEAR = memory.data<f32>([
  0.12837916612625122,
  -0.3761262595653534,
  0.1128358542919159,
  -0.026853812858462334,
  0.005188328679651022,
  -0.0008010201272554696,
  7.853883289499208e-5,
]);
/** `log(erfc x)`, for x from 1 to 4. */
const ERFC_FAR = memory.data<f32>([
  -0.0003537141892593354,
  -1.1270400285720825,
  -0.6382256150245667,
  -0.10303739458322525,
  0.021805331110954285,
  -0.0029396105092018843,
  0.00018557431758381426,
]);
/** From there on erf is 1 in float32. */
const ERF_END = memory.data<f32>([4]);
/** From there on erf's derivative `2/√π · e^−x²` is 0 in float32. */
const BELL_END = memory.data<f32>([10.5]);
const TWO_OVER_ROOT_PI = memory.data<f32>([1.1283791670955126]);

@unmanaged
class Erf {
  /**
   * `erf x = x + x · P(x²)` for `|x| < 1`, the polynomial's error 3·10⁻⁹; from there on `1 − e^Q(|x|)`, with x's sign,
   * the error of which is 10⁻⁸.
   */
  @inline
  of(x: v128): v128 {
    const z = f32x4.mul(x, x);
    let p = F32.madd(Constant.f32(ERF_NEAR, 6), z, Constant.f32(ERF_NEAR, 5));
    p = F32.madd(p, z, Constant.f32(ERF_NEAR, 4));
    p = F32.madd(p, z, Constant.f32(ERF_NEAR, 3));
    p = F32.madd(p, z, Constant.f32(ERF_NEAR, 2));
    p = F32.madd(p, z, Constant.f32(ERF_NEAR, 1));
    p = F32.madd(p, z, Constant.f32(ERF_NEAR, 0));
    p = F32.madd(p, x, x);
    const t = f32x4.abs(x);
    const u = f32x4.pmin(t, Constant.f32(ERF_END)); // written so that NaN stays
    let q = F32.madd(Constant.f32(ERFC_FAR, 6), u, Constant.f32(ERFC_FAR, 5));
    q = F32.madd(q, u, Constant.f32(ERFC_FAR, 4));
    q = F32.madd(q, u, Constant.f32(ERFC_FAR, 3));
    q = F32.madd(q, u, Constant.f32(ERFC_FAR, 2));
    q = F32.madd(q, u, Constant.f32(ERFC_FAR, 1));
    q = F32.madd(q, u, Constant.f32(ERFC_FAR, 0));
    const far = f32x4.sub(Constant.f32(ONE), F32.expOrZero(q));
    const signed = v128.or(far, v128.and(x, Constant.f32(SIGN)));
    return v128.bitselect(p, signed, f32x4.lt(t, Constant.f32(ONE)));
  }

  @inline
  slope(x: v128, y: v128): v128 {
    x = f32x4.pmin(f32x4.abs(x), Constant.f32(BELL_END));
    const coarse = Bell.coarse(x, MINUS_ONE);
    const fine = Bell.fine(x, MINUS_ONE);
    const shifted = Bell.shiftedPower(coarse, fine);
    const p = F32.expNear(Bell.rest(coarse, fine, shifted));
    return F32.scale(f32x4.mul(p, Constant.f32(TWO_OVER_ROOT_PI)), shifted);
  }
}

export function erf(x: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  map<Erf>(x, out, length, step, chunk);
}

export function erfBackward(x: usize, y: usize, grad: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  mapBackward<Erf>(x, y, grad, out, length, step, chunk);
}

/** Q, less its constant term, by `(a − 3.5) / (a + 3.5)`. */
const TAIL = memory.data<f32>([
  -0.28485225898208083,
  0.12664230063496146,
  -0.023592094274975373,
  -0.011193824956464872,
  0.008820487184998914,
  -0.0010987038632506968,
  -0.0010331652098472838,
  0.0002315244704186644,
  0.0001366742570913377,
]);
/** The middle of that variable. */
const TAIL_MIDDLE = memory.data<f32>([3.5]);
/** Q's constant term: what makes Q 1 at `a = 0`, when the others are rounded to float32. */
const TAIL_FIRST: f64 = 0.5848983526229858;
const TAIL_FIRST_F32 = memory.data<f32>([<f32> TAIL_FIRST]);
const TAIL_FIRST_F64 = memory.data<f64>([TAIL_FIRST]);
const TAIL_POLE_F32 = memory.data<f32>([2]);
const TAIL_POLE_F64 = memory.data<f64>([2]);
const ONE_F64 = memory.data<f64>([1]);
/** From there on, on either side, gelu's gate is wholly open or shut in float32. */
const GELU_END = memory.data<f32>([15]);
/** `1 / √(2π)`. */
const DENSITY = memory.data<f32>([0.3989422804014327]);

/**
 * gelu is `x · Φ(x)`, Φ the normal distribution, whose tail below `−a` is `Φ(−a) = e^(−a²/2) · Q / (a + 2)`. Q
 * is smooth, and a polynomial of `w = (a − 3.5) / (a + 3.5)`, a variable in which a may go to infinity (after Shepherd
 * and Laframboise, 1981); its error is 10⁻⁸ up to `a = 15`.
 */
@unmanaged
class Gelu {
  /** Q, less its constant term. */
  @inline
  tail(a: v128): v128 {
    const middle = Constant.f32(TAIL_MIDDLE);
    const w = f32x4.div(f32x4.sub(a, middle), f32x4.add(a, middle));
    const z = f32x4.mul(w, w);
    // the even powers and the odd ones apart, as two short chains of steps take less time than a long one
    let odd = F32.madd(Constant.f32(TAIL, 8), z, Constant.f32(TAIL, 6));
    odd = F32.madd(odd, z, Constant.f32(TAIL, 4));
    odd = F32.madd(odd, z, Constant.f32(TAIL, 2));
    odd = F32.madd(odd, z, Constant.f32(TAIL, 0));
    let even = F32.madd(Constant.f32(TAIL, 7), z, Constant.f32(TAIL, 5));
    even = F32.madd(even, z, Constant.f32(TAIL, 3));
    even = F32.madd(even, z, Constant.f32(TAIL, 1));
    return f32x4.mul(F32.madd(even, w, odd), w);
  }

  /** `a · e^r · Q / (a + 2)` of two, in float64: `growth` is `e^r − 1`, and `q` is Q less its constant term. */
  @inline
  product(a: v128, growth: v128, q: v128): v128 {
    const power = f64x2.add(growth, Constant.f64(ONE_F64));
    const factor = f64x2.add(q, Constant.f64(TAIL_FIRST_F64));
    return f64x2.div(f64x2.mul(a, f64x2.mul(power, factor)), f64x2.add(a, Constant.f64(TAIL_POLE_F64)));
  }

  /**
   * `gelu x = max(x, 0) − a · Φ(−a)` with `a = |x|`. In float32 alone the product's roundings add up to 4 ulp. But of
   * `e^r` and Q all but the constant terms is small, and float32 holds it well: from there on float64 takes over, and
   * rounds once.
   */
  @inline
  of(x: v128): v128 {
    const a = f32x4.pmin(f32x4.abs(x), Constant.f32(GELU_END)); // written so that NaN stays
    const coarse = Bell.coarse(a, MINUS_HALF);
    const fine = Bell.fine(a, MINUS_HALF);
    const shifted = Bell.shiftedPower(coarse, fine);
    const growth = F32.growth(Bell.rest(coarse, fine, shifted));
    const q = this.tail(a);
    const low = this.product(F64.low(a), F64.low(growth), F64.low(q));
    const high = this.product(F64.high(a), F64.high(growth), F64.high(q));
    return f32x4.sub(f32x4.pmax(x, f32x4.splat(0)), F32.scale(F64.join(low, high), shifted));
  }

  /** For `x < 0` it is `Φ(−a) − a · φ(a) = e^(−a²/2) · (Q / (a + 2) − a / √(2π))`, for `x > 0` 1 minus that. */
  @inline
  slope(x: v128, y: v128): v128 {
    const a = f32x4.pmin(f32x4.abs(x), Constant.f32(GELU_END));
    const coarse = Bell.coarse(a, MINUS_HALF);
    const fine = Bell.fine(a, MINUS_HALF);
    const shifted = Bell.shiftedPower(coarse, fine);
    const p = F32.expNear(Bell.rest(coarse, fine, shifted));
    const tail = f32x4.add(this.tail(a), Constant.f32(TAIL_FIRST_F32));
    const share = f32x4.div(tail, f32x4.add(a, Constant.f32(TAIL_POLE_F32)));
    const factor = f32x4.sub(share, f32x4.mul(a, Constant.f32(DENSITY)));
    const left = F32.scale(f32x4.mul(p, factor), shifted);
    return v128.bitselect(left, f32x4.sub(Constant.f32(ONE), left), f32x4.lt(x, f32x4.splat(0)));
  }
}

export function gelu(x: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  map<Gelu>(x, out, length, step, chunk);
}

export function geluBackward(x: usize, y: usize, grad: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  mapBackward<Gelu>(x, y, grad, out, length, step, chunk);
}
