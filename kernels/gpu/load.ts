/**
 * Loads the package gpu.js on first use.
 *
 * The version is given here and not in deno.json, because programs that import `mod.ts` from elsewhere do not see the
 * names in deno.json.
 */
// deno-lint-ignore no-import-prefix -- see above
export const loadGpuJs = (): Promise<typeof import("npm:gpu.js@2.24.1")> => import("npm:gpu.js@2.24.1");
