import { type Run, tail } from "../command.ts";
import { say } from "../terminal.ts";

/** Jupyter from the packages of Debian and Ubuntu, which have the classic Notebook but not JupyterLab. */
const packages = ["jupyter-notebook", "jupyter-nbconvert"];

/** Whether the text of /etc/os-release is that of Debian or of a system based on it. */
export function isDebian(osRelease: string): boolean {
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(osRelease);
}

/**
 * Installs Debian's packages, as root or with a sudo that needs no password.
 *
 * @param osRelease The text of /etc/os-release, "" if the file does not exist.
 * @returns Why they could not be installed; `undefined` on success.
 */
export async function installDebianPackages(osRelease: string, isRoot: boolean, run: Run): Promise<string | undefined> {
  if (!isDebian(osRelease)) return "this is neither Debian nor Ubuntu, so their packages cannot be installed";
  if (!isRoot && (await run(["sudo", "-n", "true"])).code !== 0) {
    return "Debian's packages need root, or sudo without a password";
  }
  const aptGet = [...(isRoot ? [] : ["sudo", "-n"]), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"];
  say(`Installing Debian's ${packages.join(" and ")} with apt-get, once …`);
  const started = Date.now();
  const update = await run([...aptGet, "update"], { title: "reading the list of packages" });
  if (update.code !== 0) say("  The list of packages could not be updated; trying with the old one.");
  const outcome = await run([...aptGet, "install", "-y", "--no-install-recommends", ...packages], {
    title: "installing with apt-get",
  });
  if (outcome.code !== 0) {
    say(`  That failed:\n${tail(outcome, 3).replaceAll(/^/gm, "    ")}`);
    return "apt-get could not install Debian's packages";
  }
  say(`  Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
  return undefined;
}
