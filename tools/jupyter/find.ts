import { delimiter, join } from "node:path";
import type { Run } from "../command.ts";

/** What Jupyter is wanted for: to sit in front of, or to run notebooks headless. */
export type Purpose = "lab" | "notebooks";

/** A Jupyter that answered. */
export interface Jupyter {
  /** The path of its `jupyter`. */
  readonly program: string;
  /** The subcommand that serves the purpose. */
  readonly subcommand: "lab" | "notebook" | "nbconvert";
  readonly version: string;
}

/** The subcommands that serve a purpose, best first, each with the oldest major version that does. */
const subcommands = {
  lab: [["lab", 3], ["notebook", 6]],
  notebooks: [["nbconvert", 6]],
} as const;

const executable = Deno.build.os === "windows" ? "jupyter.exe" : "jupyter";

/**
 * Where a `jupyter` may be: in folders of the project's own, along the PATH, and where Debian puts it.
 *
 * @param path The PATH.
 */
export function candidates(own: readonly string[], path: string): string[] {
  const folders = [...own, ...path.split(delimiter).filter((folder) => folder !== ""), "/usr/bin"];
  return [...new Set(folders)].map((folder) => join(folder, executable));
}

/**
 * The first Jupyter that really works: a file on the PATH is not enough, since a version manager leaves a `jupyter`
 * there that only says that it is not installed. So each is asked for the version of what is needed of it.
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
