/** The index: a landing page from which every notebook can be reached, and whose times are right. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { nameOf, notebooksIn, sourceOf } from "../../tools/jupyter/notebook.ts";
import { notebooksFolder } from "../../tools/project.ts";

interface Notebook {
  readonly cells: readonly { readonly cell_type: string; readonly source: readonly string[] }[];
}

const read = async (name: string) =>
  JSON.parse(await Deno.readTextFile(join(notebooksFolder, `${name}.ipynb`))) as Notebook; // as Jupyter writes it
const proseOf = ({ cells }: Notebook) => cells.filter((cell) => cell.cell_type === "markdown").map(sourceOf);

const names = (await notebooksIn(notebooksFolder)).map(nameOf);
const index = await read("index");
const page = proseOf(index).join("\n\n");

/** The cells of the line of the table that links to a notebook. */
function rowOf(name: string): string[] {
  const row = page.split("\n").find((line) => line.startsWith("| [") && line.includes(`(${name}.ipynb)`));
  assert.ok(row, `${name} has a line in the table`);
  return row.split("|").slice(1, -1).map((cell) => cell.trim());
}

Deno.test("the index is a page to read, with nothing to run, and as Jupyter writes it", async () => {
  assert.ok(index.cells.every((cell) => cell.cell_type === "markdown"));
  const text = await Deno.readTextFile(join(notebooksFolder, "index.ipynb"));
  assert.equal(text, `${JSON.stringify(JSON.parse(text), null, 1)}\n`);
});

Deno.test("the index has a line for each notebook, in order: question, what to know first, reading, running", () => {
  const linked = [...page.matchAll(/^\| \[[^\]]+\]\(([^)]+)\.ipynb\)/gm)].map(([, name]) => name);
  assert.deepEqual(linked, names);
  for (const name of names) {
    const [, question = "", first = "", reading = "", running = ""] = rowOf(name);
    assert.ok(question.length > 20 && first.length > 1, name);
    assert.match(reading, /^\d+ minutes$/);
    assert.match(running, /^(seconds|under \d minutes?)$/);
  }
});

for (const name of names) {
  Deno.test(`the index says how long ${name} takes to read, at 200 words a minute`, async () => {
    const words = proseOf(await read(name)).join(" ").split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
    const stated = Number.parseInt(rowOf(name)[3] ?? "");
    assert.ok(
      Math.abs(stated - words / 200) <= 0.3 * words / 200,
      `${stated} stated, ${(words / 200).toFixed(1)} measured`,
    );
  });
}

for (const name of ["index", ...names]) {
  Deno.test(`every file that ${name} links to is there`, async () => {
    for (
      const [, target = ""] of proseOf(await read(name)).join("\n").matchAll(/\]\((?!https?:|#|attachment:)([^)#\s]+)/g)
    ) {
      assert.ok((await Deno.stat(join(notebooksFolder, target)).catch(() => undefined))?.isFile, target);
    }
  });
}

Deno.test("the index says what the kernel does not: a syntax error shows nothing, and types are not checked", () => {
  assert.match(page, /\*\*A syntax error shows nothing\.\*\*/);
  assert.match(page, /\*\*Types are not checked\.\*\*/);
});

Deno.test("the map draws an arrow from each notebook that another one asks for", () => {
  const arrows = /```mermaid\n([^]*?)```/.exec(page)?.[1] ?? "";
  for (const name of names) {
    const number = name.slice(0, 2);
    assert.ok(arrows.includes(`${number}[`), `${number} is on the map`);
  }
});
