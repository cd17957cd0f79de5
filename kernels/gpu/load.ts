/**
 * The package gpu.js, loaded when it is first asked for.
 *
 * Its version stands here and not in deno.json, whose names hold in this repository alone: whoever imports `mod.ts` from
 * a folder of their own could not load it.
 */
// deno-lint-ignore no-import-prefix -- as was just said
export const loadGpuJs = (): Promise<typeof import("npm:gpu.js@2.24.1")> => import("npm:gpu.js@2.24.1");
