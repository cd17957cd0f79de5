/**
 * The error function, `erf x = 2/√π ∫₀ˣ e^(−t²) dt`, to the last digits of float64.
 *
 * The series `erf x = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3·5⋯(2n+1))` has only terms of one sign, so that, unlike the
 * Taylor series of erf, nothing cancels (Abramowitz and Stegun, 7.1.6).
 */
export function erf(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (Math.abs(x) > 6) return Math.sign(x); // 1 − erf 6 is 2·10⁻¹⁷, less than float64 can tell from 0
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= 2 * x * x / (2 * n + 1);
    sum += term;
  }
  return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
}

/**
 * `erfc x = 1 − erf x`, without the cancellation of that difference where erf is near 1.
 *
 * From 2 on it is the continued fraction `e^(−x²)/√π · 1/(x + (1/2)/(x + (2/2)/(x + (3/2)/(x + …))))` (Abramowitz and
 * Stegun, 7.1.14), from the inside out.
 */
export function erfc(x: number): number {
  if (!(x > 2)) return 1 - erf(x); // also if x is NaN
  let inner = x;
  for (let n = 100; n > 0; n--) inner = x + n / 2 / inner;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / inner;
}
