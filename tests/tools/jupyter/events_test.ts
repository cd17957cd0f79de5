import assert from "node:assert/strict";
import { type CellFailure, errorText, numbered, parseEvent } from "../../../tools/jupyter/events.ts";

const failure: CellFailure = {
  event: "failed",
  cell: 3,
  reason: "error",
  name: "TypeError",
  message: "Cannot multiply: 3 and 4",
  traceback: [
    "\x1b[31mTypeError\x1b[39m: Cannot multiply: 3 and 4",
    "    at f (<anonymous>:2:9)",
    "    at <anonymous>:4:1",
  ],
};

Deno.test("an event is the JSON after the prefix; other lines of Jupyter and the kernel are not events", () => {
  assert.deepEqual(parseEvent('@nabla {"event": "start", "cell": 0}'), { event: "start", cell: 0 });
  assert.deepEqual(parseEvent(`@nabla ${JSON.stringify(failure)}`), failure);
  const others = ["", "[NbConvertApp] Converting notebook", '{"event": "start", "cell": 0}', "echo @nabla {}"];
  for (const other of others) assert.equal(parseEvent(other), undefined);
});

Deno.test("an error is shown without colours, and without positions in the JavaScript made from the cell", () => {
  assert.equal(errorText(failure), "TypeError: Cannot multiply: 3 and 4");
});

Deno.test("positions in the project's files and a message of several lines are kept", () => {
  const place = "    at boom (file:///nabla/notebooks/lib/boom.ts:1:32)";
  const inside = "    at eventLoopTick (ext:core/01_core.js:176:7)";
  const traceback = ["AssertionError: not equal\n+ 2\n- 3", place, inside];
  assert.equal(errorText({ ...failure, traceback }), `AssertionError: not equal\n+ 2\n- 3\n${place}`);
});

Deno.test("a failure without a traceback is its name and message", () => {
  const died = { ...failure, name: "Kernel died", message: "Deno ended", traceback: [] };
  assert.equal(errorText(died), "Kernel died: Deno ended");
});

Deno.test("the lines of a source are numbered, and its last line break does not start another line", () => {
  assert.equal(numbered("const a = 1;\n\na\n"), "   1 | const a = 1;\n   2 |\n   3 | a");
});
