// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/** Two float64 at a time, where float32 would round too much; made from four float32, and turned back into them. */
export abstract class F64 {
  /** The first two numbers of four float32. */
  @inline
  static low(x: v128): v128 {
    return f64x2.promote_low_f32x4(x);
  }

  /** The last two numbers of four float32. */
  @inline
  static high(x: v128): v128 {
    return f64x2.promote_low_f32x4(i32x4.shuffle(x, x, 2, 3, 2, 3));
  }

  /** Four float32 of twice two float64. */
  @inline
  static join(low: v128, high: v128): v128 {
    return i32x4.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
  }

  @inline
  static madd(a: v128, b: v128, c: v128): v128 {
    if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, c);
    return f64x2.add(f64x2.mul(a, b), c);
  }
}
