/** The library can be imported by its path from folders that do not see this deno.json. */

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

Deno.test("the gpu device starts where the library is imported over http", async () => {
  const folder = await Deno.makeTempDir();
  // this server's modules are cached apart from the user's; packages come from the user's cache
  const info = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  await Deno.symlink(JSON.parse(new TextDecoder().decode(info.stdout)).npmCache, `${folder}/npm`);
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const file = new URL(`..${new URL(request.url).pathname}`, import.meta.url);
    return new Response(await Deno.readFile(file), { headers: { "content-type": "application/typescript" } });
  });
  await Deno.writeTextFile(
    `${folder}/program.ts`,
    `
    import { openGpu } from "http://127.0.0.1:${server.addr.port}/kernels/gpu/open.ts";
    const kernels = await openGpu({ engine: "cpu" });
    console.log(kernels.read(kernels.full(2, 3)).join());
  `,
  );
  const args = ["run", "-A", "--no-check", "program.ts"];
  const command = new Deno.Command(Deno.execPath(), { args, cwd: folder, env: { DENO_DIR: folder } });
  const { stdout, stderr } = await command.output();
  assert.equal(new TextDecoder().decode(stdout), "3,3\n", new TextDecoder().decode(stderr));
  await server.shutdown();
  await Deno.remove(folder, { recursive: true });
});
