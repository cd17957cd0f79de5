/** The library is imported by its path from folders that know nothing of this one's deno.json. */

import assert from "node:assert/strict";

Deno.test("a program elsewhere imports mod.ts, computes, draws at random, and uses the gpu device", async () => {
  const folder = await Deno.makeTempDir();
  const program = `
    import { nn, Random, Tensor, useDevice } from ${JSON.stringify(import.meta.resolve("../mod.ts"))};
    const gpt = new nn.GPT({ vocabSize: 5, contextLength: 4, layers: 1, heads: 1, dim: 4, random: new Random(1) });
    console.log(gpt.forward([[1, 2]]).shape.join());
    await useDevice("gpu", { engine: "cpu" });
    console.log(Tensor.ones([2, 3]).matmul(Tensor.ones([3, 1])).data.join());
  `;
  await Deno.writeTextFile(`${folder}/program.ts`, program);
  const args = ["run", "-A", "--check", "program.ts"];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: folder }).output();
  assert.equal(new TextDecoder().decode(stdout), "1,2,5\n3,3\n", new TextDecoder().decode(stderr));
  await Deno.remove(folder, { recursive: true });
});
