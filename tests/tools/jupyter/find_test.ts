import assert from "node:assert/strict";
import { candidates, findJupyter } from "../../../tools/jupyter/find.ts";
import { machine } from "../machine.ts";

/** The answer of a version manager's `jupyter` when Jupyter is not installed in the current Python. */
const shim = { code: 127, stderr: "pyenv: jupyter: command not found" };

Deno.test("a jupyter that only says that it is not installed is skipped", async () => {
  const { run } = machine({ "/shims/jupyter": shim, "/opt/jupyter lab --version": { stdout: "4.6.6\n" } });
  assert.deepEqual(await findJupyter("lab", ["/shims/jupyter", "/opt/jupyter"], run), {
    program: "/opt/jupyter",
    subcommand: "lab",
    version: "4.6.6",
  });
});

Deno.test("JupyterLab anywhere is preferred to the Notebook, which is used if there is no JupyterLab", async () => {
  const notebook = { "/debian/jupyter notebook --version": { stdout: "6.4.12\n" } };
  const lab = { "/venv/jupyter lab --version": { stdout: "4.6.6\n" } };
  const programs = ["/debian/jupyter", "/venv/jupyter"];
  assert.equal((await findJupyter("lab", programs, machine({ ...notebook, ...lab }).run))?.subcommand, "lab");
  assert.equal((await findJupyter("lab", programs, machine(notebook).run))?.subcommand, "notebook");
});

Deno.test("running notebooks needs nbconvert, and a Jupyter without it does not count", async () => {
  const lab = { "/a/jupyter lab --version": { stdout: "4.6.6\n" } };
  const nbconvert = { "/b/jupyter nbconvert --version": { stdout: "6.5.3\n" } };
  assert.equal(
    (await findJupyter("notebooks", ["/a/jupyter", "/b/jupyter"], machine({ ...lab, ...nbconvert }).run))?.program,
    "/b/jupyter",
  );
  assert.equal(await findJupyter("notebooks", ["/a/jupyter"], machine(lab).run), undefined);
});

Deno.test("a version that is too old does not count, nor does an answer that is not a version", async () => {
  for (const stdout of ["5.6.1\n", "usage: jupyter [-h]\n", ""]) {
    const { run } = machine({ "/a/jupyter": { stdout } });
    assert.equal(await findJupyter("notebooks", ["/a/jupyter"], run), undefined);
  }
});

Deno.test("the version is the last line: warnings may come before it", async () => {
  const { run } = machine({ "/a/jupyter nbconvert": { stdout: "a warning\n7.17.2\n" } });
  assert.equal((await findJupyter("notebooks", ["/a/jupyter"], run))?.version, "7.17.2");
});

Deno.test("the candidates are the project's own, those on the PATH in order, and Debian's, without repetition", () => {
  assert.deepEqual(candidates(["/own"], "/shims::/usr/bin:/opt"), [
    "/own/jupyter",
    "/shims/jupyter",
    "/usr/bin/jupyter",
    "/opt/jupyter",
  ]);
});
