import { Random } from "../../autograd/random.ts";
import { checkArguments, instance, number, optionsOf, required, size } from "../../checks/mod.ts";
import { integerList, type Tokens } from "../tokenizers/tokenizer.ts";
import { checkShare, type Dataset } from "./dataset.ts";

/** The input of a language model, and its target at each position: the next token. */
export interface TextWindow {
  /** [T] */
  readonly input: number[];
  /** [T]: `target[t] = input[t + 1]`, one token further on in the text. */
  readonly target: number[];
}

/** Several windows. */
export interface TextBatch {
  /** [B, T] */
  readonly inputs: number[][];
  /** [B, T]: each the token after its input. */
  readonly targets: number[][];
}

const sampling = optionsOf<{ random: Random }>({ random: required(instance(Random, "new Random(1)")) });

/**
 * All windows of T tokens of a text, each with its targets: for a text of N tokens, `N − T` windows.
 *
 * It is a dataset, for epochs through all windows in any order; `sample` draws windows at random, as in pre-training.
 *
 * @example
 * ```ts
 * import { Random } from "nabla";
 * import { TextWindows } from "nabla/nn/data/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const windows = new TextWindows([10, 11, 12, 13, 14], 3);
 * assert.equal(windows.length, 2);
 * assert.deepEqual(windows.at(1), { input: [11, 12, 13], target: [12, 13, 14] });
 *
 * const { inputs, targets } = windows.sample(4, { random: new Random(1) }); // [4, 3]
 * assert.deepEqual(targets, inputs.map((row) => row.map((token) => token + 1)));
 * ```
 */
export class TextWindows implements Dataset<TextWindow> {
  /**
   * Cuts a text into windows.
   *
   * @param tokens A text of N tokens.
   * @param contextLength T, the number of tokens in a window.
   * @throws {RangeError} If T is not a positive integer, or the text has fewer than T + 1 tokens, one window and its
   * targets.
   */
  constructor(readonly tokens: Tokens, readonly contextLength: number) {
    checkArguments("cut windows", arguments, { tokens: required(integerList), contextLength: required(size) });
    if (tokens.length <= contextLength) {
      throw new RangeError(
        `Cannot cut windows of ${contextLength} tokens and the one after them, as the text must have at least ` +
          `${contextLength + 1} tokens: ${tokens.length}`,
      );
    }
  }

  /** The number of windows: N − T. */
  get length(): number {
    return this.tokens.length - this.contextLength;
  }

  /** The window that begins at token `start`; `undefined` if there is none. */
  at(start: number): TextWindow | undefined {
    checkArguments("cut a window", arguments, { start: required(number) });
    if (!Number.isInteger(start) || start < 0 || start >= this.length) return undefined;
    const end = start + this.contextLength;
    return {
      input: [...this.tokens.slice(start, end)], // [T]
      target: [...this.tokens.slice(start + 1, end + 1)], // [T]
    };
  }

  /**
   * Draws B windows, each equally likely, with replacement.
   *
   * @throws {RangeError} If B is not a positive integer.
   */
  sample(batchSize: number, options: { random: Random }): TextBatch {
    checkArguments("sample windows", arguments, { batchSize: required(size), options: sampling });
    const { random } = options;
    const windows = Array.from({ length: batchSize }, () => this.at(random.integer(0, this.length))!); // all exist
    return { inputs: windows.map(({ input }) => input), targets: windows.map(({ target }) => target) }; // [B, T]
  }
}

/**
 * A text's first part, to train on, and the rest, to validate: `[⌊share · N⌋ tokens, the rest]`.
 *
 * The text is cut, not shuffled, so that no overlapping windows are on both sides.
 *
 * @throws {RangeError} If the share is not from 0 to 1.
 *
 * @example
 * ```ts
 * import { splitTokens } from "nabla/nn/data/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(splitTokens([1, 2, 3, 4, 5], 0.9), [Int32Array.of(1, 2, 3, 4), Int32Array.of(5)]);
 * ```
 */
export function splitTokens(tokens: Tokens, share: number): [Int32Array, Int32Array] {
  checkArguments("split a text", arguments, { tokens: required(integerList), share: required(number) });
  checkShare("text", share);
  const cut = Math.floor(share * tokens.length);
  const all = Int32Array.from(tokens);
  return [all.slice(0, cut), all.slice(cut)];
}
