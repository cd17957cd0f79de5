import { join } from "node:path";
import { type Run, tail } from "../command.ts";
import { buildFolder, shown } from "../project.ts";
import { say } from "../terminal.ts";

/** The project's own virtual environment, and what is installed into it. */
export interface Environment {
  readonly folder: string;
  /** Its programs: `python`, `jupyter`. */
  readonly programs: string;
  /** The file of pinned versions. */
  readonly requirements: string;
}

/** The environment in `folder`. */
export function environmentIn(folder: string, requirements: string): Environment {
  return { folder, programs: join(folder, Deno.build.os === "windows" ? "Scripts" : "bin"), requirements };
}

/** The project's environment. */
export const projectEnvironment = environmentIn(
  join(buildFolder, "jupyter", "venv"),
  join(import.meta.dirname ?? ".", "requirements.txt"),
);

/** Written last, with the installed versions: missing after an interrupted installation, different in an old one. */
const marker = (environment: Environment) => join(environment.folder, "installed.txt");

/** Whether the environment holds all of the versions required now. */
export async function isInstalled(environment: Environment): Promise<boolean> {
  try {
    const [installed, wanted] = await Promise.all([
      Deno.readTextFile(marker(environment)),
      Deno.readTextFile(environment.requirements),
    ]);
    return installed === wanted;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Makes the environment from scratch, with uv if it is installed, otherwise with Python's venv and pip.
 *
 * @returns Why it could not be made; `undefined` on success.
 */
export async function makeEnvironment(environment: Environment, run: Run): Promise<string | undefined> {
  const refusals: string[] = [];
  for (const tool of [uv, pip]) {
    await Deno.remove(environment.folder, { recursive: true }).catch(ignoreMissing);
    const refusal = await tool(environment, run);
    if (refusal === undefined) {
      await Deno.mkdir(environment.folder, { recursive: true });
      await Deno.copyFile(environment.requirements, marker(environment));
      return undefined;
    }
    refusals.push(refusal);
  }
  await Deno.remove(environment.folder, { recursive: true }).catch(ignoreMissing);
  return refusals.join("; ");
}

/** With uv, which is fast, and installs Python if there is none. */
async function uv(environment: Environment, run: Run): Promise<string | undefined> {
  if ((await run(["uv", "--version"])).code !== 0) return "uv is not installed";
  return await install("uv", environment, run, [
    ["uv", "venv", "--quiet", "--python", ">=3.10", environment.folder],
    [
      "uv",
      "pip",
      "install",
      "--compile-bytecode",
      "--require-hashes",
      "--python",
      join(environment.programs, "python"),
      "-r",
      environment.requirements,
    ],
  ]);
}

/** With the first Python that is new enough and has both venv and pip, which Debian packages separately. */
async function pip(environment: Environment, run: Run): Promise<string | undefined> {
  const suitable = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";
  for (const python of ["python3", "python", "/usr/bin/python3"]) {
    if ((await run([python, "-c", suitable])).code !== 0) continue;
    const intoIt = [join(environment.programs, "python"), "-m", "pip", "install", "--disable-pip-version-check"];
    return await install("pip", environment, run, [
      [python, "-m", "venv", environment.folder],
      [...intoIt, "--progress-bar", "off", "--retries", "2", "--require-hashes", "-r", environment.requirements],
    ]);
  }
  return "there is no Python 3.10 or later with venv and pip";
}

async function install(
  tool: string,
  environment: Environment,
  run: Run,
  commands: readonly string[][],
): Promise<string | undefined> {
  const started = Date.now();
  say(`Installing JupyterLab 4 into ${shown(environment.folder)} with ${tool}, once (about 320 MB) …`);
  for (const command of commands) {
    const outcome = await run(command, { title: `installing with ${tool}` });
    if (outcome.code !== 0) {
      say(`  That failed: ${command.join(" ")}\n${tail(outcome, 2).replaceAll(/^/gm, "    ")}`);
      return `${tool} could not install JupyterLab`;
    }
  }
  say(`  Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
  return undefined;
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
