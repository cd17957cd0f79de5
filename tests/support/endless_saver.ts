/** Saves a model into a folder again and again, each time as another version (an odd one has 4 heads, an even one 2), until it is killed: `folder version`. */

import { nn, Random, useDevice } from "../../mod.ts";

const [folder, first] = Deno.args;
await useDevice("reference");
const sizes = { vocabSize: 500, contextLength: 16, layers: 1, dim: 64, random: new Random(1) };
const models = [2, 4].map((heads) => new nn.GPT({ ...sizes, heads })); // of the same shapes: the configuration tells
for (let version = Number(first);; version++) {
  const gpt = models[version % 2]!;
  for (const p of gpt.parameters()) p.assign(p.like(version)); // so that a mixture of two versions is detected
  if (version === Number(first)) await Deno.stdout.write(new TextEncoder().encode("saving\n"));
  await gpt.savePretrained(folder!);
}
