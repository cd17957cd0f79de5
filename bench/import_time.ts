/** How long a program takes to import nabla and compute its first small matmul. */

import { median } from "./median.ts";

export interface ImportTimes {
  /** Medians, in milliseconds: of an empty program, and of one that imports nabla and multiplies. */
  readonly empty: number;
  readonly firstMatmul: number;
}

const ROUNDS = 11;

export async function importTimes(): Promise<ImportTimes> {
  const library = new URL("../mod.ts", import.meta.url);
  const config = new URL("../deno.json", import.meta.url).pathname;
  const folder = await Deno.makeTempDir();
  try {
    const programs = {
      empty: "export {};",
      firstMatmul: `import { Tensor } from "${library}"; Tensor.ones([8, 8]).matmul(Tensor.ones([8, 8])).data;`,
    };
    const run = async (name: keyof typeof programs) => {
      const start = performance.now();
      const args = ["run", "--config", config, `${folder}/${name}.ts`];
      const { success, stderr } = await new Deno.Command(Deno.execPath(), {
        args,
      }).output();
      if (!success) throw new Error(new TextDecoder().decode(stderr));
      return performance.now() - start;
    };
    for (const [name, source] of Object.entries(programs)) {
      await Deno.writeTextFile(`${folder}/${name}.ts`, source);
    }
    const [empty, firstMatmul]: [number[], number[]] = [[], []];
    await Promise.all([run("empty"), run("firstMatmul")]); // fills Deno's cache
    for (let round = 0; round < ROUNDS; round++) {
      empty.push(await run("empty"));
      firstMatmul.push(await run("firstMatmul"));
    }
    return { empty: median(empty), firstMatmul: median(firstMatmul) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
