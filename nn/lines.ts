/**
 * The lines of a text file, from any system: a byte order mark at its start is not part of the first line, and
 * a line ends with LF, CR LF or CR. The last line's end does not begin another line.
 *
 * @example
 * ```ts
 * import { linesOf } from "nabla/nn/lines.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(linesOf("\ufeffto\r\nbe\ror\n\nnot\n"), ["to", "be", "or", "", "not"]);
 * assert.deepEqual(linesOf(""), []);
 * ```
 */
export function linesOf(text: string): string[] {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
