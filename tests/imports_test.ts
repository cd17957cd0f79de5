/** The architecture: imports point downwards and form no cycle. */

import assert from "node:assert/strict";
import { dirname, join, normalize } from "node:path";
import { projectFolder } from "../tools/project.ts";

/** The library's folders, bottom up: a file imports only from its own folder and the ones before it. */
const FLOORS = ["checks", "kernels", "autograd", "nn"];

/** The files that each file imports at run time; type-only imports are erased. */
type Imports = ReadonlyMap<string, readonly string[]>;

const statement = /^\s*(?:import|export)\s+(?!type\b)(?:(\{[^}]*\}|[^"';]*?)\s+from\s+)?"(\.{1,2}\/[^"]+)"/gm;

/** The run-time imports of a source file, as paths from the project's folder. */
function importsIn(path: string, source: string): string[] {
  const code = source.replaceAll(/^\s*\*.*$/gm, ""); // examples in doc comments also import
  const later = [...code.matchAll(/\bimport\("(\.{1,2}\/[^"]+)"\)/g)]; // `await import("…")`
  const resolve = (specifier: string) => normalize(join(dirname(path), specifier));
  return later.map(([, specifier]) => resolve(specifier!)).concat(
    [...code.matchAll(statement)].flatMap(([, names = "", specifier]) => {
      const bindings = names.startsWith("{")
        ? names.slice(1, -1).split(",").map((name) => name.trim()).filter(Boolean)
        : [];
      const typesAlone = bindings.length > 0 && bindings.every((name) => name.startsWith("type "));
      return typesAlone ? [] : [resolve(specifier!)];
    }),
  );
}

/** Walks the imports depth first; returns the first cycle as a list of files. */
function findCycle(imports: Imports): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  function visit(file: string): string[] | undefined {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    path.push(file);
    for (const next of imports.get(file) ?? []) {
      const cycle = visit(next);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    done.add(file);
    return undefined;
  }
  for (const file of imports.keys()) {
    const cycle = visit(file);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

async function sourcesBelow(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(projectFolder, folder))) {
    if (isDirectory) paths.push(...await sourcesBelow(`${folder}/${name}`));
    else if (name.endsWith(".ts")) paths.push(`${folder}/${name}`);
  }
  return paths;
}

const files = ["mod.ts", ...(await Promise.all(FLOORS.map(sourcesBelow))).flat()];
const imports: Imports = new Map(
  await Promise.all(
    files.map(async (file) => [file, importsIn(file, await Deno.readTextFile(join(projectFolder, file)))] as const),
  ),
);

Deno.test(`the imports of the ${files.length} files of ${FLOORS.join(", ")} have no cycle`, () => {
  const cycle = findCycle(imports);
  assert.equal(cycle, undefined, `These files import one another in a circle: ${cycle?.join(" → ")}`);
});

Deno.test("a cycle is found, even through an export, and type-only imports do not count", () => {
  const circle = (last: string) =>
    new Map(
      Object.entries({
        "a.ts": 'import { b } from "./b.ts";',
        "b.ts": 'export * from "./c/c.ts";',
        "c/c.ts": last,
      }).map(([path, source]) => [path, importsIn(path, source)]),
    );
  assert.deepEqual(findCycle(circle('import {\n  type A,\n  a,\n} from "../a.ts";')), [
    "a.ts",
    "b.ts",
    "c/c.ts",
    "a.ts",
  ]);
  assert.deepEqual(findCycle(circle('import "../a.ts";')), ["a.ts", "b.ts", "c/c.ts", "a.ts"]);
  assert.equal(findCycle(circle('import type { A } from "../a.ts";')), undefined);
  assert.equal(findCycle(circle('import { type A, type B } from "../a.ts";')), undefined);
});

Deno.test("imports point downwards", () => {
  const floor = (file: string) => FLOORS.indexOf(file.split("/")[0]!);
  const upwards = [...imports].flatMap(([file, targets]) =>
    file === "mod.ts"
      ? []
      : targets.filter((target) => floor(target) > floor(file)).map((target) => `${file} → ${target}`)
  );
  assert.deepEqual(upwards, []);
});

Deno.test("outside of autograd, Tensor comes with its operations: from autograd/mod.ts", () => {
  const bare = [...imports].flatMap(([file, targets]) =>
    !file.startsWith("autograd/") && targets.includes("autograd/tensor.ts") ? [file] : []
  );
  assert.deepEqual(bare, []);
});

Deno.test("autograd/scalar.ts imports only graph.ts", () => {
  assert.deepEqual(imports.get("autograd/scalar.ts"), ["autograd/graph.ts"]);
});
