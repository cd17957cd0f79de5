// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

import { cos, sin } from "./host.ts";

/**
 * Two float64 functions at a time, to the precision of float32: for functions in which float32 would cancel, or whose
 * argument is itself computed.
 */
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

  /** As F32.exp, with a polynomial whose error is 4·10⁻¹¹; what lies beyond ±700 counts as ±700. */
  @inline
  static exp(x: v128): v128 {
    x = f64x2.pmax(x, f64x2.splat(-700));
    x = f64x2.pmin(x, f64x2.splat(700));
    const magic = f64x2.splat(6755399441055744); // 1.5 · 2⁵²
    const shifted = F64.madd(x, f64x2.splat(1.4426950408889634), magic);
    const k = f64x2.sub(shifted, magic);
    const r = F64.madd(k, f64x2.splat(-0.6931471805599453), x);
    let p = F64.madd(f64x2.splat(0.00019925834390301239), r, f64x2.splat(0.0013949782638262654));
    p = F64.madd(p, r, f64x2.splat(0.00833324521255517));
    p = F64.madd(p, r, f64x2.splat(0.04166620004961021));
    p = F64.madd(p, r, f64x2.splat(0.16666667016070474));
    p = F64.madd(p, r, f64x2.splat(0.5000000114382241));
    p = F64.madd(p, r, f64x2.splat(0.9999999999610764));
    p = F64.madd(p, r, f64x2.splat(0.9999999999561957));
    const power = i64x2.sub(shifted, magic);
    return i64x2.add(p, i64x2.shl(power, 52)); // times 2^k: k more in the exponent
  }

  /**
   * `erfc t` for `t ≥ 0`: `e^(−t²) · Q(w) / (1 + 2t)` with `w = (t − 2) / (t + 2)`, a variable in which the factor Q is
   * smooth up to infinity (Shepherd and Laframboise, 1981); the polynomial's error is 1.3·10⁻⁹ up to t = 14, where
   * float32 has long no number as small.
   */
  @inline
  static erfc(t: v128): v128 {
    t = f64x2.pmin(t, f64x2.splat(14));
    const w = f64x2.div(f64x2.sub(t, f64x2.splat(2)), f64x2.add(t, f64x2.splat(2)));
    let q = F64.madd(f64x2.splat(8.324954984525593e-05), w, f64x2.splat(0.00017747981204901324));
    q = F64.madd(q, w, f64x2.splat(-0.0003999563515721015));
    q = F64.madd(q, w, f64x2.splat(-0.001428559673937842));
    q = F64.madd(q, w, f64x2.splat(0.0012494467821042958));
    q = F64.madd(q, w, f64x2.splat(0.008711559480309158));
    q = F64.madd(q, w, f64x2.splat(-0.008029567713814781));
    q = F64.madd(q, w, f64x2.splat(-0.05421812025273059));
    q = F64.madd(q, w, f64x2.splat(0.16405087542858512));
    q = F64.madd(q, w, f64x2.splat(-0.1660305111331935));
    q = F64.madd(q, w, f64x2.splat(-0.09276381550414017));
    q = F64.madd(q, w, f64x2.splat(1.2769783826347096));
    const scale = F64.madd(f64x2.splat(2), t, f64x2.splat(1));
    return f64x2.mul(F64.exp(f64x2.neg(f64x2.mul(t, t))), f64x2.div(q, scale));
  }

  /** `erf x = x · P(x²)` for `|x| < 1`, the polynomial's error 8·10⁻¹³; from there on `1 − erfc |x|`, with x's sign. */
  @inline
  static erf(x: v128): v128 {
    const t = f64x2.abs(x);
    const z = f64x2.mul(x, x);
    let p = F64.madd(f64x2.splat(1.0601135307723822e-06), z, f64x2.splat(-1.391404506241391e-05));
    p = F64.madd(p, z, f64x2.splat(0.0001195732773691994));
    p = F64.madd(p, z, f64x2.splat(-0.0008542702802264078));
    p = F64.madd(p, z, f64x2.splat(0.005223786518350401));
    p = F64.madd(p, z, f64x2.splat(-0.0268661340102925));
    p = F64.madd(p, z, f64x2.splat(0.11283791318311785));
    p = F64.madd(p, z, f64x2.splat(-0.37612638890098593));
    p = F64.madd(p, z, f64x2.splat(1.128379167094713));
    const far = v128.or(f64x2.sub(f64x2.splat(1), F64.erfc(t)), v128.and(x, f64x2.splat(-0.0)));
    return v128.bitselect(f64x2.mul(p, x), far, f64x2.lt(t, f64x2.splat(1)));
  }

  /** The normal distribution `Φ(x) = erfc(−x/√2) / 2`, below 0 without cancellation. */
  @inline
  static normal(x: v128): v128 {
    const tail = f64x2.mul(f64x2.splat(0.5), F64.erfc(f64x2.mul(f64x2.abs(x), f64x2.splat(0.7071067811865476))));
    return v128.bitselect(tail, f64x2.sub(f64x2.splat(1), tail), f64x2.lt(x, f64x2.splat(0)));
  }

  /** The normal density `φ(x) = e^(−x²/2) / √(2π)`. */
  @inline
  static normalDensity(x: v128): v128 {
    const square = f64x2.mul(f64x2.mul(x, x), f64x2.splat(-0.5));
    return f64x2.mul(F64.exp(square), f64x2.splat(0.3989422804014327));
  }

  /**
   * `sin x`, or `cos x = sin(x + π/2)`: `x = k · π/2 + r` with `|r| ≤ π/4`, and then, by k's last two bits, the sine or
   * the cosine of r with one sign or the other. The polynomials' errors are 5·10⁻¹⁵ and 6·10⁻¹⁴.
   */
  @inline
  static sin(x: v128, cosine: bool): v128 {
    const magic = f64x2.splat(6755399441055744);
    const shifted = F64.madd(x, f64x2.splat(0.6366197723675814), magic);
    const k = f64x2.sub(shifted, magic);
    let r = F64.madd(k, f64x2.splat(-1.5707963267341256), x); // π/2's first 33 bits: k times them is exact below 2²⁰
    r = F64.madd(k, f64x2.splat(-6.077100506506192e-11), r);
    const z = f64x2.mul(r, r);
    let s = F64.madd(f64x2.splat(-2.475053571089518e-08), z, f64x2.splat(2.7555187317144875e-06));
    s = F64.madd(s, z, f64x2.splat(-0.00019841262887706237));
    s = F64.madd(s, z, f64x2.splat(0.008333333323076909));
    s = F64.madd(s, z, f64x2.splat(-0.16666666666611332));
    s = F64.madd(f64x2.mul(s, z), r, r);
    let c = F64.madd(f64x2.splat(-2.7165814295153873e-07), z, f64x2.splat(2.4798822172956915e-05));
    c = F64.madd(c, z, f64x2.splat(-0.0013888879878556804));
    c = F64.madd(c, z, f64x2.splat(0.04166666653391995));
    c = F64.madd(c, z, f64x2.splat(-0.49999999999284933));
    c = F64.madd(c, z, f64x2.splat(0.9999999999999377));
    let quarter = i64x2.sub(shifted, magic);
    if (cosine) quarter = i64x2.add(quarter, i64x2.splat(1));
    const odd = i64x2.eq(v128.and(quarter, i64x2.splat(1)), i64x2.splat(1));
    const negative = i64x2.shl(i64x2.shr_u(quarter, 1), 63); // the second bit becomes the sign
    const near = v128.xor(v128.bitselect(c, s, odd), negative);
    if (!v128.any_true(f64x2.gt(f64x2.abs(x), f64x2.splat(1048576)))) return near;
    const first = f64x2.extract_lane(x, 0);
    const second = f64x2.extract_lane(x, 1);
    const far = f64x2.splat(cosine ? cos(first) : sin(first));
    return f64x2.replace_lane(far, 1, cosine ? cos(second) : sin(second));
  }
}
