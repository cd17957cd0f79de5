import { join } from "node:path";

/** The project's folders, wherever the task was started. */
export const projectFolder = join(import.meta.dirname ?? ".", "..");

/** The course. */
export const notebooksFolder = join(projectFolder, "notebooks");

/** The reader's own copies of the course; git ignores them. */
export const copiesFolder = join(projectFolder, "my_notebooks");

/** Everything that the tasks produce; git ignores it. */
export const buildFolder = join(projectFolder, "build");

/** `path` as the terminal shows it: relative to the project's folder if it is inside. */
export function shown(path: string): string {
  return path.startsWith(projectFolder) ? path.slice(projectFolder.length + 1) : path;
}
