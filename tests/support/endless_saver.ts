/** Saves a model into a folder again and again, each time as another version, until it is killed: `folder version`. */

import { nn, Random, useDevice } from "../../mod.ts";

const [folder, first] = Deno.args;
await useDevice("reference");
const gpt = new nn.GPT({ vocabSize: 500, contextLength: 16, layers: 1, heads: 2, dim: 64, random: new Random(1) });
for (let version = Number(first);; version++) {
  for (const p of gpt.parameters()) p.assign(p.like(version)); // so that numbers of two versions cannot be mixed unseen
  if (version === Number(first)) await Deno.stdout.write(new TextEncoder().encode("saving\n"));
  await gpt.savePretrained(folder!);
}
