/** A folder is consistent: its configuration and its weights always belong to one save. */

import assert from "node:assert/strict";
import { nn, Random, useDevice } from "../../../mod.ts";
import { inFolder } from "../../support/folders.ts";

await useDevice("reference");

const sizes = { vocabSize: 7, contextLength: 4, layers: 1, dim: 8 };
/** Two models of the same shapes, which differ only in the configuration. */
const two = new nn.GPT({ ...sizes, heads: 2, eosToken: 3, random: new Random(1) });
const four = new nn.GPT({ ...sizes, heads: 4, dropout: 0.5, random: new Random(2) });

/** Asserts that a folder holds a complete model: its settings and its numbers. */
async function assertHolds(folder: string, gpt: nn.GPT): Promise<void> {
  const found = await nn.GPT.fromPretrained(folder);
  assert.deepEqual(found.options, gpt.options);
  const rounded = Object.entries(gpt.stateDict()).map(([name, p]) => [name, [...p.data].map(Math.fround)]);
  assert.deepEqual(Object.entries(found.stateDict()).map(([name, p]) => [name, [...p.data]]), rounded);
}

Deno.test("a save that fails at its second rename leaves the complete old model", () =>
  inFolder(async (folder) => {
    await two.savePretrained(folder);
    const path = `${folder}/config.json`;
    await Deno.rename(path, `${folder}/kept`);
    await Deno.mkdir(`${path}/full`, { recursive: true }); // over which no file can be renamed
    await assert.rejects(four.savePretrained(folder));
    await Deno.remove(path, { recursive: true });
    await Deno.rename(`${folder}/kept`, path);
    await assertHolds(folder, two);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
      "config.json",
      "model.safetensors",
    ]);
  }));

Deno.test("a save that is killed between its renames leaves the complete new model", () =>
  inFolder(async (folder) => {
    const other = `${folder}/other`;
    await four.savePretrained(other);
    await two.savePretrained(folder);
    await Deno.copyFile(`${other}/model.safetensors`, `${folder}/model.safetensors`); // only the first rename
    await assertHolds(folder, four);
    await Deno.remove(`${folder}/config.json`); // the folder had none before
    await assertHolds(folder, four);
    await two.savePretrained(folder);
    await assertHolds(folder, two);
  }));

Deno.test("the same holds over another program's folder, whose configuration is marked before the weights change", () =>
  inFolder(async (folder) => {
    const [path, weights, other] = [`${folder}/config.json`, `${folder}/model.safetensors`, `${folder}/other`];
    await four.savePretrained(other);
    await two.savePretrained(folder);
    await unmark(path);
    await assertHolds(folder, two);
    await Deno.remove(weights);
    await Deno.mkdir(`${weights}/full`, { recursive: true }); // saving fails at its first rename
    await assert.rejects(four.savePretrained(folder));
    await Deno.remove(weights, { recursive: true });
    await Deno.copyFile(`${other}/model.safetensors`, weights); // as if it had been killed after it
    await assertHolds(folder, four);
  }));

/** Removes the mark from a configuration, as if another program had written it. */
async function unmark(path: string): Promise<void> {
  const { nabla_save: _, ...config } = JSON.parse(await Deno.readTextFile(path));
  await Deno.writeTextFile(path, JSON.stringify(config));
}

Deno.test("a configuration that is edited, or rewritten by another program, is used", () =>
  inFolder(async (folder) => {
    await two.savePretrained(folder);
    const path = `${folder}/config.json`;
    const config = JSON.parse(await Deno.readTextFile(path));
    const edited = { ...config, n_head: 1, resid_pdrop: 0.25, summary_type: "first" };
    await Deno.writeTextFile(path, JSON.stringify(edited));
    assert.equal((await nn.GPT.fromPretrained(folder)).options.heads, 1);
    await unmark(path);
    const { options } = await nn.GPT.fromPretrained(folder);
    assert.deepEqual([options.heads, options.dropout], [1, 0.25]);
  }));

/** Runs `meanwhile` when a file is first looked at, before it is opened. */
async function whenOpened(path: string, meanwhile: () => Promise<void>, f: () => Promise<void>): Promise<void> {
  const { stat } = Deno;
  let isOver = false;
  Deno.stat = async (looked) => {
    if (looked === path && !isOver) {
      isOver = true;
      await meanwhile();
    }
    return await stat(looked);
  };
  try {
    await f();
    assert.ok(isOver);
  } finally {
    Deno.stat = stat;
  }
}

for (const file of ["model.safetensors", "shard.safetensors"]) {
  Deno.test(`a folder of another program's with ${file} that is saved over while it is opened is read whole`, () =>
    inFolder(async (folder) => {
      const [path, weights] = [`${folder}/config.json`, `${folder}/model.safetensors`];
      await two.savePretrained(folder);
      await unmark(path);
      const { tensors } = await nn.readSafetensors(weights);
      await Deno.remove(weights);
      await nn.writeSafetensors(`${folder}/${file}`, tensors);
      const index = { weight_map: Object.fromEntries(Object.keys(tensors).map((name) => [name, file])) };
      await Deno.writeTextFile(`${weights}.index.json`, JSON.stringify(index));
      await assertHolds(folder, two);
      await whenOpened(path, () => four.savePretrained(folder), () => assertHolds(folder, four));
    }));
}

Deno.test(
  "weights keep their mode, and a link to them stays a link",
  { ignore: Deno.build.os === "windows" },
  () =>
    inFolder(async (folder) => {
      const [store, model] = [`${folder}/store`, `${folder}/model`];
      await two.savePretrained(model);
      await Deno.mkdir(store);
      await Deno.rename(`${model}/model.safetensors`, `${store}/blob`);
      await Deno.chmod(`${store}/blob`, 0o600);
      await Deno.symlink("../store/blob", `${model}/model.safetensors`);
      await assertHolds(model, two);
      await four.savePretrained(model);
      await assertHolds(model, four);
      assert.ok((await Deno.lstat(`${model}/model.safetensors`)).isSymlink);
      assert.equal((await Deno.stat(`${store}/blob`)).mode! & 0o777, 0o600);
    }),
);
