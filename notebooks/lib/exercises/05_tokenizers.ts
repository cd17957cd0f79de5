/** The exercises of notebook 05: bytes of a character, byte-pair encoding both ways, and WordPiece's cut. */
import * as fc from "fast-check";
import { learnMerges } from "../../../nn/tokenizers/learn_merges.ts";
import { BytePairTokenizer, type Merge, WordPieceTokenizer } from "../../../nn/tokenizers/mod.ts";
import { defineExercise } from "./define.ts";
import { numbers, strings } from "./kinds.ts";

/** Every code point but the halves of surrogate pairs, which have no UTF-8; each length as likely as the others. */
const codePoint: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: 0, max: 0x7f }),
  fc.integer({ min: 0x80, max: 0x7ff }),
  fc.integer({ min: 0x800, max: 0xd7ff }),
  fc.integer({ min: 0xe000, max: 0xffff }),
  fc.integer({ min: 0x10000, max: 0x10ffff }),
  fc.constantFrom(0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000), // where the length changes
);

const utf8 = defineExercise<(codePoint: number) => number[], [codePoint: number]>({
  name: "utf8",
  signature: "utf8(codePoint: number): number[]",
  task: "Return the bytes of UTF-8, one to four of them, of the character with this code point.",
  returns: numbers,
  cases: fc.tuple(codePoint),
  laws: [
    {
      says: "A code point below 128 is a byte of its own.",
      cases: fc.tuple(fc.nat({ max: 0x7f })),
      claim: (utf8, codePoint) => ({ expected: [codePoint], got: utf8(codePoint) }),
    },
    {
      says: "There are two bytes from 0x80 on, three from 0x800 on, and four from 0x10000 on.",
      claim: (utf8, codePoint) => ({
        of: "the number of bytes",
        expected: 1 + [0x80, 0x800, 0x10000].filter((least) => codePoint >= least).length,
        got: utf8(codePoint).length,
      }),
    },
    {
      says: "They are the bytes that TextEncoder gives.",
      claim: (utf8, codePoint) => ({
        expected: [...new TextEncoder().encode(String.fromCodePoint(codePoint))],
        got: utf8(codePoint),
      }),
    },
  ],
});

type Pair = [left: number, right: number];

/** A short text of bytes (a, b and c), and the merges that byte-pair encoding learns from another one. */
const bytes = (maxLength: number) => fc.array(fc.constantFrom(97, 98, 99), { maxLength, size: "max" });
const copied = ([left, right]: Merge): Pair => [left, right];
const learnt = bytes(16).map((text) => learnMerges([[text, 1]], { first: 256, most: 5 }).map(copied));
const tokenizerOf = (merges: readonly Pair[]) => new BytePairTokenizer(merges, { pattern: /[^]+/u }); // one word a text

type OfTokensAndMerges = (tokens: number[], merges: Pair[]) => number[];

const applyMerges = defineExercise<OfTokensAndMerges, [bytes: number[], merges: Pair[]]>({
  name: "applyMerges",
  signature: "applyMerges(bytes: number[], merges: [number, number][]): number[]",
  task:
    "Encode a text: apply the merges to its bytes in the order in which they were learnt; merge k makes token 256 + k.",
  returns: numbers,
  cases: fc.tuple(bytes(12), learnt),
  laws: [
    {
      says: "Without merges, the bytes are the tokens.",
      cases: fc.tuple(bytes(8), fc.constant([])),
      claim: (applyMerges, bytes) => ({ expected: bytes, got: applyMerges(bytes, []) }),
    },
    {
      says: "Nothing gets lost: the tokens stand for the bytes of before.",
      claim: (applyMerges, bytes, merges) => ({
        of: "the bytes that the tokens stand for",
        expected: bytes,
        got: applyMerges(bytes, merges).flatMap((token) => [...tokenizerOf(merges).bytes(token)]),
      }),
    },
    {
      says: "Afterwards no pair is left that could be merged.",
      claim: (applyMerges, bytes, merges) => {
        const tokens = applyMerges(bytes, merges);
        const left = merges.filter(([a, b]) => tokens.some((token, i) => token === a && tokens[i + 1] === b));
        return { of: "pairs that are left", expected: [], got: left };
      },
    },
    {
      says: "It agrees with the library's BytePairTokenizer.",
      claim: (applyMerges, bytes, merges) => ({
        expected: tokenizerOf(merges).encode(String.fromCharCode(...bytes)),
        got: applyMerges(bytes, merges),
      }),
    },
  ],
});

/** Some merges, each of bytes or of merges before it, and tokens that they know. */
const tokensAndMerges: fc.Arbitrary<[tokens: number[], merges: Pair[]]> = learnt.chain((merges) =>
  fc.tuple(
    fc.array(fc.constantFrom(97, 98, 99, ...merges.map((_, k) => 256 + k)), { maxLength: 5 }),
    fc.constant(merges),
  )
);

const expandTokens = defineExercise<OfTokensAndMerges, [tokens: number[], merges: Pair[]]>({
  name: "expandTokens",
  signature: "expandTokens(tokens: number[], merges: [number, number][]): number[]",
  task: "Decode: return the bytes that the tokens stand for; token 256 + k stands for the two tokens of merge k.",
  returns: numbers,
  cases: tokensAndMerges,
  laws: [
    {
      says: "A byte stands for itself.",
      cases: fc.tuple(bytes(5), learnt),
      claim: (expandTokens, bytes, merges) => ({ expected: bytes, got: expandTokens(bytes, merges) }),
    },
    {
      says: "Tokens one after the other stand for their bytes, one after the other.",
      claim: (expandTokens, tokens, merges) => ({
        expected: tokens.flatMap((token) => expandTokens([token], merges)),
        got: expandTokens(tokens, merges),
      }),
    },
    {
      says: "It agrees with the library's BytePairTokenizer.",
      claim: (expandTokens, tokens, merges) => ({
        expected: tokens.flatMap((token) => [...tokenizerOf(merges).bytes(token)]),
        got: expandTokens(tokens, merges),
      }),
    },
  ],
});

const unknown = "[UNK]";
const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 6 });
const shortPiece = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 3 });
const pieces = fc.uniqueArray(fc.tuple(shortPiece, fc.boolean()).map(([text, inside]) => inside ? `##${text}` : text), {
  maxLength: 12,
});
const lettersOf = (piece: string) => piece.replace(/^##/, "");

const longestPieces = defineExercise<
  (word: string, pieces: string[]) => string[],
  [word: string, pieces: string[]]
>({
  name: "longestPieces",
  signature: "longestPieces(word: string, pieces: string[]): string[]",
  task:
    'Cut the word as WordPiece does: always the longest piece that fits next, with ## inside the word; or ["[UNK]"].',
  returns: strings,
  cases: fc.tuple(word, pieces),
  laws: [
    {
      says: "Pieces put together spell the word, unless it is unknown.",
      claim: (longestPieces, word, pieces) => {
        const cut = longestPieces(word, pieces);
        const spelt = cut.map(lettersOf).join("");
        return { of: "the letters", expected: cut[0] === unknown ? spelt : word, got: spelt };
      },
    },
    {
      says: "With every letter among the pieces, at the start and inside, no word is unknown.",
      cases: fc.tuple(word, pieces.map((some) => [...new Set([...some, "a", "b", "c", "##a", "##b", "##c"])])),
      claim: (longestPieces, word, pieces) => ({
        of: "whether it is unknown",
        expected: false,
        got: longestPieces(word, pieces).includes(unknown),
      }),
    },
    {
      says: "There is no way back: where the longest piece leads nowhere, the word is unknown.",
      cases: fc.tuple(
        fc.constant("abc"),
        fc.subarray(["b", "c", "##a", "##b"]).map((others) => ["a", "ab", "##bc", ...others]), // a ##bc would do
      ),
      claim: (longestPieces, word, pieces) => ({ expected: [unknown], got: longestPieces(word, pieces) }),
    },
    {
      says: "It agrees with the library's WordPieceTokenizer.",
      claim: (longestPieces, word, pieces) => {
        const tokenizer = new WordPieceTokenizer(["[PAD]", unknown, "[CLS]", "[SEP]", "[MASK]", ...pieces]);
        return {
          expected: tokenizer.encode(word).map((token) => tokenizer.pieces[token]),
          got: longestPieces(word, pieces),
        };
      },
    },
  ],
});

export const tokenizers = [utf8, applyMerges, expandTokens, longestPieces];
