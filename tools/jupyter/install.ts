import { type Run, run } from "../command.ts";
import { say } from "../terminal.ts";
import { installDebianPackages } from "./debian.ts";
import { isInstalled, makeEnvironment, projectEnvironment } from "./environment.ts";
import { candidates, findJupyter, type Jupyter, type Purpose } from "./find.ts";

/** A way to install a Jupyter: it gives why it cannot, or `undefined` once it has. */
export type Way = () => Promise<string | undefined>;

/** No Jupyter could be found or installed; the message says what to do by hand. */
export class JupyterMissing extends Error {
  override readonly name = "JupyterMissing";
}

/**
 * A Jupyter that works: found, or installed in the first of the `ways` that can.
 *
 * @throws {JupyterMissing} If none was found, and none of the ways can install one.
 */
export async function findOrInstall(
  find: () => Promise<Jupyter | undefined>,
  ways: readonly Way[],
): Promise<Jupyter> {
  const present = await find();
  if (present !== undefined) return present;
  say("No working Jupyter was found.");
  const refusals: string[] = [];
  for (const way of ways) {
    const refusal = await way();
    const installed = refusal === undefined ? await find() : undefined;
    if (installed !== undefined) return installed;
    refusals.push(refusal ?? "the installed Jupyter does not work");
  }
  throw new JupyterMissing(
    `Cannot install Jupyter: ${refusals.join("; ")}.
Install JupyterLab by hand, and run the command again, in one of these ways:
  python3 -m venv ~/jupyter && ~/jupyter/bin/pip install jupyterlab && export PATH="$HOME/jupyter/bin:$PATH"
  sudo apt-get install jupyter-notebook jupyter-nbconvert    (Debian, Ubuntu)
  brew install jupyterlab    (macOS)`,
  );
}

/** A Jupyter for the purpose on this machine, found or installed; prints which. */
export async function provideJupyter(purpose: Purpose, runCommand: Run = run): Promise<Jupyter> {
  const find = async () => {
    const own = await isInstalled(projectEnvironment) ? [projectEnvironment.programs] : [];
    return await findJupyter(purpose, candidates(own, Deno.env.get("PATH") ?? ""), runCommand);
  };
  const jupyter = await findOrInstall(find, [
    () => makeEnvironment(projectEnvironment, runCommand),
    async () => {
      const osRelease = await Deno.readTextFile("/etc/os-release").catch(() => "");
      return await installDebianPackages(osRelease, isRoot(), runCommand);
    },
  ]);
  say(`Jupyter: ${jupyter.program} (${jupyter.subcommand} ${jupyter.version})`);
  return jupyter;
}

/** Whether this process runs as root, for which Jupyter needs a flag. */
export function isRoot(): boolean {
  return Deno.build.os !== "windows" && Deno.uid() === 0;
}
