import assert from "node:assert/strict";
import type { Jupyter } from "../../../tools/jupyter/find.ts";
import { findOrInstall, JupyterMissing } from "../../../tools/jupyter/install.ts";

const jupyter: Jupyter = { program: "/opt/jupyter", subcommand: "lab", version: "4.6.6" };

Deno.test("an existing Jupyter is used, and nothing is installed", async () => {
  const way = () => assert.fail("installed");
  assert.equal(await findOrInstall(() => Promise.resolve(jupyter), [way]), jupyter);
});

Deno.test("the first way that succeeds is used, and none after it", async () => {
  let installed = false;
  const find = () => Promise.resolve(installed ? jupyter : undefined);
  const closed = () => Promise.resolve("there is no pip");
  const open = () => {
    installed = true;
    return Promise.resolve(undefined);
  };
  assert.equal(await findOrInstall(find, [closed, open, () => assert.fail("went on")]), jupyter);
});

Deno.test("if a way installs a Jupyter that does not work, the next way is tried", async () => {
  const taken: string[] = [];
  const way = (name: string) => () => {
    taken.push(name);
    return Promise.resolve(undefined);
  };
  const find = () => Promise.resolve(taken.length === 2 ? jupyter : undefined);
  assert.equal(await findOrInstall(find, [way("pip"), way("apt-get")]), jupyter);
});

Deno.test("if every way fails, the message says why, and what to do by hand", async () => {
  const ways = ["there is no pip", "this is no Debian"].map((reason) => () => Promise.resolve(reason));
  await assert.rejects(findOrInstall(() => Promise.resolve(undefined), ways), (error: unknown) => {
    assert(error instanceof JupyterMissing);
    assert.match(
      error.message,
      /^Cannot install Jupyter: there is no pip; this is no Debian\.\nInstall JupyterLab by hand/,
    );
    assert.match(error.message, /pip install jupyterlab/);
    return true;
  });
});
