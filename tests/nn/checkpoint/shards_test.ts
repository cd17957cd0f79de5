/** Weights in several files, or in other formats. */

import assert from "node:assert/strict";
import { nn, Random, useDevice } from "../../../mod.ts";
import { inFolder } from "../../support/folders.ts";

await useDevice("reference");

const gpt = new nn.GPT({ vocabSize: 5, contextLength: 4, layers: 1, heads: 1, dim: 4, random: new Random(1) });

/** Writes the model in two shards; `change` may change the index before it is written. */
async function writeShards(
  folder: string,
  change: (map: Record<string, unknown>) => unknown = (map) => map,
): Promise<void> {
  await gpt.savePretrained(folder);
  const { tensors } = await nn.readSafetensors(`${folder}/model.safetensors`);
  await Deno.remove(`${folder}/model.safetensors`);
  const entries = Object.entries(tensors);
  const map: Record<string, unknown> = {};
  for (const [i, part] of [entries.slice(0, 5), entries.slice(5)].entries()) {
    const file = `model-0000${i + 1}-of-00002.safetensors`;
    await nn.writeSafetensors(`${folder}/${file}`, Object.fromEntries(part));
    for (const [name] of part) map[name] = file;
  }
  const index = { metadata: { total_size: 1 }, weight_map: change(map) };
  await Deno.writeTextFile(`${folder}/model.safetensors.index.json`, JSON.stringify(index));
}

Deno.test("a model in shards is read through its index", () =>
  inFolder(async (folder) => {
    await writeShards(folder);
    const same = await nn.GPT.fromPretrained(folder);
    const numbers = gpt.forward([[1, 2, 3]]).data;
    assert.ok(same.forward([[1, 2, 3]]).data.every((x, i) => Math.abs(x - numbers[i]!) < 1e-6)); // rounded to float32
    await gpt.savePretrained(folder); // one file beside the shards: it is newer, and is read
    await Deno.remove(`${folder}/model-00001-of-00002.safetensors`);
    await nn.GPT.fromPretrained(folder);
  }));

Deno.test("an index that leads out of the folder, or does not fit its shards, is rejected", () =>
  inFolder(async (folder) => {
    const refused = async (change: (map: Record<string, unknown>) => unknown, message: RegExp) => {
      await writeShards(folder, change);
      await assert.rejects(nn.GPT.fromPretrained(folder), { name: "SafetensorsError", message });
    };
    const outside = await Deno.makeTempFile({ suffix: ".safetensors" });
    const single = /a shard must be a \.safetensors file in the same folder: /;
    for (
      const file of ["../x.safetensors", outside, "a/b.safetensors", "..\\x.safetensors", "config.json", "", 7, null]
    ) {
      await refused((map) => ({ ...map, "wte.weight": file }), single);
    }
    await Deno.remove(outside);
    await refused((map) => ({ ...map, more: "model-00001-of-00002.safetensors" }), /"more" must be in the shard/);
    await refused(() => ["wte.weight"], /weight_map must be an object: \["wte\.weight"\]/);
    await refused(() => undefined, /weight_map must be an object: nothing/);
    await writeShards(folder, ({ "wte.weight": _, ...rest }) => rest);
    await assert.rejects(nn.GPT.fromPretrained(folder), {
      name: "ModelFolderError",
      message: /\n {2}missing: wte\.weight$/,
    });
    await writeShards(folder);
    await Deno.remove(`${folder}/model-00002-of-00002.safetensors`);
    await assert.rejects(nn.GPT.fromPretrained(folder), (error: unknown) => {
      assert.ok(error instanceof Deno.errors.NotFound);
      assert.match(error.message, /model-00002-of-00002\.safetensors/);
      return true;
    });
    await Deno.writeTextFile(`${folder}/model.safetensors.index.json`, "{");
    await assert.rejects(nn.GPT.fromPretrained(folder), { name: "SafetensorsError", message: /must be JSON/ });
  }));

Deno.test("a folder with weights only in another format is rejected by the file's name, with a remedy", () =>
  inFolder(async (folder) => {
    await gpt.savePretrained(folder);
    await Deno.remove(`${folder}/model.safetensors`);
    for (const name of ["pytorch_model.bin", "tf_model.h5"]) {
      await Deno.writeTextFile(`${folder}/${name}`, "");
      await assert.rejects(nn.GPT.fromPretrained(folder), (error: unknown) => {
        assert.ok(error instanceof nn.FileError);
        assert.ok(error.message.includes(`weights must be in model.safetensors: ${name} is a `), error.message);
        assert.match(error.message, /\.save_pretrained\(folder\)/);
        return true;
      });
      await Deno.remove(`${folder}/${name}`);
    }
  }));
