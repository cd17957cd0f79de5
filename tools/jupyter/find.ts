import { delimiter, join } from "node:path";
import type { Run } from "../command.ts";

/** What Jupyter is needed for: interactive work, or running notebooks headless. */
export type Purpose = "lab" | "notebooks";

/** A Jupyter that works. */
export interface Jupyter {
  /** The path of its `jupyter`. */
  readonly program: string;
  /** The subcommand for the purpose. */
  readonly subcommand: "lab" | "notebook" | "nbconvert";
  readonly version: string;
}

/** The subcommands for a purpose, best first, each with the oldest major version that works. */
const subcommands = {
  lab: [["lab", 3], ["notebook", 6]],
  notebooks: [["nbconvert", 6]],
} as const;

const executable = Deno.build.os === "windows" ? "jupyter.exe" : "jupyter";

/**
 * Where a `jupyter` may be: in the project's own folders, on the PATH, and where Debian puts it.
 *
 * @param path The value of PATH.
 */
export function candidates(own: readonly string[], path: string): string[] {
  const folders = [...own, ...path.split(delimiter).filter((folder) => folder !== ""), "/usr/bin"];
  return [...new Set(folders)].map((folder) => join(folder, executable));
}

/**
 * The first Jupyter that really works. A file on the PATH is not enough: a version manager may leave a `jupyter` there
 * that only says that it is not installed. So each candidate must print the version of the subcommand needed.
 *
 * @param programs Paths of `jupyter`, in order of preference.
 */
export async function findJupyter(
  purpose: Purpose,
  programs: readonly string[],
  run: Run,
): Promise<Jupyter | undefined> {
  for (const [subcommand, oldest] of subcommands[purpose]) {
    for (const program of programs) {
      const { code, stdout } = await run([program, subcommand, "--version"]);
      const version = stdout.trim().split("\n").at(-1) ?? "";
      if (code === 0 && Number.parseInt(version) >= oldest) return { program, subcommand, version };
    }
  }
  return undefined;
}
