import assert from "node:assert/strict";
import { type Contents, FileError, makeFolder, writeTogether, writeWhole } from "../../nn/files.ts";
import { inFolder } from "../support/folders.ts";

Deno.test("a failed write leaves the file as it was, and nothing beside it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/file`;
    await writeWhole(path, "old");
    const failing = writeWhole(path, async (write) => {
      await write(new TextEncoder().encode("half of the n"));
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

Deno.test("while a file is written, readers see the old one", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/file`;
    await writeWhole(path, "old");
    await writeWhole(path, async (write) => {
      await write(new TextEncoder().encode("new"));
      assert.equal(await Deno.readTextFile(path), "old");
    });
    assert.equal(await Deno.readTextFile(path), "new");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the next write removes what a killed process left beside a file, but not what others are writing", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file`;
    const leftover = (name: string) => `${folder}/${name}.${crypto.randomUUID()}.part`;
    const [dead, living, another] = [leftover("file"), leftover("file"), leftover("file2")];
    for (const part of [dead, living, another, `${folder}/file.mine.part`]) await Deno.writeTextFile(part, "half");
    using writer = await Deno.open(living, { write: true });
    await writer.lock(true); // as a live, writing process does
    await writeWhole(path, "new");
    const found = [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`);
    assert.deepEqual(found.sort(), [path, living, another, `${folder}/file.mine.part`].sort());
  }));

Deno.test("files that belong together are replaced together: if one fails, none is", () =>
  inFolder(async (folder) => {
    const files = (second: Contents) => [[`${folder}/a`, "a"], [`${folder}/b`, second]] as const;
    const failing = writeTogether(files(() => Promise.reject(new Error("the disk is full"))));
    await assert.rejects(failing, /the disk is full/);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    await writeTogether(files("b"));
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["a", "b"]);
  }));

Deno.test("whatever the system refuses is told with the path that was to be written", () =>
  inFolder(async (folder) => {
    const file = `${folder}/file`;
    await writeWhole(file, "old");
    await Deno.mkdir(`${folder}/full/of`, { recursive: true });
    const refused: [path: string, write: (path: string) => Promise<void>][] = [
      [file, makeFolder],
      [`${file}/in`, (path) => writeWhole(path, "new")],
      [`${folder}/none/in`, (path) => writeWhole(path, "new")],
      [`${folder}/full`, (path) => writeWhole(path, "new")], // fails at its rename
      [`${folder}/full`, (path) => writeTogether([[path, "new"], [file, "new"]])], // nor can it be kept
      [`${folder}/\0`, (path) => writeWhole(path, "new")],
    ];
    for (const [path, write] of refused) {
      await assert.rejects(write(path), (error) => {
        assert.ok(error instanceof FileError, String(error));
        assert.ok(error.message.startsWith(`Cannot write "${path}", as the system refuses: `), error.message);
        return true;
      });
    }
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["file", "full"]);
  }));

Deno.test("two writes of one file at the same time both succeed, and one of them is there, whole", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file`;
    const texts = ["a", "b"].map((letter) => letter.repeat(100_000));
    await Promise.all(texts.map((text) => writeWhole(path, text)));
    assert.ok(texts.includes(await Deno.readTextFile(path)));
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["file"]);
  }));

Deno.test("a file that another process takes for a leftover, before it has its lock, is written again", () =>
  inFolder(async (folder) => {
    const { openSync, linkSync } = Deno;
    const taken = new Set<string>();
    const take = (kind: string, path: string) => {
      if (!taken.has(kind)) Deno.removeSync(path);
      taken.add(kind);
    };
    const files = (text: string, last = `${folder}/b`) => [[`${folder}/a`, text], [last, text]] as const;
    await writeTogether(files("old"));
    await Deno.mkdir(`${folder}/full/of`, { recursive: true });
    Deno.openSync = (path, options) => {
      const file = openSync(path, options);
      if (options?.createNew) take("new", String(path));
      return file;
    };
    Deno.linkSync = (target, path) => {
      linkSync(target, path);
      take("kept", path);
    };
    try {
      await writeTogether(files("new"));
      assert.deepEqual(taken, new Set(["new", "kept"]));
      taken.clear();
      await assert.rejects(writeTogether(files("newest", `${folder}/full`)), FileError); // at its second rename
    } finally {
      Object.assign(Deno, { openSync, linkSync });
    }
    assert.equal(await Deno.readTextFile(`${folder}/a`), "new");
    assert.equal(await Deno.readTextFile(`${folder}/b`), "new");
  }));

Deno.test("many files that are written together, several times at once, do not wait for one another for ever", () =>
  inFolder(async (folder) => {
    const write = (text: string) => writeTogether(["a", "b", "c", "d"].map((name) => [`${folder}/${name}`, text]));
    await write("old");
    await Promise.all(["1", "2", "3"].map(write));
    const texts = ["a", "b", "c", "d"].map((name) => Deno.readTextFileSync(`${folder}/${name}`));
    assert.equal(new Set(texts).size, 1);
  }));

Deno.test("if a later file cannot be put in place, those before it are as they were, or gone if they were not there", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/c/full`, { recursive: true }); // a folder, which a rename cannot replace
    await Deno.writeTextFile(`${folder}/a`, "old");
    const files = ["a", "b", "c"].map((name) => [`${folder}/${name}`, "new"] as const);
    await assert.rejects(writeTogether(files));
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["a", "c"]);
    assert.equal(await Deno.readTextFile(`${folder}/a`), "old");
    await writeTogether(files.slice(0, 2));
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["a", "b", "c"]);
    assert.equal(await Deno.readTextFile(`${folder}/a`), "new");
  }));

Deno.test("a file that is replaced keeps its mode, and a link to it stays a link", {
  ignore: Deno.build.os === "windows",
}, () =>
  inFolder(async (folder) => {
    const [file, link, second] = [`${folder}/store/file`, `${folder}/link`, `${folder}/second`];
    await Deno.mkdir(`${folder}/store`);
    await Deno.writeTextFile(file, "secret");
    await Deno.chmod(file, 0o602); // bits that the usual mask removes
    await Deno.symlink("store/file", link);
    await Deno.symlink("link", second);
    for (const path of [link, second]) {
      await writeWhole(path, path);
      assert.equal(await Deno.readTextFile(file), path);
      assert.ok((await Deno.lstat(path)).isSymlink);
      assert.equal((await Deno.stat(file)).mode! & 0o777, 0o602);
    }
    await Deno.symlink("store/later", `${folder}/ahead`); // leads to a file that does not exist yet
    await writeWhole(`${folder}/ahead`, "now");
    assert.equal(await Deno.readTextFile(`${folder}/store/later`), "now");
    assert.deepEqual([...Deno.readDirSync(`${folder}/store`)].map(({ name }) => name).sort(), ["file", "later"]);
  }));

Deno.test(
  "an error of the system names the file",
  { ignore: Deno.build.os === "windows" },
  () =>
    inFolder(async (folder) => {
      const code = `import { writeWhole } from "${new URL("../../nn/files.ts", import.meta.url)}";` +
        `try { await writeWhole("${folder}/file", "x".repeat(1e6)); } catch (error) { console.log(String(error)); }`;
      const limited = `trap "" XFSZ; ulimit -f 1; exec "${Deno.execPath()}" eval --no-lock '${code}'`; // one block: the disk is full
      const { stdout } = await new Deno.Command("bash", { args: ["-c", limited] }).output();
      const message = new TextDecoder().decode(stdout);
      assert.ok(
        message.startsWith(`${FileError.name}: Cannot write "${folder}/file", as the system refuses: `),
        message,
      );
      assert.deepEqual([...Deno.readDirSync(folder)], []);
    }),
);
