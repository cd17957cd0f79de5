import assert from "node:assert/strict";
import { join } from "node:path";
import type { Outcome } from "../../../tools/command.ts";
import {
  type Environment,
  environmentIn,
  isInstalled,
  makeEnvironment,
  projectEnvironment,
} from "../../../tools/jupyter/environment.ts";
import { machine } from "../machine.ts";

/** Gives the test an environment in its own folder, with the remains of an interrupted installation. */
async function withHalfMade(test: (environment: Environment) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const environment = environmentIn(join(folder, "venv"), join(folder, "requirements.txt"));
    await Deno.writeTextFile(environment.requirements, "jupyterlab==4.6.6\n");
    await Deno.mkdir(environment.programs, { recursive: true });
    await Deno.writeTextFile(join(environment.programs, "jupyter"), "half of it");
    await test(environment);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const pythonWithPip = { "python3 -c": {}, "python3 -m venv": {} };

/** pip's answer, for any path of the environment. */
function pip(environment: Environment, outcome: Partial<Outcome>): Record<string, Partial<Outcome>> {
  return { [`${join(environment.programs, "python")} -m pip`]: outcome };
}

Deno.test("a half-made environment does not count as installed, and is made again", () =>
  withHalfMade(async (environment) => {
    assert.equal(await isInstalled(environment), false);
    const { run, ran } = machine({ ...pythonWithPip, ...pip(environment, {}) });
    assert.equal(await makeEnvironment(environment, run), undefined);
    assert.equal(await isInstalled(environment), true);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(environment.folder), ({ name }) => name), ["installed.txt"]);
    assert(ran.at(-1)?.endsWith(`--require-hashes -r ${environment.requirements}`));
  }));

Deno.test("an environment with versions other than those required now does not count as installed", () =>
  withHalfMade(async (environment) => {
    await makeEnvironment(environment, machine({ ...pythonWithPip, ...pip(environment, {}) }).run);
    await Deno.writeTextFile(environment.requirements, "jupyterlab==4.6.7\n");
    assert.equal(await isInstalled(environment), false);
  }));

Deno.test("uv is used if it is installed, without pip", () =>
  withHalfMade(async (environment) => {
    const { run, ran } = machine({ uv: {}, ...pythonWithPip });
    assert.equal(await makeEnvironment(environment, run), undefined);
    assert(ran.every((line) => line.startsWith("uv ")), ran.join("\n"));
  }));

Deno.test("if uv fails, pip is tried", () =>
  withHalfMade(async (environment) => {
    const answers = { "uv --version": {}, "uv venv": { code: 2 }, ...pythonWithPip, ...pip(environment, {}) };
    assert.equal(await makeEnvironment(environment, machine(answers).run), undefined);
  }));

Deno.test("a Python without venv is skipped for one that has it", () =>
  withHalfMade(async (environment) => {
    const answers = { "python3 -c": { code: 1 }, "python -c": {}, "python -m venv": {}, ...pip(environment, {}) };
    assert.equal(await makeEnvironment(environment, machine(answers).run), undefined);
  }));

Deno.test("if no installation succeeds, it says why and leaves nothing behind", () =>
  withHalfMade(async (environment) => {
    const offline = machine({ ...pythonWithPip, ...pip(environment, { code: 1, stderr: "No matching distribution" }) });
    assert.equal(
      await makeEnvironment(environment, offline.run),
      "uv is not installed; pip could not install JupyterLab",
    );
    await assert.rejects(Deno.stat(environment.folder), Deno.errors.NotFound);
    const bare = "uv is not installed; there is no Python 3.10 or later with venv and pip";
    assert.equal(await makeEnvironment(environment, machine({}).run), bare);
  }));

Deno.test("every required version is pinned, with the hashes of its files", async () => {
  const lines = (await Deno.readTextFile(projectEnvironment.requirements)).replaceAll("\\\n", "").split("\n");
  const wanted = lines.filter((line) => line !== "" && !line.startsWith("#"));
  assert(wanted.length > 50);
  for (const line of wanted) assert.match(line, /^[a-z0-9.-]+==\S+( ; [^-]*)? +(--hash=sha256:[0-9a-f]{64} *)+$/);
});
