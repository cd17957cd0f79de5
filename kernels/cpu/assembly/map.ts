// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/**
 * Applying functions of one number to arrays.
 *
 * An op is a class without fields, so a null reference to it will do. Its methods are inlined into the loops below:
 * `of(x)` is the function, and `slope(x, y)` its derivative, where `y = of(x)`. All arrays begin at a multiple of 16
 * bytes and are padded to one: whole vectors are read and written to the end. Chunk c has the elements from `c · step`,
 * a multiple of 4.
 */

/** `out = op(x)`. */
export function map<Op>(x: usize, out: usize, length: i32, step: i32, chunk: i32): void {
  const op = changetype<Op>(<usize> 0);
  const from = <usize> (chunk * step) << 2;
  const to = <usize> min(length, (chunk + 1) * step) << 2;
  for (let i = from; i < to; i += 16) v128.store(out + i, op.of(v128.load(x + i)));
}

/** `out = grad ⊙ op′(x)`, where `y = op(x)`. */
export function mapBackward<Op>(
  x: usize,
  y: usize,
  grad: usize,
  out: usize,
  length: i32,
  step: i32,
  chunk: i32,
): void {
  const op = changetype<Op>(<usize> 0);
  const from = <usize> (chunk * step) << 2;
  const to = <usize> min(length, (chunk + 1) * step) << 2;
  for (let i = from; i < to; i += 16) {
    v128.store(out + i, f32x4.mul(v128.load(grad + i), op.slope(v128.load(x + i), v128.load(y + i))));
  }
}
