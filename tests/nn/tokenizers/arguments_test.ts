/** What public functions are given is looked at, as notebooks check no types. */

import assert from "node:assert/strict";
import * as nn from "../../../nn/tokenizers/mod.ts";
import { pad, parseConll, spansOf, splitTokens, TextWindows } from "../../../nn/data/mod.ts";

const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const bytePair = nn.BytePairTokenizer.train("low low", { vocabSize: 258 });
const wordPiece = new nn.WordPieceTokenizer([...special, "a"]);
const tokenizers = [bytePair, wordPiece, nn.CharacterTokenizer.train("abc"), nn.WordTokenizer.train("abc")];

/** A call, and its arguments that are right; the last of them are options where there are any. */
type Call = [name: string, call: (...inputs: unknown[]) => unknown, inputs: unknown[], options?: object];

/** Any function as one of unknown arguments: what it does with wrong ones is what is tested. */
const loose = (f: unknown) => f as (...inputs: unknown[]) => unknown;
const make = (Type: unknown) => (...inputs: unknown[]) =>
  new (Type as new (...inputs: unknown[]) => unknown)(...inputs);

const cleaning = { lowerCase: false, stripAccents: false, dropControls: false, splitIdeographs: false };
const encoding = { addSpecialTokens: false, allowedSpecial: [] };
const bytePairOptions = { specialTokens: ["<s>"], pattern: /./u };
const calls: Call[] = [
  ["CharacterTokenizer", make(nn.CharacterTokenizer), [["a"]]],
  ["CharacterTokenizer.train", loose(nn.CharacterTokenizer.train.bind(nn.CharacterTokenizer)), ["a"]],
  ["WordTokenizer", make(nn.WordTokenizer), [["a"]], { lowerCase: true, dropPunctuation: true, stopWords: new Set() }],
  ["WordTokenizer.train", loose(nn.WordTokenizer.train.bind(nn.WordTokenizer)), ["a"], {
    vocabSize: 9,
    minCount: 1,
    lowerCase: true,
    dropPunctuation: true,
    stopWords: new Set(),
  }],
  ["cleanWords", loose(nn.cleanWords), ["a"], { lowerCase: true, dropPunctuation: true, stopWords: new Set() }],
  ["bertWords", loose(nn.bertWords), ["a"], cleaning],
  ["preTokenize", loose(nn.preTokenize), ["a"]],
  ["BytePairTokenizer", make(nn.BytePairTokenizer), [[]], {
    ...bytePairOptions,
    vocabulary: new Map(),
    addedTokens: [],
    template: { single: [], pair: [] },
    addPrefixSpace: true,
    wholeWords: true,
    normalization: "NFC",
  }],
  ["BytePairTokenizer.train", loose(nn.BytePairTokenizer.train.bind(nn.BytePairTokenizer)), ["a"], {
    ...bytePairOptions,
    vocabSize: 300,
    minCount: 2,
  }],
  ["WordPieceTokenizer", make(nn.WordPieceTokenizer), [special], {
    ...cleaning,
    unknown: "[UNK]",
    prefix: "##",
    longestWord: 9,
    addedTokens: [],
    template: { single: [], pair: [] },
  }],
  ["WordPieceTokenizer.train", loose(nn.WordPieceTokenizer.train.bind(nn.WordPieceTokenizer)), ["a"], {
    ...cleaning,
    vocabSize: 9,
    minCount: 2,
  }],
  ...tokenizers.flatMap((each): Call[] => [
    [`${each.constructor.name}.encode`, loose(each.encode.bind(each)), ["abc"], encoding],
    [`${each.constructor.name}.decode`, loose(each.decode.bind(each)), [[0, 1]]],
  ]),
  ...[bytePair, wordPiece].map((each): Call => [
    `${each.constructor.name}.encodePair`,
    loose(each.encodePair.bind(each)),
    ["a", "b"],
    encoding,
  ]),
  ["parseConll", loose(parseConll), ["a O"], { tokenColumn: 0, tagColumn: -1 }],
  ["spansOf", loose(spansOf), [["O"]]],
  ["pad", loose(pad), [[[1]]], { value: 0, length: 2, side: "left" }],
  ["TextWindows", make(TextWindows), [[1, 2], 1]],
  ["splitTokens", loose(splitTokens), [[1, 2], 0.5]],
];

const wrong = [7, Symbol("x"), null, {}, true, 1n, () => 1]; // none of these is an argument that comes first
let tried = 0;

for (const [name, call, inputs, options] of calls) {
  Deno.test(`${name} looks at what it is given`, () => {
    const all = options === undefined ? inputs : [...inputs, options];
    const message = /^(?:TypeError|RangeError): Cannot .+, as .+/;
    call(...all); // right as it is
    const throws = (inputs: unknown[], what: string) => {
      tried++;
      assert.throws(() => call(...inputs), message, `${name}: ${what}`);
    };
    if (name !== "preTokenize") throws([...all, "more"], "an argument too many");
    throws([], "no argument");
    for (const value of wrong) throws([value, ...all.slice(1)], `${String(value)} first`);
    if (options === undefined) return;
    throws([...inputs, { ...options, unheardOf: 1 }], "an unknown option");
    throws([...inputs, 7], "options that are none");
    for (const option of Object.keys(options)) {
      throws([...inputs, { ...options, [option]: Symbol("x") }], `a symbol for ${option}`);
      if (option === "vocabSize" && name !== "WordTokenizer.train") continue; // must be given
      call(...inputs, { ...options, [option]: undefined }); // its default
    }
  });
}

Deno.test("files' functions look at what they are given", async () => {
  const readers: [f: (...inputs: unknown[]) => unknown, inputs: unknown[]][] = [
    [loose(nn.readTokenizer), []],
    [loose(nn.readGpt2Files), [{}]],
    [loose(nn.readVocabularyFile), [{}]],
    [loose(nn.writeTokenizer), [bytePair, "x", {}]],
    [loose(nn.writeGpt2Files), [bytePair, "x"]],
    [loose(nn.writeVocabularyFile), [wordPiece, "x"]],
  ];
  for (const [f, inputs] of readers) {
    await assert.rejects(async () => await f(), /^TypeError: Cannot .+ must be given/);
    await assert.rejects(async () => await f(7, ...inputs.slice(1)), /^TypeError: Cannot .+ must be .+: 7/);
    await assert.rejects(async () => await f("x", ...inputs, 1), /^TypeError: Cannot .+/);
  }
  console.log(`${calls.length + readers.length} functions, ${tried + 3 * readers.length} wrong calls refused`);
});

Deno.test("tokens may be an Int32Array wherever they are taken", () => {
  const tokens = Int32Array.of(0, 1, 2);
  for (const each of tokenizers) {
    const known = tokens.slice(0, Math.min(3, each.vocabSize));
    assert.equal(each.decode(known), each.decode([...known]));
  }
  assert.deepEqual(pad([tokens, Int32Array.of(7)]), pad([[0, 1, 2], [7]]));
  assert.deepEqual(splitTokens(tokens, 0.5), splitTokens([0, 1, 2], 0.5));
  assert.deepEqual(new TextWindows(tokens, 2).at(0), { input: [0, 1], target: [1, 2] });
});

Deno.test("long texts and long lists overflow nothing", () => {
  const long = "low ".repeat(150_000);
  for (const each of [bytePair, nn.CharacterTokenizer.train(long), nn.WordTokenizer.train(long)]) {
    const tokens = each.encode(long);
    assert.equal(each.decode(tokens).trim(), long.trim());
  }
  assert.equal(wordPiece.encode(long).length, 150_000);
  assert.equal(wordPiece.encodePair(long, long).tokens.length, 300_003);
  assert.equal(pad(Array.from({ length: 150_000 }, () => [1])).tokens.length, 150_000);
  assert.equal(spansOf(Array<string>(150_000).fill("B-X")).length, 150_000);
});
