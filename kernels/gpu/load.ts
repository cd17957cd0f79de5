/**
 * Loads the package gpu.js on first use.
 *
 * The version stands here and not in deno.json, because names of deno.json are unknown to programs that import `mod.ts`
 * from elsewhere.
 */
// deno-lint-ignore no-import-prefix -- see above
export const loadGpuJs = (): Promise<typeof import("npm:gpu.js@2.24.1")> => import("npm:gpu.js@2.24.1");
