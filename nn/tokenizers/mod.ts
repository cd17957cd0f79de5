/** Tokenizers, from one token per character to byte pair encoding and WordPiece. */

export type { EncodeOptions, Encoding, Tokenizer, Tokens } from "./tokenizer.ts";
export { CharacterTokenizer } from "./character.ts";
export { type Cleaning, cleanWords, WordTokenizer, type WordTraining } from "./word.ts";
export { englishStopWords } from "./stop_words.ts";
export { BytePairTokenizer } from "./byte_pair.ts";
export type { BytePairOptions, BytePairSettings, BytePairTraining } from "./byte_pair_options.ts";
export type { AddedToken } from "./added_tokens.ts";
export type { Template, TemplatePart } from "./template.ts";
export type { Merge } from "./learn_merges.ts";
export { gpt2Pattern, preTokenize } from "./pre_tokenize.ts";
export { type Gpt2FilesOptions, readGpt2Files, writeGpt2Files } from "./gpt2_files.ts";
export { type WordPieceSettings, WordPieceTokenizer, type WordPieceTraining } from "./word_piece.ts";
export { type BertCleaning, bertWords } from "./bert_words.ts";
export { readVocabularyFile, writeVocabularyFile } from "./vocabulary_file.ts";
export { readTokenizer } from "./read_tokenizer.ts";
export { writeTokenizer, type WriteTokenizerOptions } from "./write_tokenizer.ts";
export { TokenizerFileError } from "./file_error.ts";
