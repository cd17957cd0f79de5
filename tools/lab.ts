/**
 * `deno task lab [arguments for Jupyter]`: opens the notebooks in Jupyter, with this Deno as their kernel.
 */
import { isRoot, JupyterMissing, provideJupyter } from "./jupyter/install.ts";
import { provideKernel } from "./jupyter/kernel_spec.ts";
import { serverArguments } from "./jupyter/server.ts";
import { untilItEnds } from "./command.ts";
import { notebooksFolder } from "./project.ts";
import { say } from "./terminal.ts";

async function lab(extra: readonly string[]): Promise<number> {
  const jupyter = await provideJupyter("lab");
  const env = await provideKernel();
  say("Opening notebooks/ with the kernel Deno (nabla). Ctrl-C here ends it.");
  return await untilItEnds([jupyter.program, ...serverArguments(jupyter.subcommand, isRoot(), extra)], {
    cwd: notebooksFolder,
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
