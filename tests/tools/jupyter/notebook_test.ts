import assert from "node:assert/strict";
import {
  isCode,
  nameOf,
  notebooksIn,
  parseNotebook,
  selectNotebooks,
  sourceOf,
} from "../../../tools/jupyter/notebook.ts";
import { notebooksFolder } from "../../../tools/project.ts";

const all = ["/nabla/notebooks/01_scalar_autograd.ipynb", "/nabla/notebooks/02_neuron_to_mlp.ipynb"];
const select = (...wanted: string[]) => selectNotebooks(all, wanted, "/nabla").map(nameOf);

Deno.test("the course's notebooks are those with a number; its index is not run", async () => {
  const names = (await notebooksIn(notebooksFolder)).map(nameOf);
  assert.ok(names.includes("01_scalar_autograd"));
  assert.ok(names.every((name) => /^\d\d_/.test(name)), names.join());
  assert.ok((await Deno.stat(`${notebooksFolder}/index.ipynb`)).isFile);
});

Deno.test("no name means all of the notebooks, in their order", () => {
  assert.deepEqual(select(), ["01_scalar_autograd", "02_neuron_to_mlp"]);
});

Deno.test("a notebook can be named by its number, its name, its file name or its path", () => {
  const spellings = [
    "02",
    "2",
    "02_neuron_to_mlp",
    "02_neuron_to_mlp.ipynb",
    "notebooks/02_neuron_to_mlp.ipynb",
    all[1]!,
  ];
  for (const spelling of spellings) assert.deepEqual(select(spelling), ["02_neuron_to_mlp"], spelling);
  assert.deepEqual(selectNotebooks(all, ["./02_neuron_to_mlp.ipynb"], "/nabla/notebooks"), [all[1]]);
});

Deno.test("notebooks run in the order in which they are named, and only once", () => {
  assert.deepEqual(select("2", "1", "02"), ["02_neuron_to_mlp", "01_scalar_autograd"]);
});

Deno.test("an unknown name is an error that lists the names", () => {
  for (const unknown of ["3", "0", "neuron", "/elsewhere/02_neuron_to_mlp.ipynb", "/"]) {
    assert.throws(() => select("01", unknown), {
      name: "RangeError",
      message: `Cannot run the notebook ${
        JSON.stringify(unknown)
      }, as there is none of that name: 01_scalar_autograd, 02_neuron_to_mlp`,
    });
  }
  assert.throws(() => selectNotebooks([], ["01"], "/nabla"), /none of that name: none yet$/);
});

Deno.test("only cells with code are run", () => {
  assert(isCode({ cell_type: "code", source: ["\n", "1 + 1"] }));
  assert(!isCode({ cell_type: "code", source: " \n" }));
  assert(!isCode({ cell_type: "markdown", source: "1 + 1" }));
});

Deno.test("a source may be a text or a list of lines", () => {
  for (const source of ["a\nb", ["a\n", "b"]]) assert.equal(sourceOf({ cell_type: "code", source }), "a\nb");
});

Deno.test("a file that is not a notebook, or has nothing to run, is rejected", () => {
  assert.equal(parseNotebook('{"cells": [{"cell_type": "code", "source": "1"}]}').cells.length, 1);
  for (const text of ["", "{", "null", "{}", '{"cells": {}}', '{"cells": []}']) {
    assert.throws(() => parseNotebook(text), SyntaxError, text);
  }
});
