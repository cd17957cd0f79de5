/**
 * CoNLL's column files: one token per line, with its tags beside it, and an empty line after each sentence.
 *
 * Tjong Kim Sang and De Meulder, "Introduction to the CoNLL-2003 Shared Task", cs/0306050.
 */

import { checkArguments, listOf, optionsOf, required, string, whole } from "../../checks/mod.ts";
import { linesOf } from "../lines.ts";

/** A sentence of n tokens, each with a tag. */
export interface TaggedSentence {
  /** [n] */
  readonly tokens: string[];
  /** [n] */
  readonly tags: string[];
}

/** Which columns to read. */
export interface ConllOptions {
  /** The tokens' column: 0 is the first, −1 the last. Default: 0. */
  tokenColumn?: number;
  /** The tags' column: 0 is the first, −1 the last. Default: −1. */
  tagColumn?: number;
}

const conllOptions = optionsOf<ConllOptions>({ tokenColumn: whole(), tagColumn: whole() });

/**
 * A malformed column file; the message names the line.
 *
 * @example
 * ```ts
 * import { ConllError, parseConll } from "nabla/nn/data/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.throws(() => parseConll("EU B-ORG\nrejects"), ConllError);
 * ```
 */
export class ConllError extends Error {
  /** The error's name. */
  override readonly name = "ConllError";
}

/** A named span in a sentence: its tokens are `start … end − 1`. */
export interface Span {
  /** Its type, such as `PER`. */
  readonly type: string;
  /** Its first token. */
  readonly start: number;
  /** The token after its last. */
  readonly end: number;
}

/**
 * The sentences of the text of a column file.
 *
 * Lines that begin with `-DOCSTART-` separate documents and are left out. A line ends with LF, CR LF or CR, and a byte
 * order mark at the start is not part of the first line.
 *
 * @throws {ConllError} If a line lacks one of the columns, or has more or fewer than the lines before it.
 *
 * @example
 * ```ts
 * import { parseConll } from "nabla/nn/data/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const text = "-DOCSTART- -X- O O\n\nU.N. NNP I-NP B-ORG\nofficial NN I-NP O\n\nPeter NNP I-NP B-PER\n";
 * assert.deepEqual(parseConll(text), [
 *   { tokens: ["U.N.", "official"], tags: ["B-ORG", "O"] },
 *   { tokens: ["Peter"], tags: ["B-PER"] },
 * ]);
 * ```
 */
export function parseConll(text: string, options: ConllOptions = {}): TaggedSentence[] {
  checkArguments("read a column file", arguments, { text: required(string), options: conllOptions });
  const { tokenColumn = 0, tagColumn = -1 } = options;
  const sentences: TaggedSentence[] = [];
  let sentence: TaggedSentence = { tokens: [], tags: [] };
  const endSentence = () => {
    if (sentence.tokens.length > 0) sentences.push(sentence);
    sentence = { tokens: [], tags: [] };
  };
  let first: { columns: number; line: number } | undefined; // the number of columns, and the line that set it
  linesOf(text).forEach((content, i) => {
    const line = i + 1;
    const columns = content.split(/[ \t]+/).filter((column) => column !== "");
    if (columns.length === 0 || columns[0] === "-DOCSTART-") return endSentence();
    first ??= { columns: columns.length, line };
    if (columns.length !== first.columns) {
      throw new ConllError(
        `Cannot read line ${line}, as it must have ${first.columns} columns, as line ${first.line} has: ` +
          `${columns.length}, ${JSON.stringify(content)}`,
      );
    }
    const [token, tag] = [columns.at(tokenColumn), columns.at(tagColumn)];
    if (token === undefined || tag === undefined) {
      throw new ConllError(
        `Cannot read line ${line}, as it must have the columns ${tokenColumn} (token) and ${tagColumn} (tag): ` +
          `${columns.length} columns, ${JSON.stringify(content)}`,
      );
    }
    sentence.tokens.push(token);
    sentence.tags.push(tag);
  });
  endSentence();
  return sentences;
}

/**
 * The spans that tags mark: `B-X` begins a span of type X, `I-X` continues it, and `O` is outside any span.
 *
 * An `I-X` without an X before it also begins a span, as in CoNLL's own evaluation. So files that use `B-` only for a
 * span that touches another of its type (CoNLL-2003 as published) are read correctly too.
 *
 * @throws {TypeError} If a tag is none of the three.
 *
 * @example
 * ```ts
 * import { spansOf } from "nabla/nn/data/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(spansOf(["B-PER", "I-PER", "O", "B-LOC", "B-LOC"]), [
 *   { type: "PER", start: 0, end: 2 },
 *   { type: "LOC", start: 3, end: 4 },
 *   { type: "LOC", start: 4, end: 5 },
 * ]);
 * ```
 */
export function spansOf(tags: readonly string[]): Span[] {
  checkArguments("read spans", arguments, { tags: required(listOf(string, "tags")) });
  const spans: Span[] = [];
  tags.forEach((tag, i) => {
    const [, position, type] = /^([BI])-(.+)$/.exec(tag) ?? [];
    if (type === undefined) {
      if (tag === "O") return;
      throw new TypeError(`Cannot read spans, as a tag must be O, B-… or I-…: ${JSON.stringify(tag)}, tag ${i}`);
    }
    const last = spans.at(-1);
    if (position === "I" && last?.type === type && last.end === i) spans[spans.length - 1] = { ...last, end: i + 1 };
    else spans.push({ type, start: i, end: i + 1 });
  });
  return spans;
}
