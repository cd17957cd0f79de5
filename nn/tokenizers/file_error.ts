/** A file of a tokenizer that cannot be right: the message names the file, the line or entry, and the rule. */
export class TokenizerFileError extends Error {
  override readonly name = "TokenizerFileError";
}

/**
 * The text of a tokenizer's file.
 *
 * @throws {TokenizerFileError} If it is not there, cannot be read, or is not UTF-8.
 */
export async function readTokenizerFile(path: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await Deno.readFile(path));
  } catch (cause) {
    const rule = cause instanceof Deno.errors.NotFound
      ? "is not there"
      : cause instanceof TypeError
      ? "is not UTF-8"
      : "cannot be read";
    throw new TokenizerFileError(`Cannot read a tokenizer, as ${path} ${rule}`, { cause });
  }
}
