/** Writing a tokenizer's folder in Hugging Face's format. */

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
 * The settings for Hugging Face's libraries: the special token for each role. Default: the token with a usual name for
 * the role, such as `[CLS]`, `<s>` or `<|endoftext|>`.
 */
export interface WriteTokenizerOptions {
  /** The beginning of a text. */
  begin?: string;
  /** The end of a text. */
  end?: string;
  /** Padding. */
  padding?: string;
  /** An unknown word. */
  unknown?: string;
  /** A masked word. */
  mask?: string;
  /** The whole text, for classification. */
  classification?: string;
  /** The separator of two texts. */
  separator?: string;
  /** The model's maximum number of tokens. Default: no limit. */
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

/** The roles of special tokens: Hugging Face's name of each, and the usual names of its token. */
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
 * Writes a tokenizer for Hugging Face's libraries: `tokenizer.json` and `tokenizer_config.json`, written atomically.
 * Their `AutoTokenizer.from_pretrained(folder)` gives the same tokens. Creates the folder if needed.
 *
 * @param tokenizer Byte pair encoding or WordPiece, trained or read.
 * @param folder The path of the folder, such as that of a model.
 * @throws {TypeError} If the files cannot hold the tokenizer: for example, its pattern has no equivalent, or a special
 * token has the name of another token. Also if a role is given to a token that is not special.
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
    tokenizer_class: "PreTrainedTokenizerFast", // the class that reads everything from tokenizer.json
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

/** The roles of the tokens before and after a text, if there are both, such as RoBERTa's `<s>` and `</s>`. */
function around(tokenizer: BytePairTokenizer | WordPieceTokenizer): Record<string, string> {
  const { single } = tokenizer.template;
  const [before, after] = [single[0], single.at(-1)];
  if (before === undefined || after === undefined || !("tokens" in before) || !("tokens" in after)) return {};
  return { classification: tokenizer.decode(before.tokens), separator: tokenizer.decode(after.tokens) };
}
