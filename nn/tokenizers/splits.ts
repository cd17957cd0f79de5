/** The pre-tokenizers of byte-level BPE in `tokenizer.json`: the splitting of a text into words. */

import { show } from "../../checks/mod.ts";
import type { Fields } from "./json_fields.ts";
import { gpt2Pattern } from "./pre_tokenize.ts";
import { readPattern, writePattern } from "./patterns.ts";

/** How a text is split into words. */
export interface Splits {
  /** Each splits the pieces of the one before. */
  readonly patterns: readonly RegExp[];
  /** Whether a space is added before a text that does not begin with one. */
  readonly addPrefixSpace: boolean;
}

/**
 * The splitting of a pre-tokenizer.
 *
 * @throws {TokenizerFileError} If it is unsupported, or not byte-level.
 */
export function readSplits(preTokenizer: Fields | undefined, fields: Fields): Splits {
  const steps = preTokenizer?.type === "Sequence" ? preTokenizer.objects("pretokenizers") : [preTokenizer];
  const patterns: RegExp[] = [];
  let addPrefixSpace = false;
  let ofBytes = false;
  for (const step of steps) {
    if (step?.type === "Split" && !ofBytes) patterns.push(readSplit(step));
    else if (step?.type === "Digits" && !ofBytes) {
      patterns.push(step.flag("individual_digits", false) ? /\p{N}/u : /\p{N}+/u);
    } else if (step?.type === "ByteLevel" && !ofBytes) {
      ofBytes = true;
      addPrefixSpace = step.flag("add_prefix_space", true);
      if (addPrefixSpace && patterns.length > 0) {
        throw fields.unsupported("add_prefix_space of a ByteLevel after other pre-tokenizers", "only false is");
      }
      if (step.flag("use_regex", true)) patterns.push(gpt2Pattern);
    } else {
      throw fields.unsupported(
        `pre-tokenizer ${show(step?.type ?? null)}`,
        "of BPE, ByteLevel is, alone or after Split and Digits",
      );
    }
  }
  if (!ofBytes) throw fields.unsupported("BPE without the pre-tokenizer ByteLevel", "byte-level BPE is");
  return { patterns, addPrefixSpace };
}

function readSplit(step: Fields): RegExp {
  const behavior = step.string("behavior", "");
  if (behavior !== "Isolated") {
    throw step.unsupported(`behavior ${show(behavior)} of the pre-tokenizer Split`, '"Isolated" is');
  }
  const pattern = step.object("pattern");
  const literal = pattern?.value("String");
  const regex = pattern?.value("Regex");
  if (typeof literal === "string") return new RegExp(RegExp.escape(literal), "u");
  if (typeof regex !== "string") throw step.error(`${step.path}.pattern must be a String or a Regex`);
  try {
    return readPattern(regex);
  } catch (cause) {
    const rule = cause instanceof Error ? cause.message : String(cause);
    throw step.unsupported(`pattern ${show(regex)}`, `it has ${rule}`);
  }
}

/**
 * The pre-tokenizer for patterns.
 *
 * @throws {TypeError} If Hugging Face's libraries have no equivalent pattern.
 */
export function writeSplits({ patterns, addPrefixSpace }: Splits): Record<string, unknown> {
  const byteLevel = (useRegex: boolean) => {
    return { type: "ByteLevel", add_prefix_space: addPrefixSpace, trim_offsets: true, use_regex: useRegex };
  };
  const useRegex = String(patterns.at(-1)) === String(gpt2Pattern);
  const others = useRegex ? patterns.slice(0, -1) : patterns;
  if (others.length === 0) return byteLevel(useRegex);
  if (addPrefixSpace) {
    throw new TypeError("Cannot write a tokenizer.json, as addPrefixSpace must come with GPT-2's pattern alone");
  }
  const splits = others.map((pattern) => ({
    type: "Split",
    pattern: { Regex: written(pattern) },
    behavior: "Isolated",
    invert: false,
  }));
  return { type: "Sequence", pretokenizers: [...splits, byteLevel(useRegex)] };
}

function written(pattern: RegExp): string {
  try {
    return writePattern(pattern);
  } catch (cause) {
    const rule = cause instanceof Error ? cause.message : String(cause);
    throw new TypeError(`Cannot write a tokenizer.json, as the pattern ${pattern} has ${rule}`, { cause });
  }
}
