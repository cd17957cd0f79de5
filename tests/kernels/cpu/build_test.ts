/** The compiled kernels are those of the source, and a program that uses them loads and ends properly. */

import assert from "node:assert/strict";
import {
  BUILDS,
  compile,
  moduleText,
  parameters,
  PARAMETERS_PATH,
  parametersText,
} from "../../../tools/build_kernels.ts";

for (const build of ["relaxed", "plain"] as const) {
  Deno.test(`compiling the kernels again gives the committed bytes, ${build} SIMD`, async () => {
    const committed = await Deno.readTextFile(BUILDS[build].path);
    assert(committed === moduleText(await compile(build)), "they differ: `deno task build:kernels`"); // not 50 KB in it
  });
}

Deno.test("the names of the kernels' arguments are those of the source, for every kernel", async () => {
  const named = await parameters();
  assert(await Deno.readTextFile(PARAMETERS_PATH) === parametersText(named), "they differ: `deno task build:kernels`");
  const module = new WebAssembly.Module(await compile("plain") as Uint8Array<ArrayBuffer>); // no shared buffer
  const kernels = WebAssembly.Module.exports(module).filter(({ kind }) => kind === "function").map(({ name }) => name);
  assert.deepEqual(Object.keys(named), kernels.sort());
});

/** Runs a separate program in a folder, and returns its output. */
async function run(program: string, ...flags: string[]): Promise<string> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, program);
    const args = ["run", "--no-prompt", "--no-config", ...flags, file];
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
    assert(success, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout).trim();
  } finally {
    await Deno.remove(file);
  }
}

const PROGRAM = `
  import { cpuKernels } from "${new URL("../../../kernels/cpu/mod.ts", import.meta.url)}";
  const k = cpuKernels({ threads: 3 });
  const a = { storage: k.full(300 * 300, 1), shape: [300, 300], strides: [300, 1], offset: 0 };
  for (let i = 0; i < 20; i++) k.matmul(a, a);
  console.log(k.read(k.matmul(a, a))[0], k.runtime.pool.workers.length);
`;

Deno.test("a program that used the threads ends on its own, and needs no permission", async () => {
  assert.equal(await run(PROGRAM), "300 2");
});

Deno.test("a program that fails while the threads sleep ends too", async () => {
  await assert.rejects(run(`${PROGRAM}\nthrow new Error("as planned");`), /as planned/);
});
