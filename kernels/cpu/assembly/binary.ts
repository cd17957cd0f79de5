// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/** `out = op(a, b)`, with broadcasting along rows, along columns, or of a single number. */

import { pow } from "./host.ts";
import { storePart } from "./rows.ts";

/**
 * Applies `Op.of` to rows of `columns` numbers, the last of which may be shorter, as there are `length` in all.
 *
 * Row strides are in bytes; a column stride is 1, or 0 where one number serves the whole row.
 */
function zip<Op>(
  a: usize,
  aRow: i32,
  aColumn: i32,
  b: usize,
  bRow: i32,
  bColumn: i32,
  out: usize,
  columns: i32,
  length: i32,
  step: i32,
  chunk: i32,
): void {
  const op = changetype<Op>(<usize> 0);
  const rows = (length + columns - 1) / columns;
  const end = min(rows, (chunk + 1) * step);
  for (let row = chunk * step; row < end; row++) {
    const x = a + row * aRow;
    const y = b + row * bRow;
    const result = out + (<usize> row * columns << 2);
    const n = min(columns, length - row * columns);
    const x0 = v128.load32_splat(x);
    const y0 = v128.load32_splat(y);
    let i = 0;
    for (; i + 4 <= n; i += 4) {
      const at = <usize> i << 2;
      v128.store(result + at, op.of(aColumn ? v128.load(x + at) : x0, bColumn ? v128.load(y + at) : y0));
    }
    if (i < n) {
      const at = <usize> i << 2;
      storePart(result + at, op.of(aColumn ? v128.load(x + at) : x0, bColumn ? v128.load(y + at) : y0), n - i);
    }
  }
}

@unmanaged
class Add {
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.add(a, b);
  }
}

export function add(
  a: usize,
  aRow: i32,
  aColumn: i32,
  b: usize,
  bRow: i32,
  bColumn: i32,
  out: usize,
  columns: i32,
  length: i32,
  step: i32,
  chunk: i32,
): void {
  zip<Add>(a, aRow, aColumn, b, bRow, bColumn, out, columns, length, step, chunk);
}

@unmanaged
class Sub {
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.sub(a, b);
  }
}

export function sub(
  a: usize,
  aRow: i32,
  aColumn: i32,
  b: usize,
  bRow: i32,
  bColumn: i32,
  out: usize,
  columns: i32,
  length: i32,
  step: i32,
  chunk: i32,
): void {
  zip<Sub>(a, aRow, aColumn, b, bRow, bColumn, out, columns, length, step, chunk);
}

@unmanaged
class Mul {
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.mul(a, b);
  }
}

export function mul(
  a: usize,
  aRow: i32,
  aColumn: i32,
  b: usize,
  bRow: i32,
  bColumn: i32,
  out: usize,
  columns: i32,
  length: i32,
  step: i32,
  chunk: i32,
): void {
  zip<Mul>(a, aRow, aColumn, b, bRow, bColumn, out, columns, length, step, chunk);
}

@unmanaged
class Div {
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.div(a, b);
  }
}

export function div(
  a: usize,
  aRow: i32,
  aColumn: i32,
  b: usize,
  bRow: i32,
  bColumn: i32,
  out: usize,
  columns: i32,
  length: i32,
  step: i32,
  chunk: i32,
): void {
  zip<Div>(a, aRow, aColumn, b, bRow, bColumn, out, columns, length, step, chunk);
}

@unmanaged
class Greater {
  @inline
  of(a: v128, b: v128): v128 {
    return v128.and(f32x4.gt(a, b), f32x4.splat(1));
  }
}

export function greater(
  a: usize,
  aRow: i32,
  aColumn: i32,
  b: usize,
  bRow: i32,
  bColumn: i32,
  out: usize,
  columns: i32,
  length: i32,
  step: i32,
  chunk: i32,
): void {
  zip<Greater>(a, aRow, aColumn, b, bRow, bColumn, out, columns, length, step, chunk);
}

@unmanaged
class Equal {
  @inline
  of(a: v128, b: v128): v128 {
    return v128.and(f32x4.eq(a, b), f32x4.splat(1));
  }
}

export function equal(
  a: usize,
  aRow: i32,
  aColumn: i32,
  b: usize,
  bRow: i32,
  bColumn: i32,
  out: usize,
  columns: i32,
  length: i32,
  step: i32,
  chunk: i32,
): void {
  zip<Equal>(a, aRow, aColumn, b, bRow, bColumn, out, columns, length, step, chunk);
}

@unmanaged
class Maximum {
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.max(a, b);
  }
}

export function maximum(
  a: usize,
  aRow: i32,
  aColumn: i32,
  b: usize,
  bRow: i32,
  bColumn: i32,
  out: usize,
  columns: i32,
  length: i32,
  step: i32,
  chunk: i32,
): void {
  zip<Maximum>(a, aRow, aColumn, b, bRow, bColumn, out, columns, length, step, chunk);
}

@unmanaged
class Minimum {
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.min(a, b);
  }
}

export function minimum(
  a: usize,
  aRow: i32,
  aColumn: i32,
  b: usize,
  bRow: i32,
  bColumn: i32,
  out: usize,
  columns: i32,
  length: i32,
  step: i32,
  chunk: i32,
): void {
  zip<Minimum>(a, aRow, aColumn, b, bRow, bColumn, out, columns, length, step, chunk);
}

/** By the host's function, one number at a time. */
@unmanaged
class Pow {
  of(a: v128, b: v128): v128 {
    let out = f32x4.splat(Pow.one(f32x4.extract_lane(a, 0), f32x4.extract_lane(b, 0)));
    out = f32x4.replace_lane(out, 1, Pow.one(f32x4.extract_lane(a, 1), f32x4.extract_lane(b, 1)));
    out = f32x4.replace_lane(out, 2, Pow.one(f32x4.extract_lane(a, 2), f32x4.extract_lane(b, 2)));
    out = f32x4.replace_lane(out, 3, Pow.one(f32x4.extract_lane(a, 3), f32x4.extract_lane(b, 3)));
    return out;
  }

  /** JavaScript has NaN for `1 ** NaN` and `(±1) ** ±∞`, where IEEE 754 has 1. */
  static one(a: f32, b: f32): f32 {
    return a == 1 || (a == -1 && abs(b) == Infinity) ? 1 : <f32> pow(a, b);
  }
}

export function power(
  a: usize,
  aRow: i32,
  aColumn: i32,
  b: usize,
  bRow: i32,
  bColumn: i32,
  out: usize,
  columns: i32,
  length: i32,
  step: i32,
  chunk: i32,
): void {
  zip<Pow>(a, aRow, aColumn, b, bRow, bColumn, out, columns, length, step, chunk);
}

/**
 * `out = condition ≠ 0 ? a : b`, for numbers without gaps. Chunk c has the elements from `c · step`, a multiple of 4.
 */
export function select(condition: usize, a: usize, b: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  const from = <usize> (chunk * step) << 2;
  const to = <usize> min(length, (chunk + 1) * step) << 2;
  for (let i = from; i < to; i += 16) {
    const isZero = f32x4.eq(v128.load(condition + i), f32x4.splat(0));
    v128.store(out + i, v128.bitselect(v128.load(b + i), v128.load(a + i), isZero));
  }
}
