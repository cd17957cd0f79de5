/** The course's own text to learn from, so that no notebook depends on a download. */
import text from "../data/tales.txt" with { type: "text" };

/**
 * Forty-five short tales of a village on a river, written for this course in plain words.
 *
 * Each begins with its title on a line of its own, and has one line a paragraph. There are only letters without
 * accents, spaces, ends of lines, and `! " ' , . : ?`.
 *
 * @example
 * ```ts
 * import { tales } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(tales[0]?.split("\n")[0], "The Ferry");
 * const text = tales.join("\n\n"); // as one text, an empty line between two tales
 * assert.equal(text.split("\n\n").length, tales.length);
 * ```
 */
export const tales: readonly string[] = text.trimEnd().split("\n\n");
