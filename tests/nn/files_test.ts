import assert from "node:assert/strict";
import { type Contents, writeTogether, writeWhole } from "../../nn/files.ts";
import { inFolder } from "../support/folders.ts";

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

Deno.test("what a killed process left beside a file goes with the next write; what others are writing stays", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file`;
    const leftover = (name: string) => `${folder}/${name}.${crypto.randomUUID()}.part`;
    const [dead, living, another] = [leftover("file"), leftover("file"), leftover("file2")];
    for (const part of [dead, living, another, `${folder}/file.mine.part`]) await Deno.writeTextFile(part, "half");
    using writer = await Deno.open(living, { write: true });
    await writer.lock(true); // as a process does that is alive and writing
    await writeWhole(path, "new");
    const found = [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`);
    assert.deepEqual(found.sort(), [path, living, another, `${folder}/file.mine.part`].sort());
  }));

Deno.test("files that belong together are put in place together: if one fails, none is", () =>
  inFolder(async (folder) => {
    const files = (second: Contents) => [[`${folder}/a`, "a"], [`${folder}/b`, second]] as const;
    const failing = writeTogether(files(() => Promise.reject(new Error("the disk is full"))));
    await assert.rejects(failing, /the disk is full/);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    await writeTogether(files("b"));
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["a", "b"]);
  }));

Deno.test("two writes of one file at the same time both succeed, and one of them is there, whole", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file`;
    const texts = ["a", "b"].map((letter) => letter.repeat(100_000));
    await Promise.all(texts.map((text) => writeWhole(path, text)));
    assert.ok(texts.includes(await Deno.readTextFile(path)));
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["file"]);
  }));
