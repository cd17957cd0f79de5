// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/** Functions of one number that float32 would spoil: they are computed in float64, and rounded once. */

import { F64 } from "./f64.ts";
import { map, mapBackward } from "./map.ts";

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

/** At and beyond `±50` gelu's gate is wholly open or shut; x is kept there, as infinity times nothing would be NaN. */
const LIMIT: f64 = 50;

@unmanaged
class Gelu {
  @inline
  value(x: v128): v128 {
    x = f64x2.pmax(x, f64x2.splat(-LIMIT));
    return f64x2.mul(x, F64.normal(x));
  }

  @inline
  derivative(x: v128): v128 {
    x = f64x2.pmin(f64x2.pmax(x, f64x2.splat(-LIMIT)), f64x2.splat(LIMIT));
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
