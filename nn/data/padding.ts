import { checkArguments, listOf, oneOf, optionsOf, required, whole } from "../../checks/mod.ts";
import { integerList, type Tokens } from "../tokenizers/tokenizer.ts";

/** The options of `pad`. */
export interface PadOptions {
  /** The filler, such as the token of `[PAD]`, or for targets the one that the loss ignores. Default: 0. */
  value?: number;
  /** T. Default: the length of the longest list. */
  length?: number;
  /** The side to pad. "left" aligns the last tokens in one column. Default: "right". */
  side?: "left" | "right";
}

const padOptions = optionsOf<PadOptions>({ value: whole(), length: whole({ min: 0 }), side: oneOf("left", "right") });

/** Token lists of one length. */
export interface Padded {
  /** [B, T] */
  readonly tokens: number[][];
  /** [B, T]: 1 for a given token, 0 for padding. */
  readonly mask: number[][];
}

const tokenLists = listOf(integerList, "token lists");

/**
 * Pads token lists to one length, with a mask of the given tokens.
 *
 * @param sequences B lists of at most T tokens.
 * @throws {RangeError} If a list is longer than `length`: nothing is truncated implicitly.
 *
 * @example
 * ```ts
 * import { pad } from "nabla/nn/data/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(pad([[5, 6, 7], [8]]), { tokens: [[5, 6, 7], [8, 0, 0]], mask: [[1, 1, 1], [1, 0, 0]] });
 * assert.deepEqual(pad([[8]], { length: 2, side: "left", value: 9 }), { tokens: [[9, 8]], mask: [[0, 1]] });
 * ```
 */
export function pad(sequences: readonly Tokens[], options: PadOptions = {}): Padded {
  checkArguments("pad sequences", arguments, { sequences: required(tokenLists), options: padOptions });
  const { value = 0, length, side = "right" } = options;
  const longest = sequences.reduce((longest, { length }) => Math.max(longest, length), 0);
  const T = length ?? longest;
  if (T < longest) {
    throw new RangeError(`Cannot pad sequences to length ${T}, as the longest has ${longest} tokens`);
  }
  const fill = (real: readonly number[], padding: number) => {
    const filler = Array<number>(T - real.length).fill(padding);
    return side === "right" ? [...real, ...filler] : [...filler, ...real];
  };
  return {
    tokens: sequences.map((sequence) => fill([...sequence], value)), // [B, T]
    mask: sequences.map((sequence) => fill(Array<number>(sequence.length).fill(1), 0)), // [B, T]
  };
}
