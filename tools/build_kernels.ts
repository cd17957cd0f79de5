/**
 * Compiles the kernels of the `cpu` device, `kernels/cpu/assembly`, from AssemblyScript to WebAssembly.
 *
 * Twice: once with relaxed SIMD, whose multiply-add is one instruction, and once for engines that lack it. The bytes
 * are committed as base64 within TypeScript modules, so that importing the library needs neither a permission to read
 * files nor a second request when it is imported by URL.
 */

// The package's own types declare global names like `isize`, which would be mistaken for definitions of ours.
// @ts-types="./asc.d.ts"
import asc from "assemblyscript/asc";
import { BLACKBOARD_BYTES } from "../kernels/cpu/job.ts";

const SOURCE = new URL("../kernels/cpu/assembly/", import.meta.url);

/** The builds: where each goes, and which features of WebAssembly it uses. */
export const BUILDS = {
  relaxed: {
    path: new URL("../kernels/cpu/wasm/relaxed_simd.ts", import.meta.url),
    features: "simd,relaxed-simd,threads",
  },
  plain: { path: new URL("../kernels/cpu/wasm/simd.ts", import.meta.url), features: "simd,threads" },
} as const;

/**
 * The bytes of one build.
 *
 * @throws {Error} If the source does not compile, with the compiler's message.
 */
export async function compile(build: keyof typeof BUILDS): Promise<Uint8Array> {
  let bytes = new Uint8Array();
  const { error, stderr } = await asc.main([
    "index.ts",
    ...["--outFile", "kernels.wasm", "-O3", "--noAssert", "--runtime", "stub"],
    ...["--importMemory", "--sharedMemory", "--initialMemory", "1", "--maximumMemory", "65536"], // pages of 64 KB
    ...["--memoryBase", String(BLACKBOARD_BYTES)], // where the constants begin
    ...["--enable", BUILDS[build].features],
  ], {
    readFile: (name) => readSource(name),
    writeFile: (_name, contents) => {
      if (typeof contents !== "string") bytes = Uint8Array.from(contents);
    },
    listFiles: () => [],
  });
  if (error !== null) throw new Error(`Cannot compile the cpu kernels:\n${stderr.toString()}`, { cause: error });
  return bytes;
}

/** The TypeScript module that holds the bytes of a build. */
export function moduleText(bytes: Uint8Array): string {
  return `// Made from kernels/cpu/assembly by \`deno task build:kernels\`\n// deno-fmt-ignore-file\n` +
    `export default\n  "${bytes.toBase64()}";\n`;
}

/** The file of the names of the kernels' arguments. */
export const PARAMETERS_PATH = new URL("../kernels/cpu/wasm/parameters.ts", import.meta.url);

/**
 * For each kernel, the names of its arguments, without the last ones, which say what part of the work to do and are
 * added by the engine. A kernel is an exported function that takes a step and a chunk.
 */
export async function parameters(): Promise<Record<string, string[]>> {
  const found: [string, string[]][] = [];
  for await (const { name } of Deno.readDir(SOURCE)) {
    const source = await Deno.readTextFile(new URL(name, SOURCE));
    for (const [, kernel, list] of source.matchAll(/^export function (\w+)\(([^)]*)\): void/gm)) {
      const names = Array.from(list!.matchAll(/(\w+):/g), ([, name]) => name!);
      const end = names.indexOf("step");
      if (end >= 0 && names[end + 1] === "chunk") found.push([kernel!, names.slice(0, end)]);
    }
  }
  return Object.fromEntries(found.sort(([a], [b]) => a < b ? -1 : 1));
}

/** The TypeScript module that holds them. */
export function parametersText(parameters: Readonly<Record<string, readonly string[]>>): string {
  const lines = Object.entries(parameters).map(([kernel, names]) => `  ${kernel}: ${JSON.stringify(names)},\n`);
  return `// Made from kernels/cpu/assembly by \`deno task build:kernels\`\n// deno-fmt-ignore-file\n` +
    `/** The names of each kernel's arguments, in order; those that the engine adds are left out. */\n` +
    `export const PARAMETERS = {\n${lines.join("")}} as const;\n`;
}

/** A file of the source: imports there end in ".ts", as in TypeScript, and the compiler adds one more. */
function readSource(name: string): string | null {
  try {
    return Deno.readTextFileSync(new URL(name.replace(/\.ts\.ts$/, ".ts"), SOURCE));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null; // the compiler looks in several places
    throw error;
  }
}

if (import.meta.main) {
  await Deno.writeTextFile(PARAMETERS_PATH, parametersText(await parameters()));
  for (const build of Object.keys(BUILDS) as (keyof typeof BUILDS)[]) { // Object.keys loses the names' type
    const bytes = await compile(build);
    await Deno.writeTextFile(BUILDS[build].path, moduleText(bytes));
    // deno-lint-ignore no-console -- the tool's report
    console.log(`${build}: ${bytes.length} bytes`);
  }
}
