import * as fc from "fast-check";
import assert from "node:assert/strict";
import { join } from "node:path";
import { courseFiles, renewCopies } from "../../tools/copies.ts";
import { notebooksFolder } from "../../tools/project.ts";

/** A notebook of one cell, as Jupyter writes it. */
const notebook = (source: string, output = "") =>
  JSON.stringify({ cells: [{ cell_type: "code", source, outputs: [output] }], nbformat: 4, metadata: { output } });

interface Folders {
  readonly course: string;
  readonly copies: string;
  /** Writes the course's file, as in a newer version of the course. */
  readonly publish: (name: string, text: string) => Promise<void>;
  /** Writes the copy, as the reader and Jupyter do. */
  readonly save: (name: string, text: string) => Promise<void>;
  /** Updates the copies, and returns what they then contain. */
  readonly renew: () => Promise<Record<string, string>>;
}

async function withFolders(test: (folders: Folders) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const [course, copies] = [join(folder, "course"), join(folder, "copies")];
  await Deno.mkdir(join(course, "solutions"), { recursive: true });
  try {
    await test({
      course,
      copies,
      publish: (name, text) => Deno.writeTextFile(join(course, name), text),
      save: (name, text) => Deno.writeTextFile(join(copies, name), text),
      renew: async () => {
        await renewCopies(course, await courseFiles(course), copies);
        const found: Record<string, string> = {};
        for await (const { name, isFile } of Deno.readDir(copies)) {
          if (isFile) found[name] = await Deno.readTextFile(join(copies, name));
        }
        return found;
      },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("missing files are copied, and the reader's edits stay while the course does not change", () =>
  withFolders(async ({ publish, save, renew }) => {
    await publish("01_a.ipynb", notebook("1"));
    assert.deepEqual(await renew(), { "01_a.ipynb": notebook("1") });
    await save("01_a.ipynb", notebook("mine", "42"));
    assert.deepEqual(await renew(), { "01_a.ipynb": notebook("mine", "42") });
  }));

Deno.test("a notebook that the reader has only run is replaced by the course's newer version", () =>
  withFolders(async ({ publish, save, renew }) => {
    await publish("01_a.ipynb", notebook("1"));
    await renew();
    await save("01_a.ipynb", notebook("1", "a picture"));
    await publish("01_a.ipynb", notebook("2"));
    assert.deepEqual(await renew(), { "01_a.ipynb": notebook("2") });
  }));

Deno.test("a file that both have changed is kept under another name, every time", () =>
  withFolders(async ({ publish, save, renew }) => {
    await publish("01_a.ipynb", notebook("1"));
    await renew();
    await save("01_a.ipynb", notebook("mine"));
    await publish("01_a.ipynb", notebook("2"));
    await renew();
    await save("01_a.ipynb", "{ broken");
    await publish("01_a.ipynb", notebook("3"));
    assert.deepEqual(await renew(), {
      "01_a.ipynb": notebook("3"),
      "01_a_mine.ipynb": notebook("mine"),
      "01_a_mine_2.ipynb": "{ broken",
    });
  }));

Deno.test("nothing that the reader has written is ever lost, whatever happens in any order", async () => {
  const events = fc.array(fc.tuple(fc.constantFrom("save", "publish", "renew"), fc.integer({ min: 0, max: 3 })));
  await fc.assert(
    fc.asyncProperty(events, (events) =>
      withFolders(async ({ publish, save, renew }) => {
        await publish("01_a.ipynb", notebook("course 0"));
        await renew();
        const written = new Set<string>();
        let last = "";
        for (const [event, i] of events) {
          if (event === "publish") await publish("01_a.ipynb", notebook(`course ${i}`));
          if (event === "save") {
            written.delete(last); // the reader overwrites it
            last = notebook(`reader ${i}`);
            await save("01_a.ipynb", last);
            written.add(last);
          }
          const found = Object.values(await renew());
          for (const text of written) assert.ok(found.includes(text), text);
          if (!found.includes(last) || event === "publish") last = ""; // kept elsewhere: it is no longer overwritten
        }
      })),
    { seed: 3, numRuns: 30 },
  );
});

Deno.test("the index, the notebooks and the solutions that they link to are copied", async () => {
  const files = await courseFiles(notebooksFolder);
  for (const name of ["index.ipynb", "01_scalar_autograd.ipynb", "solutions/01_scalar_autograd.ts"]) {
    assert.ok(files.includes(name), name);
  }
});
