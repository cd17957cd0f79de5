/** A tokenizer's folder, in the manner of Hugging Face, written. */

import {
  checkArguments,
  either,
  instance,
  type OptionRules,
  optionsOf,
  required,
  size,
  string,
} from "../../checks/mod.ts";
import { makeFolder, writeTogether } from "../files.ts";
import { BytePairTokenizer } from "./byte_pair.ts";
import { formatTokenizerJson } from "./write_tokenizer_json.ts";
import { WordPieceTokenizer } from "./word_piece.ts";

/**
 * What Hugging Face's libraries are told of a tokenizer: the names of the special tokens that play a part there. Default:
 * those that have the part's usual name, such as `[CLS]`, `<s>` or `<|endoftext|>`.
 */
export interface WriteTokenizerOptions {
  /** What begins a text. */
  begin?: string;
  /** What ends a text. */
  end?: string;
  /** What fills a batch up. */
  padding?: string;
  /** What stands for an unknown word. */
  unknown?: string;
  /** What stands for a hidden word. */
  mask?: string;
  /** What stands for the whole text, for classification. */
  classification?: string;
  /** What parts two texts. */
  separator?: string;
  /** The most tokens that the model reads. Default: no limit. */
  contextLength?: number;
}

const optionRules: OptionRules<WriteTokenizerOptions> = {
  begin: string,
  end: string,
  padding: string,
  unknown: string,
  mask: string,
  classification: string,
  separator: string,
  contextLength: size,
};

/** The parts that special tokens play: Hugging Face's name of each, and the names that usually play it. */
const parts: Readonly<Record<Exclude<keyof WriteTokenizerOptions, "contextLength">, readonly [string, RegExp]>> = {
  begin: ["bos_token", /^(?:<s>|<\|endoftext\|>|<\|begin_of_text\|>)$/],
  end: ["eos_token", /^(?:<\/s>|<\|endoftext\|>|<\|end_of_text\|>)$/],
  padding: ["pad_token", /^(?:\[PAD\]|<pad>)$/],
  unknown: ["unk_token", /^(?:\[UNK\]|<unk>)$/],
  mask: ["mask_token", /^(?:\[MASK\]|<mask>)$/],
  classification: ["cls_token", /^\[CLS\]$/],
  separator: ["sep_token", /^\[SEP\]$/],
};

/**
 * Writes a tokenizer as Hugging Face's libraries do: `tokenizer.json` and `tokenizer_config.json`, put in place whole, so
 * that their `AutoTokenizer.from_pretrained(folder)` gives the same tokens. The folder is made if it is not there.
 *
 * @param tokenizer Byte pair encoding or WordPiece, trained or read.
 * @param folder The path of the folder, that of a model with its own files, say.
 * @throws {TypeError} If the files cannot hold the tokenizer: its pattern has no like there, say, or a special token is
 * named like another token; or if a part is given to what is not a special token.
 *
 * @example
 * ```ts
 * import { BytePairTokenizer, readTokenizer, writeTokenizer } from "nabla/nn/tokenizers/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const folder = `${await Deno.makeTempDir()}/model`;
 * const tokenizer = BytePairTokenizer.train("low low lower", { vocabSize: 260, specialTokens: ["<|endoftext|>"] });
 * await writeTokenizer(tokenizer, folder, { contextLength: 64 });
 * assert.deepEqual((await readTokenizer(folder)).encode("lower"), tokenizer.encode("lower"));
 * ```
 */
export async function writeTokenizer(
  tokenizer: BytePairTokenizer | WordPieceTokenizer,
  folder: string,
  options: WriteTokenizerOptions = {},
): Promise<void> {
  checkArguments("write a tokenizer", arguments, {
    tokenizer: required(either(instance(BytePairTokenizer), instance(WordPieceTokenizer))),
    folder: required(string),
    options: optionsOf(optionRules),
  });
  const files: [string, string][] = [
    [`${folder}/tokenizer.json`, formatTokenizerJson(tokenizer)],
    [`${folder}/tokenizer_config.json`, formatTokenizerConfig(tokenizer, options)],
  ];
  await makeFolder(folder);
  await writeTogether(files);
}

/** The text of a tokenizer's `tokenizer_config.json`. */
function formatTokenizerConfig(
  tokenizer: BytePairTokenizer | WordPieceTokenizer,
  options: WriteTokenizerOptions,
): string {
  const config: Record<string, unknown> = {
    tokenizer_class: "PreTrainedTokenizerFast", // the one that takes all from tokenizer.json
    clean_up_tokenization_spaces: false,
    ...(options.contextLength === undefined ? {} : { model_max_length: options.contextLength }),
    ...(tokenizer instanceof WordPieceTokenizer
      ? {
        do_lower_case: tokenizer.cleaning.lowerCase,
        strip_accents: tokenizer.cleaning.stripAccents,
        tokenize_chinese_chars: tokenizer.cleaning.splitIdeographs,
        model_input_names: ["input_ids", "token_type_ids", "attention_mask"],
      }
      : { add_prefix_space: tokenizer.addPrefixSpace, model_input_names: ["input_ids", "attention_mask"] }),
  };
  const names = [...tokenizer.specialTokens.keys()];
  for (const [part, [theirs, usual]] of Object.entries(parts)) {
    const given = options[part as keyof typeof parts]; // Object.entries loses the type of the keys
    if (given !== undefined && !tokenizer.specialTokens.has(given)) {
      throw new TypeError(
        `Cannot write a tokenizer, as the option "${part}" must be one of its special tokens: ${given}`,
      );
    }
    const name = given ?? names.find((name) => usual.test(name)) ?? around(tokenizer)[part];
    if (name !== undefined) config[theirs] = name;
  }
  return JSON.stringify(config, null, 2) + "\n";
}

/** The parts that the tokens before and after a text play, if there are both: RoBERTa's `<s>` and `</s>`, say. */
function around(tokenizer: BytePairTokenizer | WordPieceTokenizer): Record<string, string> {
  const { single } = tokenizer.template;
  const [before, after] = [single[0], single.at(-1)];
  if (before === undefined || after === undefined || !("tokens" in before) || !("tokens" in after)) return {};
  return { classification: tokenizer.decode(before.tokens), separator: tokenizer.decode(after.tokens) };
}
