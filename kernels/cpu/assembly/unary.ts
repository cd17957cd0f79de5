// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/** Functions of one number for which float32 arithmetic is exact enough. */

import { F32 } from "./f32.ts";
import { map, mapBackward } from "./map.ts";

@unmanaged
class Neg {
  @inline
  of(x: v128): v128 {
    return f32x4.neg(x);
  }
}

export function neg(x: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  map<Neg>(x, out, length, step, chunk);
}

@unmanaged
class Abs {
  @inline
  of(x: v128): v128 {
    return f32x4.abs(x);
  }

  @inline
  slope(x: v128, y: v128): v128 {
    return F32.sign(x);
  }
}

export function abs(x: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  map<Abs>(x, out, length, step, chunk);
}

export function absBackward(x: usize, y: usize, grad: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  mapBackward<Abs>(x, y, grad, out, length, step, chunk);
}

@unmanaged
class Sign {
  @inline
  of(x: v128): v128 {
    return F32.sign(x);
  }
}

export function sign(x: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  map<Sign>(x, out, length, step, chunk);
}

@unmanaged
class Relu {
  @inline
  of(x: v128): v128 {
    return f32x4.max(x, f32x4.splat(0));
  }

  @inline
  slope(x: v128, y: v128): v128 {
    return v128.and(f32x4.splat(1), f32x4.gt(x, f32x4.splat(0)));
  }
}

export function relu(x: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  map<Relu>(x, out, length, step, chunk);
}

export function reluBackward(x: usize, y: usize, grad: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  mapBackward<Relu>(x, y, grad, out, length, step, chunk);
}

@unmanaged
class Sqrt {
  @inline
  of(x: v128): v128 {
    return f32x4.sqrt(x);
  }

  @inline
  slope(x: v128, y: v128): v128 {
    return f32x4.div(f32x4.splat(0.5), y);
  }
}

export function sqrt(x: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  map<Sqrt>(x, out, length, step, chunk);
}

export function sqrtBackward(x: usize, y: usize, grad: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  mapBackward<Sqrt>(x, y, grad, out, length, step, chunk);
}

@unmanaged
class Exp {
  @inline
  of(x: v128): v128 {
    return F32.exp(x);
  }

  @inline
  slope(x: v128, y: v128): v128 {
    return y;
  }
}

export function exp(x: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  map<Exp>(x, out, length, step, chunk);
}

export function expBackward(x: usize, y: usize, grad: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  mapBackward<Exp>(x, y, grad, out, length, step, chunk);
}

@unmanaged
class Log {
  @inline
  of(x: v128): v128 {
    return F32.log(x);
  }
}

export function log(x: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  map<Log>(x, out, length, step, chunk);
}

@unmanaged
class Tanh {
  @inline
  of(x: v128): v128 {
    return F32.tanh(x);
  }

  @inline
  slope(x: v128, y: v128): v128 {
    return f32x4.sub(f32x4.splat(1), f32x4.mul(y, y));
  }
}

export function tanh(x: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  map<Tanh>(x, out, length, step, chunk);
}

export function tanhBackward(x: usize, y: usize, grad: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  mapBackward<Tanh>(x, y, grad, out, length, step, chunk);
}

@unmanaged
class Sigmoid {
  @inline
  of(x: v128): v128 {
    return F32.sigmoid(x);
  }

  @inline
  slope(x: v128, y: v128): v128 {
    return f32x4.mul(y, f32x4.sub(f32x4.splat(1), y));
  }
}

export function sigmoid(x: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  map<Sigmoid>(x, out, length, step, chunk);
}

export function sigmoidBackward(x: usize, y: usize, grad: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  mapBackward<Sigmoid>(x, y, grad, out, length, step, chunk);
}
