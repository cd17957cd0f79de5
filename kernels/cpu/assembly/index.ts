// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/** All kernels. The last arguments of each are the items of a chunk, the chunk's number, and the thread's. */

export { constantsEnd } from "./constants.ts";
export * from "./unary.ts";
export * from "./normal.ts";
export * from "./trigonometric.ts";
export * from "./gated.ts";
export { matmulFewRows } from "./few_rows.ts";
export { matmulRows } from "./matmul.ts";
export { packColumns } from "./pack.ts";
export * from "./binary.ts";
export * from "./movement.ts";
export * from "./norm.ts";
export * from "./reduce.ts";
export * from "./softmax.ts";
export * from "./training.ts";
export { attention } from "./attention.ts";
export { attentionFew, attentionFewBackward } from "./attention_few.ts";
export { attentionBackward } from "./attention_backward.ts";
