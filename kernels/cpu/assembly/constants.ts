// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/**
 * Constants in memory. V8 keeps no literal vector in a register: it builds the vector again at each use, in three or
 * four instructions, while a load is one. In silu's loop, that took more than half of the time.
 *
 * A constant, or a polynomial's coefficients from the constant term on, is an address, `memory.data<f32>([…])`.
 */
export abstract class Constant {
  /** Four times a float32. */
  @inline
  static f32(address: usize, index: i32 = 0): v128 {
    return v128.load_splat<f32>(address + (<usize> index << 2));
  }

  /** Twice a float64. */
  @inline
  static f64(address: usize): v128 {
    return v128.load_splat<f64>(address);
  }
}

/** The end of the constants; the memory after it is free. */
export const constantsEnd: usize = __heap_base;
