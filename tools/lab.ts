/**
 * `deno task lab [arguments for Jupyter]`: opens the course in Jupyter, with this Deno as its kernel. The reader works
 * in copies, in my_notebooks/, which are brought up to date first.
 */
import { isRoot, JupyterMissing, provideJupyter } from "./jupyter/install.ts";
import { provideKernel } from "./jupyter/kernel_spec.ts";
import { serverArguments } from "./jupyter/server.ts";
import { untilItEnds } from "./command.ts";
import { courseFiles, renewCopies } from "./copies.ts";
import { copiesFolder, notebooksFolder, shown } from "./project.ts";
import { say } from "./terminal.ts";

async function lab(extra: readonly string[]): Promise<number> {
  const jupyter = await provideJupyter("lab");
  const env = await provideKernel();
  for (const { name, kept } of await renewCopies(notebooksFolder, await courseFiles(notebooksFolder), copiesFolder)) {
    say(`${name} has a newer version; your own is now in ${kept}.`);
  }
  say(`Opening ${shown(copiesFolder)}/ with the kernel Deno (nabla). Ctrl-C here ends it.`);
  return await untilItEnds([jupyter.program, ...serverArguments(jupyter.subcommand, isRoot(), extra)], {
    cwd: copiesFolder,
    env,
  });
}

try {
  Deno.exit(await lab(Deno.args));
} catch (error) {
  if (!(error instanceof JupyterMissing)) throw error;
  say(error.message);
  Deno.exit(1);
}
