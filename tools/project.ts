import { join } from "node:path";

/** Where things are, however the task was started. */
export const projectFolder = join(import.meta.dirname ?? ".", "..");

/** The course. */
export const notebooksFolder = join(projectFolder, "notebooks");

/** The reader's own copies of the course; git ignores them. */
export const copiesFolder = join(projectFolder, "my_notebooks");

/** Everything that the tasks make; git ignores it. */
export const buildFolder = join(projectFolder, "build");

/** `path` as a reader of the terminal would write it: from the project's folder, where it lies in there. */
export function shown(path: string): string {
  return path.startsWith(projectFolder) ? path.slice(projectFolder.length + 1) : path;
}
