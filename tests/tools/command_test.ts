import assert from "node:assert/strict";
import { lines, run } from "../../tools/command.ts";
import { bar, clock } from "../../tools/terminal.ts";

const deno = Deno.execPath();

Deno.test("a command's output and exit code are separate, and its colours are removed", async () => {
  const program = `console.log("\\x1b[31mred\\x1b[0m"); console.error("careful"); Deno.exit(3);`;
  assert.deepEqual(await run([deno, "eval", program]), { code: 3, stdout: "red", stderr: "careful" });
});

Deno.test("a program that does not exist gives exit code 127, not an error", async () => {
  assert.equal((await run(["/nowhere/jupyter", "--version"])).code, 127);
});

Deno.test("lines are whole, however the stream is split", async () => {
  const bytes = new TextEncoder().encode("größe 1\r\n\nlast");
  for (let size = 1; size <= bytes.length; size++) {
    const chunks = Array.from(
      { length: Math.ceil(bytes.length / size) },
      (_, i) => bytes.slice(i * size, (i + 1) * size),
    );
    assert.deepEqual(await Array.fromAsync(lines(ReadableStream.from(chunks))), ["größe 1", "", "last"]);
  }
});

Deno.test("time and progress are shown briefly", () => {
  assert.deepEqual([0, 9.9, 75, 3600].map(clock), ["0:00", "0:09", "1:15", "60:00"]);
  assert.deepEqual([bar(0, 4, 4), bar(2, 4, 4), bar(4, 4, 4)], ["[....]", "[##..]", "[####]"]);
});
