/** The exports of the package, and the files that are published. */

import assert from "node:assert/strict";

const ROOT = new URL("../", import.meta.url);
/** The folders of the library; everything else is for those who work on it. */
const LIBRARY = ["autograd", "checks", "kernels", "nn"];

interface Configuration {
  readonly exports: Readonly<Record<string, string>>;
  readonly publish: { readonly exclude: readonly string[] };
}

const { exports, publish }: Configuration = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT))); // our own file

/** The source files of the library, with their paths. */
async function* sources(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* sources(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts")) yield new URL(name, folder);
  }
}

Deno.test("every module that a document or an example imports is an export of the package", async () => {
  const files = [new URL("README.md", ROOT), new URL("mod.ts", ROOT)];
  for (const folder of LIBRARY) for await (const file of sources(new URL(`${folder}/`, ROOT))) files.push(file);
  let imports = 0;
  const missing = new Set<string>();
  for (const file of files) {
    for (const [, path] of (await Deno.readTextFile(file)).matchAll(/from "nabla\/([^"]+)"/g)) {
      imports++;
      if (exports[`./${path}`] !== `./${path}`) missing.add(`"./${path}": "./${path}"`);
    }
  }
  assert.deepEqual([...missing], [], "add them to the exports in deno.json");
  assert.ok(imports > 30); // they were looked at
});

Deno.test("every export exists, and belongs to the library", async () => {
  for (const [name, path] of Object.entries(exports)) {
    assert.ok((await Deno.stat(new URL(path, ROOT))).isFile, name);
    assert.ok(path === "./mod.ts" || LIBRARY.some((folder) => path.startsWith(`./${folder}/`)), name);
  }
});

Deno.test("tests, notebooks, benchmarks and tools are not published", () => {
  for (const folder of ["tests", "notebooks", "bench", "tools"]) assert.ok(publish.exclude.includes(folder), folder);
  for (const folder of LIBRARY) assert.ok(!publish.exclude.includes(folder), folder);
});
