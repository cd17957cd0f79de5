/** Valid calls of what nn/tokenizers exports. */

import { nn } from "../../../mod.ts";
import { newFolder } from "../../support/folders.ts";
import type { Calls, MakeCall } from "../law.ts";

const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const bytePair = nn.BytePairTokenizer.train("low low", { vocabSize: 259, specialTokens: ["<s>"] });
const wordPiece = new nn.WordPieceTokenizer([...special, "a"]);
const character = nn.CharacterTokenizer.train("abc");
const word = nn.WordTokenizer.train("a b c");

const cleaning = { lowerCase: true, dropPunctuation: true, stopWords: new Set<string>() };
const bertCleaning = { lowerCase: false, stripAccents: false, dropControls: false, splitIdeographs: false };
const encoding = { addSpecialTokens: false, allowedSpecial: "all" };
const words = { specialTokens: ["<s>"], pattern: /./u };
const template = { single: [], pair: [] };

const encode = (on: nn.Tokenizer): MakeCall => () => ({ on, given: ["abc", encoding] });
const decode = (on: nn.Tokenizer): MakeCall => () => ({ on, given: [[0, 1]] });

/** A folder of its own for each call, with the given files. */
async function folderWith(write: (folder: string) => Promise<void>): Promise<string> {
  const folder = await newFolder();
  await write(folder);
  return folder;
}

export const TOKENIZERS: Calls = {
  "nn.CharacterTokenizer": () => ({ given: [["a"]] }),
  "nn.CharacterTokenizer.train": () => ({ given: ["abc"] }),
  "nn.CharacterTokenizer#encode": encode(character),
  "nn.CharacterTokenizer#decode": decode(character),

  "nn.cleanWords": () => ({ given: ["a b", cleaning] }),
  "nn.WordTokenizer": () => ({ given: [["a"], cleaning] }),
  "nn.WordTokenizer.train": () => ({ given: ["a b", { ...cleaning, vocabSize: 9, minCount: 1 }] }),
  "nn.WordTokenizer#encode": encode(word),
  "nn.WordTokenizer#decode": decode(word),

  "nn.preTokenize": () => ({ given: ["a b", /./u] }),
  "nn.BytePairTokenizer": () => ({
    given: [[], {
      ...words,
      vocabulary: new Map(),
      addedTokens: [],
      template,
      addPrefixSpace: true,
      wholeWords: true,
      normalization: "NFC",
    }],
  }),
  "nn.BytePairTokenizer.train": () => ({ given: ["a b", { ...words, vocabSize: 300, minCount: 2 }] }),
  "nn.BytePairTokenizer#encode": encode(bytePair),
  "nn.BytePairTokenizer#encodePair": () => ({ on: bytePair, given: ["a", "b", encoding] }),
  "nn.BytePairTokenizer#decode": decode(bytePair),
  "nn.BytePairTokenizer#bytes": () => ({ on: bytePair, given: [0] }),

  "nn.bertWords": () => ({ given: ["a b", bertCleaning] }),
  "nn.WordPieceTokenizer": () => ({
    given: [special, { ...bertCleaning, unknown: "[UNK]", prefix: "##", longestWord: 9, addedTokens: [], template }],
  }),
  "nn.WordPieceTokenizer.train": () => ({ given: ["a b", { ...bertCleaning, vocabSize: 9, minCount: 2 }] }),
  "nn.WordPieceTokenizer#encode": encode(wordPiece),
  "nn.WordPieceTokenizer#encodePair": () => ({ on: wordPiece, given: ["a", "b", encoding] }),
  "nn.WordPieceTokenizer#decode": decode(wordPiece),

  "nn.readTokenizer": async () => ({ given: [await folderWith((folder) => nn.writeTokenizer(bytePair, folder))] }),
  "nn.writeTokenizer": async () => {
    const roles = ["begin", "end", "padding", "unknown", "mask", "classification", "separator"];
    const options = { ...Object.fromEntries(roles.map((role) => [role, "<s>"])), contextLength: 8 };
    return { given: [bytePair, await newFolder(), options] };
  },
  "nn.readGpt2Files": async () => {
    const folder = await folderWith((folder) => nn.writeGpt2Files(bytePair, folder));
    return { given: [folder, { specialTokens: ["<s>"], addPrefixSpace: true }] };
  },
  "nn.writeGpt2Files": async () => ({ given: [bytePair, await newFolder()] }),
  "nn.readVocabularyFile": async () => {
    const folder = await folderWith((folder) => nn.writeVocabularyFile(wordPiece, `${folder}/vocab.txt`));
    return { given: [`${folder}/vocab.txt`, bertCleaning] };
  },
  "nn.writeVocabularyFile": async () => ({ given: [wordPiece, `${await newFolder()}/vocab.txt`] }),
};
