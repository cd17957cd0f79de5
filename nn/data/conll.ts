/**
 * CoNLL's column files: a token a line, with its tags beside it, and an empty line after each sentence.
 *
 * Tjong Kim Sang and De Meulder, "Introduction to the CoNLL-2003 Shared Task", cs/0306050.
 */

/** A sentence of n tokens, each with a tag. */
export interface TaggedSentence {
  /** [n] */
  readonly tokens: string[];
  /** [n] */
  readonly tags: string[];
}

/** Which columns to read; the tags are the last, and the tokens the first, if nothing is said. */
export interface ConllOptions {
  /** The tokens' column, from 0. */
  tokenColumn?: number;
  /** The tags' column, from 0; −1 is the last. */
  tagColumn?: number;
}

/** A column file that cannot be right: the message names the line. */
export class ConllError extends Error {
  override readonly name = "ConllError";
}

/** Something named in a sentence: its tokens are `start … end − 1`. */
export interface Span {
  /** What it is: `PER`, say. */
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The sentences of the text of a column file. Lines that begin with `-DOCSTART-` part documents and are left out.
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
export function parseConll(text: string, { tokenColumn = 0, tagColumn = -1 }: ConllOptions = {}): TaggedSentence[] {
  const sentences: TaggedSentence[] = [];
  let sentence: TaggedSentence = { tokens: [], tags: [] };
  const endSentence = () => {
    if (sentence.tokens.length > 0) sentences.push(sentence);
    sentence = { tokens: [], tags: [] };
  };
  let first: { columns: number; line: number } | undefined; // how many columns the file has, and since where
  text.split(/\r?\n/).forEach((content, i) => {
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
 * What tags name: `B-X` begins a span of type X, `I-X` goes on with it, `O` is outside of any.
 *
 * An `I-X` that has no X before it begins a span, too, as CoNLL's own evaluation counts: so files in which only a span
 * that touches another of its type begins with `B-` (CoNLL-2003 as it was published) are read right as well.
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
