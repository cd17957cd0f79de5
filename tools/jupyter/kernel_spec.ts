import { delimiter, join } from "node:path";
import { buildFolder } from "../project.ts";

/** What Jupyter reads in a `kernel.json`. */
export interface KernelSpec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: string;
  /** How Jupyter's stop button reaches the kernel: a message ends the running cell, a signal would end Deno. */
  readonly interrupt_mode: "message";
}

/** The folder for JUPYTER_PATH: Jupyter looks into its `kernels/` before anywhere else. */
const dataFolder = join(buildFolder, "jupyter");

/**
 * A kernel that runs this very Deno: started by npx, it is not on the PATH, and a Deno on the PATH may be another one.
 *
 * @param deno The path of the Deno executable.
 */
export function kernelSpec(deno: string): KernelSpec {
  return {
    argv: [deno, "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno (nabla)",
    language: "typescript",
    interrupt_mode: "message",
  };
}

/**
 * Writes the project's own kernel and returns the environment in which Jupyter finds it. It is called `deno`, as in
 * every Jupyter that has Deno's kernel, so that the notebooks open elsewhere, too; the user's own kernel of that name
 * is hidden while our Jupyter runs, never overwritten.
 */
export async function provideKernel(): Promise<Record<string, string>> {
  const folder = join(dataFolder, "kernels", "deno");
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, "kernel.json"), JSON.stringify(kernelSpec(Deno.execPath()), null, 2) + "\n");
  const others = Deno.env.get("JUPYTER_PATH");
  return { JUPYTER_PATH: others === undefined || others === "" ? dataFolder : `${dataFolder}${delimiter}${others}` };
}
