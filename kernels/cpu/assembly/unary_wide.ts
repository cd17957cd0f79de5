// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/** Functions of one number that float32 would spoil: they are computed in float64, and rounded once. */

import { F64 } from "./f64.ts";
import { map, mapBackward } from "./map.ts";

/** `√(2/π)`, and the cubic term's factor, of gelu's approximation. */
const ROOT: f64 = 0.7978845608028654;
const CUBIC: f64 = 0.044715;

/**
 * `x` kept within `±limit`, a bound beyond which a gate is wholly open or shut in float32: there infinity times nothing
 * would be NaN.
 */
@unmanaged
class Gate {
  @inline
  static from(x: v128, limit: f64): v128 {
    return f64x2.pmax(x, f64x2.splat(-limit));
  }

  @inline
  static within(x: v128, limit: f64): v128 {
    return f64x2.pmin(Gate.from(x, limit), f64x2.splat(limit));
  }

  /** geluTanh is `x · sigmoid(2u)`, with `2u = 2 √(2/π) · (x + 0.044715 x³)`. */
  @inline
  static twiceU(x: v128): v128 {
    const cube = f64x2.mul(f64x2.mul(x, x), x);
    return f64x2.mul(f64x2.splat(2 * ROOT), F64.madd(f64x2.splat(CUBIC), cube, x));
  }

  /** The derivative of `x · s`, `s = sigmoid(u)`: `s + x · s (1 − s) · ∂u/∂x`. */
  @inline
  static slope(x: v128, s: v128, du: v128): v128 {
    const ds = f64x2.mul(f64x2.mul(s, f64x2.sub(f64x2.splat(1), s)), du);
    return F64.madd(x, ds, s);
  }
}

@unmanaged
class Sin {
  @inline
  value(x: v128): v128 {
    return F64.sin(x, false);
  }

  @inline
  derivative(x: v128): v128 {
    return F64.sin(x, true);
  }

  @inline
  of(x: v128): v128 {
    return F64.join(this.value(F64.low(x)), this.value(F64.high(x)));
  }

  @inline
  slope(x: v128, y: v128): v128 {
    return F64.join(this.derivative(F64.low(x)), this.derivative(F64.high(x)));
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
  value(x: v128): v128 {
    return F64.sin(x, true);
  }

  @inline
  derivative(x: v128): v128 {
    return f64x2.neg(F64.sin(x, false));
  }

  @inline
  of(x: v128): v128 {
    return F64.join(this.value(F64.low(x)), this.value(F64.high(x)));
  }

  @inline
  slope(x: v128, y: v128): v128 {
    return F64.join(this.derivative(F64.low(x)), this.derivative(F64.high(x)));
  }
}

export function cos(x: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  map<Cos>(x, out, length, step, chunk);
}

export function cosBackward(x: usize, y: usize, grad: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  mapBackward<Cos>(x, y, grad, out, length, step, chunk);
}

@unmanaged
class Erf {
  @inline
  value(x: v128): v128 {
    return F64.erf(x);
  }

  @inline
  derivative(x: v128): v128 {
    return f64x2.mul(f64x2.splat(1.1283791670955126), F64.exp(f64x2.neg(f64x2.mul(x, x))));
  }

  @inline
  of(x: v128): v128 {
    return F64.join(this.value(F64.low(x)), this.value(F64.high(x)));
  }

  @inline
  slope(x: v128, y: v128): v128 {
    return F64.join(this.derivative(F64.low(x)), this.derivative(F64.high(x)));
  }
}

export function erf(x: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  map<Erf>(x, out, length, step, chunk);
}

export function erfBackward(x: usize, y: usize, grad: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  mapBackward<Erf>(x, y, grad, out, length, step, chunk);
}

@unmanaged
class Gelu {
  @inline
  value(x: v128): v128 {
    x = Gate.from(x, 50);
    return f64x2.mul(x, F64.normal(x));
  }

  @inline
  derivative(x: v128): v128 {
    x = Gate.within(x, 50);
    return F64.madd(x, F64.normalDensity(x), F64.normal(x));
  }

  @inline
  of(x: v128): v128 {
    return F64.join(this.value(F64.low(x)), this.value(F64.high(x)));
  }

  @inline
  slope(x: v128, y: v128): v128 {
    return F64.join(this.derivative(F64.low(x)), this.derivative(F64.high(x)));
  }
}

export function gelu(x: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  map<Gelu>(x, out, length, step, chunk);
}

export function geluBackward(x: usize, y: usize, grad: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  mapBackward<Gelu>(x, y, grad, out, length, step, chunk);
}

@unmanaged
class GeluTanh {
  @inline
  value(x: v128): v128 {
    x = Gate.from(x, 50);
    return f64x2.mul(x, F64.sigmoid(Gate.twiceU(x)));
  }

  @inline
  derivative(x: v128): v128 {
    x = Gate.within(x, 50);
    const slope = F64.madd(f64x2.splat(3 * CUBIC), f64x2.mul(x, x), f64x2.splat(1));
    return Gate.slope(x, F64.sigmoid(Gate.twiceU(x)), f64x2.mul(f64x2.splat(2 * ROOT), slope));
  }

  @inline
  of(x: v128): v128 {
    return F64.join(this.value(F64.low(x)), this.value(F64.high(x)));
  }

  @inline
  slope(x: v128, y: v128): v128 {
    return F64.join(this.derivative(F64.low(x)), this.derivative(F64.high(x)));
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

@unmanaged
class Silu {
  @inline
  value(x: v128): v128 {
    x = Gate.from(x, 120);
    return f64x2.mul(x, F64.sigmoid(x));
  }

  @inline
  derivative(x: v128): v128 {
    x = Gate.within(x, 120);
    return Gate.slope(x, F64.sigmoid(x), f64x2.splat(1));
  }

  @inline
  of(x: v128): v128 {
    return F64.join(this.value(F64.low(x)), this.value(F64.high(x)));
  }

  @inline
  slope(x: v128, y: v128): v128 {
    return F64.join(this.derivative(F64.low(x)), this.derivative(F64.high(x)));
  }
}

export function silu(x: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  map<Silu>(x, out, length, step, chunk);
}

export function siluBackward(x: usize, y: usize, grad: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  mapBackward<Silu>(x, y, grad, out, length, step, chunk);
}
