/** A process that is killed while saving leaves a complete checkpoint. */

import assert from "node:assert/strict";
import { nn, Random, useDevice } from "../../../mod.ts";
import { inFolder } from "../../support/folders.ts";
import { SEED } from "../../support/seed.ts";

await useDevice("reference");

const SAVER = new URL("../../support/endless_saver.ts", import.meta.url).pathname;
const LANES = 2;
const KILLS_EACH = 50;
/** Longer than one save takes, so that kills come at any moment of it. */
const LONGEST_WAIT = 40; // ms

/** Starts a process that saves versions from `version` on, and kills it with SIGKILL so many milliseconds later. */
async function saveAndKill(folder: string, version: number, wait: number): Promise<void> {
  const args = ["run", "-A", "--no-check", SAVER, folder, String(version)];
  const saver = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "inherit" }).spawn();
  const reader = saver.stdout.getReader();
  await reader.read(); // it will save next
  await new Promise((resolve) => setTimeout(resolve, wait));
  saver.kill("SIGKILL");
  await reader.cancel();
  assert.equal((await saver.status).signal, "SIGKILL"); // it did not end on its own
}

/** The version of a folder, that of every number in it and of its configuration. */
async function versionIn(folder: string): Promise<number> {
  const gpt = await nn.GPT.fromPretrained(folder);
  const numbers = gpt.parameters().map(({ data }) => new Set(data));
  const versions = new Set(numbers.flatMap((set) => [...set]));
  assert.equal(versions.size, 1, `numbers of versions ${[...versions]} in one checkpoint`);
  const version = [...versions][0]!;
  assert.equal(
    gpt.options.heads,
    version % 2 === 1 ? 4 : 2,
    "the configuration of one version beside the weights of another",
  );
  return version;
}

Deno.test(`killed ${LANES * KILLS_EACH} times while saving, a complete checkpoint always remains`, async () => {
  let left = 0;
  const lanes = Array.from({ length: LANES }, (_, lane) =>
    inFolder(async (folder) => {
      const random = new Random(SEED + lane);
      let version = 1;
      const gpt = new nn.GPT({ vocabSize: 500, contextLength: 16, layers: 1, heads: 4, dim: 64, random });
      for (const p of gpt.parameters()) p.assign(p.like(version));
      await gpt.savePretrained(folder);
      for (let kill = 0; kill < KILLS_EACH; kill++) {
        await saveAndKill(folder, version + 1, random.uniform(0, LONGEST_WAIT));
        const now = await versionIn(folder);
        assert.ok(now >= version, `version ${now} where ${version} had been saved`);
        version = now;
        const parts = [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".part")).length;
        assert.ok(parts <= 3, `${parts} files of killed savings, which later ones should have removed`);
        left += parts;
      }
      await gpt.savePretrained(folder);
      assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
        "config.json",
        "model.safetensors",
      ]);
    }));
  await Promise.all(lanes);
  assert.ok(left > 0, "no kill came in the middle of a saving, where most of the time goes");
});
