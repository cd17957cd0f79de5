// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/** Numbers behind a gate, `x · s` with `s = sigmoid(u(x)) = 1 / (1 + e^−u)`, in float32: geluTanh and silu. */

import { Constant } from "./constants.ts";
import { F32, ONE } from "./f32.ts";
import { F64 } from "./f64.ts";
import { map, mapBackward } from "./map.ts";

/** Subtracted from a float's bits, it divides the float by 2⁶⁴. */
const DOWN_64 = memory.data<i32>([64 << 23]);

/**
 * A gate by the odds against it, `e^−u = (1 − s) / s`.
 *
 * Where the gate is almost shut, the odds exceed float32 while `x · s` does not vanish yet. There the odds are measured
 * in units of 2⁻⁶⁴ rather than 1. Farther down, where `x · s` is 0 in float32, x is cut off, as infinity times 0 would
 * be NaN.
 */
@unmanaged
class Gate {
  /** The unit of the odds at x: 1, or 2⁻⁶⁴ below `shut`, where the odds are far above 1. */
  @inline
  static unit(x: v128, shut: usize): v128 {
    return i32x4.sub(Constant.f32(ONE), v128.and(f32x4.lt(x, Constant.f32(shut)), Constant.f32(DOWN_64)));
  }

  /** `e^r · 2^k` in units of `unit`, for `|r| ≤ ln 2 / 2`, and k in the low bits. */
  @inline
  static odds(r: v128, k: v128, unit: v128): v128 {
    return i32x4.add(f32x4.mul(F32.expNear(r), unit), i32x4.shl(k, 23)); // adds k to the exponent
  }

  /** `x · s`. */
  @inline
  static value(x: v128, odds: v128, unit: v128): v128 {
    return f32x4.div(f32x4.mul(x, unit), f32x4.add(unit, odds));
  }

  /** `(x · s)′ = s · (1 + x · u′ · (1 − s))`, in which `1 − s` does not cancel. */
  @inline
  static slope(xdu: v128, odds: v128, unit: v128): v128 {
    const share = f32x4.div(Constant.f32(ONE), f32x4.add(unit, odds));
    const factor = F32.madd(xdu, f32x4.mul(odds, share), Constant.f32(ONE));
    return f32x4.mul(f32x4.mul(factor, share), unit); // the unit comes last: s alone may be too small for a float32
  }
}

/** geluTanh is `x · sigmoid(2u)`, with `2u = 2 √(2/π) · (x + 0.044715 x³)`. */
const TWICE_ROOT: f64 = 1.5957691216057308;
const CUBIC: f64 = 0.044715;
/** `−2u · log₂ e = x · (a + b x²)`. */
const EXPONENT_A = memory.data<f64>([-TWICE_ROOT * 1.4426950408889634]);
const EXPONENT_B = memory.data<f64>([-TWICE_ROOT * 1.4426950408889634 * CUBIC]);
/** `2u′ = a + b x²`. */
const SLOPE_A = memory.data<f32>([<f32> TWICE_ROOT]);
const SLOPE_B = memory.data<f32>([<f32> (3 * TWICE_ROOT * CUBIC)]);
/** 1.5 · 2⁵²: adding it rounds to a whole number, and leaves that in the low bits. */
const MAGIC = memory.data<f64>([6755399441055744]);
const LN2 = memory.data<f32>([0.6931471805599453]);
/** Below these, the odds have the other unit, and the gate is shut; above the last, it is open and its slope is 1. */
const GELU_UNIT = memory.data<f32>([-8]);
const GELU_SHUT = memory.data<f32>([-11]);
const GELU_OPEN = memory.data<f32>([8]);

@unmanaged
class GeluTanh {
  /** The exponent, to base 2, of two odds. */
  @inline
  exponent(x: v128): v128 {
    const factor = F64.madd(Constant.f64(EXPONENT_B), f64x2.mul(x, x), Constant.f64(EXPONENT_A));
    return f64x2.mul(x, factor);
  }

  /**
   * The odds' relative error is their exponent's absolute error, and that goes up to 160: it is computed in float64,
   * until there is its fraction, which float32 holds as well.
   */
  @inline
  odds(x: v128, unit: v128): v128 {
    const low = this.exponent(F64.low(x));
    const high = this.exponent(F64.high(x));
    const shiftedLow = f64x2.add(low, Constant.f64(MAGIC));
    const shiftedHigh = f64x2.add(high, Constant.f64(MAGIC));
    const fractionLow = f64x2.sub(low, f64x2.sub(shiftedLow, Constant.f64(MAGIC)));
    const fractionHigh = f64x2.sub(high, f64x2.sub(shiftedHigh, Constant.f64(MAGIC)));
    const r = f32x4.mul(F64.join(fractionLow, fractionHigh), Constant.f32(LN2));
    return Gate.odds(r, i32x4.shuffle(shiftedLow, shiftedHigh, 0, 2, 4, 6), unit);
  }

  @inline
  of(x: v128): v128 {
    x = f32x4.pmax(x, Constant.f32(GELU_SHUT));
    const unit = Gate.unit(x, GELU_UNIT);
    return Gate.value(x, this.odds(f32x4.pmin(x, Constant.f32(GELU_OPEN)), unit), unit);
  }

  @inline
  slope(x: v128, y: v128): v128 {
    x = f32x4.pmin(f32x4.pmax(x, Constant.f32(GELU_SHUT)), Constant.f32(GELU_OPEN));
    const unit = Gate.unit(x, GELU_UNIT);
    const du = F32.madd(Constant.f32(SLOPE_B), f32x4.mul(x, x), Constant.f32(SLOPE_A));
    return Gate.slope(f32x4.mul(x, du), this.odds(x, unit), unit);
  }
}

export function geluTanh(x: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  map<GeluTanh>(x, out, length, step, chunk);
}

export function geluTanhBackward(
  x: usize,
  y: usize,
  grad: usize,
  out: usize,
  length: i32,
  step: i32,
  chunk: i32,
): void {
  mapBackward<GeluTanh>(x, y, grad, out, length, step, chunk);
}

/** The same for silu. */
const SILU_UNIT = memory.data<f32>([-64]);
const SILU_SHUT = memory.data<f32>([-112]);
const SILU_OPEN = memory.data<f32>([64]);

@unmanaged
class Silu {
  @inline
  odds(x: v128, unit: v128): v128 {
    const minus = f32x4.neg(x);
    const shifted = F32.shiftedPower(minus);
    return Gate.odds(F32.rest(minus, shifted), shifted, unit);
  }

  @inline
  of(x: v128): v128 {
    x = f32x4.pmax(x, Constant.f32(SILU_SHUT));
    const unit = Gate.unit(x, SILU_UNIT);
    return Gate.value(x, this.odds(f32x4.pmin(x, Constant.f32(SILU_OPEN)), unit), unit);
  }

  @inline
  slope(x: v128, y: v128): v128 {
    x = f32x4.pmin(f32x4.pmax(x, Constant.f32(SILU_SHUT)), Constant.f32(SILU_OPEN));
    const unit = Gate.unit(x, SILU_UNIT);
    return Gate.slope(x, this.odds(x, unit), unit);
  }
}

export function silu(x: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  map<Silu>(x, out, length, step, chunk);
}

export function siluBackward(x: usize, y: usize, grad: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  mapBackward<Silu>(x, y, grad, out, length, step, chunk);
}
