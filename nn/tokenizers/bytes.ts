/**
 * Text as bytes and back, without loss for any JavaScript string.
 *
 * A JavaScript string is a list of 16-bit units. Characters from U+10000 on take two, a *surrogate pair*; but half a
 * pair can occur alone, as when a string is cut in its middle. UTF-8 has no bytes for such a half, and
 * `TextEncoder` puts U+FFFD in its place, which cannot be undone. Here it becomes the three bytes that UTF-8's scheme
 * would give its number (`ED A0 80` to `ED BF BF`, which UTF-8 never uses). The scheme is known as WTF-8; on a
 * well-formed string it is UTF-8.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true }); // U+FEFF at the start is text, too

/**
 * The bytes of a text: UTF-8, and three bytes for each lone half of a surrogate pair.
 *
 * @example
 * ```ts
 * import { bytesOf } from "nabla/nn/tokenizers/bytes.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...bytesOf("é")], [0xc3, 0xa9]);
 * assert.deepEqual([...bytesOf("\ud83d")], [0xed, 0xa0, 0xbd]);
 * ```
 */
export function bytesOf(text: string): Uint8Array {
  if (text.isWellFormed()) return encoder.encode(text);
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (isSurrogate(code)) bytes.push(0xe0 | code >> 12, 0x80 | code >> 6 & 0x3f, 0x80 | code & 0x3f);
    else bytes.push(...encoder.encode(character)); // at most four bytes
  }
  return Uint8Array.from(bytes);
}

/**
 * The text of bytes: `textOf(bytesOf(text)) === text`, and bytes outside any character become U+FFFD.
 *
 * @example
 * ```ts
 * import { bytesOf, textOf } from "nabla/nn/tokenizers/bytes.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(textOf(bytesOf("half: \ud83d")), "half: \ud83d");
 * assert.equal(textOf(Uint8Array.of(0x61, 0xc3)), "a\ufffd"); // é, cut short
 * ```
 */
export function textOf(bytes: Uint8Array): string {
  let text = "";
  let start = 0; // of the part that is not decoded yet
  for (let i = bytes.indexOf(0xed); i !== -1; i = bytes.indexOf(0xed, i + 1)) {
    // ED only ever starts a character, so the bytes before it can be decoded separately
    const [second = 0, third = 0] = bytes.subarray(i + 1, i + 3);
    if (second < 0xa0 || second > 0xbf || third >> 6 !== 0b10) continue; // a character of UTF-8, or a broken one
    const half = String.fromCharCode(0xd000 | (second & 0x3f) << 6 | third & 0x3f);
    text += decoder.decode(bytes.subarray(start, i)) + half;
    start = i + 3;
  }
  return text + decoder.decode(bytes.subarray(start));
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}
