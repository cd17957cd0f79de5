import assert from "node:assert/strict";
import { kernelSpec } from "../../../tools/jupyter/kernel_spec.ts";
import { serverArguments } from "../../../tools/jupyter/server.ts";

Deno.test("the kernel is the given Deno, by its path", () => {
  assert.deepEqual(kernelSpec("/npx/deno"), {
    argv: ["/npx/deno", "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno (nabla)",
    interrupt_mode: "message",
    language: "typescript",
  });
});

Deno.test("Jupyter opens the index, may run as root only when it does, and gets the user's arguments last", () => {
  assert.deepEqual(serverArguments("lab", false, ["--port", "8899"]), [
    "lab",
    "-y",
    "--LabApp.default_url=/lab/tree/index.ipynb",
    "--port",
    "8899",
  ]);
  assert.deepEqual(serverArguments("notebook", true, ["--no-browser"]), [
    "notebook",
    "-y",
    "--allow-root",
    "index.ipynb",
    "--no-browser",
  ]);
  assert.deepEqual(serverArguments("lab", false, ["02_neuron_to_mlp.ipynb"]), ["lab", "-y", "02_neuron_to_mlp.ipynb"]);
});
