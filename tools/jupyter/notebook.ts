import { basename, isAbsolute, join, resolve } from "node:path";

/** The part of a cell that is read. */
export interface Cell {
  readonly cell_type: string;
  readonly source: string | readonly string[];
  readonly metadata?: { readonly tags?: readonly string[] };
}

/** The part of a notebook file that is read. */
export interface Notebook {
  readonly cells: readonly Cell[];
}

/**
 * The cells of a notebook file; Jupyter checks the rest of it when it runs them.
 *
 * @throws {SyntaxError} If it is not a notebook, or has no code to run, which would pass without testing anything.
 */
export function parseNotebook(text: string): Notebook {
  const notebook = JSON.parse(text) as Partial<Notebook> | null; // checked in the next line
  if (!Array.isArray(notebook?.cells)) throw new SyntaxError("it has no list of cells");
  const { cells } = notebook as Notebook;
  if (!cells.some(isCode)) throw new SyntaxError("none of its cells contains code");
  return { cells };
}

/** The source of a cell, which the file may keep as a list of lines. */
export function sourceOf(cell: Cell): string {
  return typeof cell.source === "string" ? cell.source : cell.source.join("");
}

/** Whether the cell has any code to run. */
export function isCode(cell: Cell): boolean {
  return cell.cell_type === "code" && sourceOf(cell).trim() !== "";
}

/** `…/02_neuron_to_mlp.ipynb` → `02_neuron_to_mlp`. */
export function nameOf(path: string): string {
  return basename(path, ".ipynb");
}

/** The numbered notebooks in the folder, by name: those of the course, without its index, which has no code. */
export async function notebooksIn(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isFile && /^\d+_.*\.ipynb$/.test(entry.name)) paths.push(join(folder, entry.name));
  }
  return paths.sort();
}

/**
 * The requested notebooks, by number (`02` or `2`), by name, or by path. Default: all of them.
 *
 * @param all The paths of all notebooks.
 * @param wanted What the user typed.
 * @param from The folder to which a path is relative.
 * @throws {RangeError} If there is no such notebook; the message lists all of them.
 */
export function selectNotebooks(all: readonly string[], wanted: readonly string[], from: string): string[] {
  const selected = wanted.length === 0 ? all : wanted.map((name) => {
    const found = all.find((path) => path === resolve(from, name)) ?? all.find((path) => answersTo(path, name));
    if (found === undefined) {
      const names = all.map(nameOf).join(", ") || "none yet";
      throw new RangeError(`Cannot run the notebook ${JSON.stringify(name)}, as there is none of that name: ${names}`);
    }
    return found;
  });
  return [...new Set(selected)];
}

/** Whether a name, with or without its ending, or a number is that of the notebook. */
function answersTo(path: string, name: string): boolean {
  if (isAbsolute(name)) return false;
  const number = /^\d+$/.test(name) ? `${name.padStart(2, "0")}_` : undefined;
  return number !== undefined ? nameOf(path).startsWith(number) : nameOf(path) === nameOf(name);
}
