// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/** JavaScript's Math, for what is too rare to be worth code of our own: powers, and the sine of huge numbers. */

export declare function sin(x: f64): f64;
export declare function cos(x: f64): f64;
export declare function pow(x: f64, y: f64): f64;
