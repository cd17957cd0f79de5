/** The reader's own copies of the course, which git ignores: what Jupyter saves in them never conflicts with git. */
import { dirname, join } from "node:path";
import { type Cell, sourceOf } from "./jupyter/notebook.ts";

/** What happened to a file of the course. */
export interface Renewed {
  /** The file's name. */
  readonly name: string;
  /** Where the reader's own version is now, if the course has a newer one. */
  readonly kept: string;
}

/** Where the original versions of the copies are kept, to see what the reader has changed. */
const originals = ".originals";

/**
 * Brings the copies up to date with the course. Files that are missing, or that the course has changed, are
 * copied. If the reader has changed a file too, the reader's version is kept beside it, under another name.
 *
 * @param course The folder of the course.
 * @param files Names of files in it.
 * @param copies The folder of the copies.
 * @returns The files whose version by the reader now has another name.
 */
export async function renewCopies(course: string, files: readonly string[], copies: string): Promise<Renewed[]> {
  const renewed: Renewed[] = [];
  for (const name of files) {
    const wanted = await Deno.readTextFile(join(course, name));
    const [copy, before] = await Promise.all([textOf(join(copies, name)), textOf(join(copies, originals, name))]);
    if (copy !== undefined && before === wanted) continue;
    if (copy !== undefined && !sameContent(name, copy, before ?? wanted)) {
      const kept = await freeName(copies, name);
      await Deno.rename(join(copies, name), join(copies, kept));
      renewed.push({ name, kept });
    }
    await write(join(copies, name), wanted);
    await write(join(copies, originals, name), wanted); // last: an interrupted copy is made again
  }
  return renewed;
}

/** Whether two versions agree. In notebooks only the cells count, as Jupyter also writes outputs and more into them. */
function sameContent(name: string, a: string, b: string): boolean {
  if (a === b) return true;
  if (!name.endsWith(".ipynb")) return false;
  const [cells, others] = [a, b].map((text) => sourcesOf(text));
  return cells !== undefined && cells === others;
}

/** The sources of a notebook's cells; undefined if the text is not a notebook. */
function sourcesOf(text: string): string | undefined {
  try {
    const { cells } = JSON.parse(text) as { cells: readonly Cell[] }; // checked in the next line
    return JSON.stringify(cells.map((cell) => [cell.cell_type, sourceOf(cell)]));
  } catch {
    return undefined; // the reader's file, whatever it is
  }
}

/** `03_tensors.ipynb` → `03_tensors_mine.ipynb`, or `03_tensors_mine_2.ipynb` if there is one. */
async function freeName(folder: string, name: string): Promise<string> {
  for (let count = 1;; count++) {
    const free = name.replace(/(\.\w+)$/, `_mine${count === 1 ? "" : `_${count}`}$1`);
    if (await textOf(join(folder, free)) === undefined) return free;
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function write(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, text);
}

/** The files of the course that a reader opens: its notebooks, and the solutions that they link to. */
export async function courseFiles(course: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isFile } of Deno.readDir(course)) if (isFile && name.endsWith(".ipynb")) files.push(name);
  for await (const { name, isFile } of Deno.readDir(join(course, "solutions"))) {
    if (isFile) files.push(`solutions/${name}`);
  }
  return files.sort();
}
