/**
 * Translates patterns between Hugging Face's `tokenizer.json`, which uses Oniguruma's regular expressions, and
 * JavaScript. Syntax with the same meaning in both is translated, everything else rejected.
 */

/** Unicode's general categories; any other property counts as a script. */
const category = /^(?:L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?|C[cfon]?)$/;
/** The starts of groups with the same meaning in both. */
const groups = ["(?:", "(?=", "(?!", "(?<=", "(?<!", "(?i:"];

/**
 * The regular expression of a pattern in a `tokenizer.json`.
 *
 * @throws {SyntaxError} If the pattern has unsupported syntax, which the message names.
 *
 * @example
 * ```ts
 * import { readPattern, writePattern } from "nabla/nn/tokenizers/patterns.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(readPattern("\\s+|(\\p{L}|')+"), /\p{White_Space}+|(?:\p{L}|')+/u);
 * assert.equal(writePattern(/\p{White_Space}+|(?:\p{L}|')+/u), "\\s+|(?:\\p{L}|')+");
 * assert.throws(() => readPattern("a++"), /^SyntaxError: possessive quantifiers/);
 * ```
 */
export function readPattern(pattern: string): RegExp {
  let source = "";
  let inClass = false;
  const open: string[] = []; // the groups that a place is in, by how they begin
  for (let i = 0; i < pattern.length;) {
    const rest = pattern.slice(i, i + 100);
    let [taken, written] = [pattern[i]!, pattern[i]!];
    if (taken === "\\") {
      [taken, written] = readEscape(rest, inClass);
      // (?i:\p{Lu}) is of capitals there, and of small letters too in JavaScript
      if (/^\\[pP]/.test(taken) && open.includes("(?i:")) {
        throw new SyntaxError("properties where case does not matter");
      }
    } else if (inClass) {
      if (taken === "[" || rest.startsWith("&&")) throw new SyntaxError("classes inside classes");
      if (taken === "]") inClass = false;
    } else if (taken === "[") {
      inClass = true;
      if (rest[1] === "^") taken = written = "[^";
      if (rest[taken.length] === "]") throw new SyntaxError("classes that begin with ]");
    } else if (taken === "(") {
      const group = rest[1] === "?" ? groups.find((group) => rest.startsWith(group)) : "(";
      if (group === undefined) throw new SyntaxError(`groups that begin with ${rest.slice(0, 4)}`);
      open.push(taken = group);
      written = group === "(" ? "(?:" : group; // what a group caught is never asked for
    } else if (taken === ")") open.pop();
    else if (taken === ".") written = "[^\\n]";
    else if (taken === "^" || taken === "$") throw new SyntaxError(`the anchor ${taken}`);
    else if (/^[*+?]\+/.test(rest)) throw new SyntaxError("possessive quantifiers, such as a++");
    source += written;
    i += taken.length;
  }
  return new RegExp(source, "u"); // throws a SyntaxError too
}

/** The length of an escape at the start of a text, and its form in JavaScript. */
function readEscape(text: string, inClass: boolean): [taken: string, written: string] {
  const escaped = text[1] ?? "";
  const plain: Record<string, string> = {
    s: "\\p{White_Space}",
    S: "\\P{White_Space}",
    d: "\\p{Nd}",
    D: "\\P{Nd}",
    r: "\\r",
    n: "\\n",
    t: "\\t",
    f: "\\f",
    v: "\\v",
  };
  const same = plain[escaped];
  if (same !== undefined) return [`\\${escaped}`, same];
  const [property, letter, name] = /^\\([pP])\{(\w+)\}/.exec(text) ?? [];
  if (property !== undefined && name !== undefined) {
    if (name === "White_Space" || category.test(name)) return [property, property];
    return [property, `\\${letter}{Script=${name}}`];
  }
  const [unit] = /^\\(?:u[\da-fA-F]{4}|x[0-7][\da-fA-F])/.exec(text) ?? []; // from \x80 on, Oniguruma's are bytes
  if (unit !== undefined) return [unit, unit];
  if (escaped === "" || /[\p{L}\p{N}]/u.test(escaped)) throw new SyntaxError(`the escape \\${escaped}`);
  const special = inClass ? /[\]\[\\^-]/ : /[$\\^.*+?()[\]{}|\/]/;
  return [`\\${escaped}`, special.test(escaped) ? `\\${escaped}` : escaped];
}

/**
 * The pattern of a regular expression in a `tokenizer.json`.
 *
 * @throws {SyntaxError} If the pattern has unsupported syntax, which the message names.
 */
export function writePattern({ source, flags }: RegExp): string {
  const unknown = flags.replace(/[giuy]/g, "");
  if (unknown !== "") throw new SyntaxError(`the flag ${unknown}`);
  const pattern = source.replaceAll("\\p{White_Space}", "\\s").replaceAll("\\P{White_Space}", "\\S")
    .replaceAll("\\p{Nd}", "\\d").replaceAll("\\P{Nd}", "\\D").replaceAll("\\/", "/")
    .replace(/\\([pP])\{(?:Script|sc)=(\w+)\}/g, "\\$1{$2}");
  const whole = flags.includes("i") ? `(?i:${pattern})` : pattern;
  const again = readPattern(whole);
  const expected = new RegExp(flags.includes("i") ? `(?i:${source})` : source, "u");
  if (again.source === expected.source) return whole;
  throw new SyntaxError(`what Hugging Face's libraries read otherwise: ${again.source}`);
}
