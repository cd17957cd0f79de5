// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

import { Constant } from "./constants.ts";
import { F32, ONE } from "./f32.ts";
import { F64 } from "./f64.ts";
import { cos as hostCos, sin as hostSin } from "./host.ts";
import { map, mapBackward } from "./map.ts";

/** 1.5 · 2⁵²: adding it rounds to a whole number, and leaves that in the low bits. */
const MAGIC = memory.data<f64>([6755399441055744]);
const TWO_OVER_PI = memory.data<f64>([0.6366197723675814]);
/** `−π/2` in two parts, the first of 33 bits: k times it is exact for k below 2²⁰. */
const HALF_PI_HIGH = memory.data<f64>([-1.5707963267341256]);
const HALF_PI_LOW = memory.data<f64>([-6.077100506506192e-11]);
/** Beyond it the host computes. */
const FAR = memory.data<f32>([1048576]);

/** `(sin r − r) / r³` by r². */
const SINE = memory.data<f32>([-0.16666655242443085, 0.00833216030150652, -0.0001951521699083969]);
/** `(cos r − 1) / r²` by r². */
const COSINE = memory.data<f32>([-0.5, 0.04166664555668831, -0.0013887315290048718, 2.4433082217001356e-5]);

/**
 * `sin x`, or `cos x = sin(x + π/2)`: `x = k · π/2 + r` with `|r| ≤ π/4`, and then, by k's last two bits, the sine or
 * the cosine of r with one sign or the other.
 *
 * `k · π/2` cancels most of x, and is subtracted in float64; float32 suffices for r. The polynomials' errors are 8·10⁻⁹
 * and 2·10⁻¹⁰.
 */
abstract class Wave {
  /** k on top of `MAGIC`. */
  @inline
  static quarters(x: v128): v128 {
    return F64.madd(x, Constant.f64(TWO_OVER_PI), Constant.f64(MAGIC));
  }

  @inline
  static rest(x: v128, quarters: v128): v128 {
    const k = f64x2.sub(quarters, Constant.f64(MAGIC));
    return F64.madd(k, Constant.f64(HALF_PI_LOW), F64.madd(k, Constant.f64(HALF_PI_HIGH), x));
  }

  @inline
  static sin(x: v128, cosine: bool): v128 {
    const low = F64.low(x);
    const high = F64.high(x);
    const quartersLow = Wave.quarters(low);
    const quartersHigh = Wave.quarters(high);
    const r = F64.join(Wave.rest(low, quartersLow), Wave.rest(high, quartersHigh));
    const z = f32x4.mul(r, r);
    let s = F32.madd(Constant.f32(SINE, 2), z, Constant.f32(SINE, 1));
    s = F32.madd(s, z, Constant.f32(SINE, 0));
    s = F32.madd(f32x4.mul(s, z), r, r);
    let c = F32.madd(Constant.f32(COSINE, 3), z, Constant.f32(COSINE, 2));
    c = F32.madd(c, z, Constant.f32(COSINE, 1));
    c = F32.madd(c, z, Constant.f32(COSINE, 0));
    c = F32.madd(c, z, Constant.f32(ONE));
    let k = i32x4.shuffle(quartersLow, quartersHigh, 0, 2, 4, 6);
    if (cosine) k = i32x4.add(k, i32x4.splat(1));
    const odd = i32x4.shr_s(i32x4.shl(k, 31), 31); // the last bit, everywhere
    const negative = i32x4.shl(i32x4.shr_u(k, 1), 31); // the second bit becomes the sign
    const near = v128.xor(v128.bitselect(c, s, odd), negative);
    if (!v128.any_true(f32x4.gt(f32x4.abs(x), Constant.f32(FAR)))) return near;
    let far = f32x4.splat(Wave.far(f32x4.extract_lane(x, 0), cosine));
    far = f32x4.replace_lane(far, 1, Wave.far(f32x4.extract_lane(x, 1), cosine));
    far = f32x4.replace_lane(far, 2, Wave.far(f32x4.extract_lane(x, 2), cosine));
    return f32x4.replace_lane(far, 3, Wave.far(f32x4.extract_lane(x, 3), cosine));
  }

  static far(x: f32, cosine: bool): f32 {
    return <f32> (cosine ? hostCos(x) : hostSin(x));
  }
}

@unmanaged
class Sin {
  @inline
  of(x: v128): v128 {
    return Wave.sin(x, false);
  }

  @inline
  slope(x: v128, y: v128): v128 {
    return Wave.sin(x, true);
  }
}

export function sin(x: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  map<Sin>(x, out, length, step, chunk);
}

export function sinBackward(x: usize, y: usize, grad: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  mapBackward<Sin>(x, y, grad, out, length, step, chunk);
}

@unmanaged
class Cos {
  @inline
  of(x: v128): v128 {
    return Wave.sin(x, true);
  }

  @inline
  slope(x: v128, y: v128): v128 {
    return f32x4.neg(Wave.sin(x, false));
  }
}

export function cos(x: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  map<Cos>(x, out, length, step, chunk);
}

export function cosBackward(x: usize, y: usize, grad: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  mapBackward<Cos>(x, y, grad, out, length, step, chunk);
}
