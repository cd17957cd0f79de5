/** Templates: the special tokens around one text or two. */

import { show, that } from "../../checks/mod.ts";
import type { Rule } from "../../checks/mod.ts";
import type { Encoding } from "./tokenizer.ts";

/** A part of a template: one of the two texts, or special tokens; and the segment of its tokens. */
export type TemplatePart =
  | { readonly text: "first" | "second"; readonly segment: number }
  | { readonly tokens: readonly number[]; readonly segment: number };

/** The special tokens around one text, and around two: `[CLS] first [SEP]` and `[CLS] first [SEP] second [SEP]`, say. */
export interface Template {
  /** Around one text. */
  readonly single: readonly TemplatePart[];
  /** Around two. */
  readonly pair: readonly TemplatePart[];
}

function isPart(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const part = value as { text?: unknown; tokens?: unknown; segment?: unknown }; // any object
  const isSource = part.text === "first" || part.text === "second" || Array.isArray(part.tokens);
  return isSource && Number.isSafeInteger(part.segment);
}

function isParts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isPart);
}

/** The rule of a template; `checkTemplate` checks its tokens. */
export const templateRule: Rule<Template> = that(
  'a template { single, pair }, each a list of { text: "first" or "second", segment } and { tokens, segment }',
  (value) => {
    return typeof value === "object" && value !== null && "single" in value && "pair" in value &&
      isParts(value.single) && isParts(value.pair);
  },
);

/**
 * Rejects a template with a token outside a vocabulary of `size`.
 *
 * @throws {RangeError} If a token lies outside the vocabulary.
 */
export function checkTemplate({ single, pair }: Template, size: number): void {
  for (const part of [...single, ...pair]) {
    for (const token of "tokens" in part ? part.tokens : []) {
      if (Number.isInteger(token) && token >= 0 && token < size) continue;
      throw new RangeError(
        `Cannot use a template, as its tokens must be whole numbers, at least 0 and less than ${size}: ${show(token)}`,
      );
    }
  }
}

const first: TemplatePart = { text: "first", segment: 0 };
const second: TemplatePart = { text: "second", segment: 1 };

/** Only the texts: the template of tokenizers that add nothing, such as GPT-2's. */
export const bareTemplate: Template = { single: [first], pair: [first, second] };

/** BERT's template: `[CLS] first [SEP] second [SEP]`. */
export function bertTemplate(cls: number, sep: number): Template {
  const single = [{ tokens: [cls], segment: 0 }, first, { tokens: [sep], segment: 0 }];
  return { single, pair: [...single, second, { tokens: [sep], segment: 1 }] };
}

/** RoBERTa's template: `<s> first </s> </s> second </s>`, all of it segment 0. */
export function robertaTemplate(cls: number, sep: number): Template {
  const single = [{ tokens: [cls], segment: 0 }, first, { tokens: [sep], segment: 0 }];
  const end = { tokens: [sep], segment: 0 };
  return { single, pair: [...single, end, { ...second, segment: 0 }, end] };
}

/**
 * A template with its texts filled in.
 *
 * @example
 * ```ts
 * import { bertTemplate, fillTemplate } from "nabla/nn/tokenizers/template.ts";
 * import assert from "node:assert/strict";
 *
 * const { pair } = bertTemplate(101, 102);
 * assert.deepEqual(fillTemplate(pair, [7, 8], [9]), {
 *   tokens: [101, 7, 8, 102, 9, 102],
 *   segments: [0, 0, 0, 0, 1, 1],
 * });
 * ```
 */
export function fillTemplate(
  parts: readonly TemplatePart[],
  firstText: readonly number[],
  secondText: readonly number[] = [],
): Encoding {
  const filled = parts.map((part) => {
    return "tokens" in part ? part.tokens : part.text === "first" ? firstText : secondText;
  });
  return {
    tokens: filled.flat(), // [T]
    segments: filled.flatMap((tokens, i) => tokens.map(() => parts[i]!.segment)), // [T]
  };
}

/**
 * One text, or two, in their template.
 *
 * @param tokensOf The tokens of a text.
 * @param texts The texts, and whether to leave out the template's special tokens.
 */
export function fillPair(
  template: Template,
  tokensOf: (text: string) => readonly number[],
  { first, second, bare }: { first: string; second: string | undefined; bare: boolean },
): Encoding {
  const { single, pair } = bare ? bareTemplate : template;
  return second === undefined
    ? fillTemplate(single, tokensOf(first))
    : fillTemplate(pair, tokensOf(first), tokensOf(second));
}
