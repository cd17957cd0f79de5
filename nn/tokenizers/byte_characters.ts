/**
 * Bytes written as visible characters, as in GPT-2's files: the files are text, but tokens are bytes, which need not be
 * characters. Printable bytes stand for themselves, the others become characters from U+0100 on; a space is `Ġ`.
 *
 * Radford et al., "Language Models are Unsupervised Multitask Learners", 2019, and its code.
 */

/** The character that stands for each byte. */
export const byteCharacters: readonly string[] = (() => {
  const printable = (byte: number) => byte > 32 && byte < 127 || byte > 160 && byte !== 173; // 173 is the soft hyphen
  let others = 0;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : 256 + others++));
})();

const bytesByCharacter = new Map(byteCharacters.map((character, byte) => [character, byte]));

/**
 * Bytes as visible characters.
 *
 * @example
 * ```ts
 * import { bytesOfPiece, pieceOfBytes } from "nabla/nn/tokenizers/byte_characters.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(pieceOfBytes(new TextEncoder().encode(" né")), "ĠnÃ©");
 * assert.deepEqual(bytesOfPiece("ĠnÃ©"), new TextEncoder().encode(" né"));
 * assert.equal(bytesOfPiece("日"), undefined);
 * ```
 */
export function pieceOfBytes(bytes: Uint8Array): string {
  let piece = "";
  for (const byte of bytes) piece += byteCharacters[byte]!;
  return piece;
}

/** The bytes of a piece; `undefined` if it contains a character that stands for no byte. */
export function bytesOfPiece(piece: string): Uint8Array | undefined {
  const bytes = new Uint8Array(piece.length);
  for (let i = 0; i < piece.length; i++) {
    const byte = bytesByCharacter.get(piece[i]!);
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}
