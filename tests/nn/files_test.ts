import assert from "node:assert/strict";
import { writeWhole } from "../../nn/files.ts";

Deno.test("a file that fails to be written stays as it was, and nothing is left beside it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/file`;
    await writeWhole(path, "old");
    const failing = writeWhole(path, async (file) => {
      await file.write(new TextEncoder().encode("half of the n"));
      throw new Error("the disk is full");
    });
    await assert.rejects(failing, /the disk is full/);
    assert.equal(await Deno.readTextFile(path), "old");
    await writeWhole(path, Uint8Array.of(110, 101, 119));
    assert.equal(await Deno.readTextFile(path), "new");
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["file"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("while a file is written, whoever reads it sees the old one", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/file`;
    await writeWhole(path, "old");
    await writeWhole(path, async (file) => {
      await file.write(new TextEncoder().encode("new"));
      assert.equal(await Deno.readTextFile(path), "old");
    });
    assert.equal(await Deno.readTextFile(path), "new");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
