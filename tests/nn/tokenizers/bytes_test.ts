import assert from "node:assert/strict";
import * as fc from "fast-check";
import { bytesOf, textOf } from "../../../nn/tokenizers/bytes.ts";
import { property } from "../../support/property.ts";
import { anyText } from "../../support/texts.ts";

property("textOf(bytesOf(text)) === text for any JavaScript string", anyText, (text) => {
  assert.equal(textOf(bytesOf(text)), text);
}, 1000);

property("the bytes of a well-formed string are UTF-8", anyText, (text) => {
  const wellFormed = text.toWellFormed();
  assert.deepEqual(bytesOf(wellFormed), new TextEncoder().encode(wellFormed));
});

const withoutHalves = fc.uint8Array().map((bytes) => bytes.map((byte) => byte === 0xed ? 0xee : byte));

property("bytes without the halves of pairs are read as UTF-8", withoutHalves, (bytes) => {
  assert.equal(textOf(bytes), new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
}, 1000);

Deno.test("half a surrogate pair takes three bytes, and adjacent halves become one character", () => {
  assert.deepEqual([...bytesOf("\ud800")], [0xed, 0xa0, 0x80]);
  assert.deepEqual([...bytesOf("\udfff")], [0xed, 0xbf, 0xbf]);
  assert.equal(textOf(Uint8Array.of(...bytesOf("\ud83d"), ...bytesOf("\ude00"))), "😀");
  assert.equal(textOf(bytesOf("\ufeffa")), "\ufeffa"); // not mistaken for a byte order mark
  assert.equal(textOf(bytesOf("퟿")), "퟿"); // ED 9F BF: the last character before the halves
});

Deno.test("bytes outside any character become U+FFFD", () => {
  assert.equal(textOf(Uint8Array.of(0xff, 0x61)), "\ufffda");
  assert.equal(textOf(Uint8Array.of(0xed, 0xa0)), "\ufffd\ufffd"); // half of a half
});
