import * as fc from "fast-check";
import assert from "node:assert/strict";
import { BYTES, decode, type DType, DTYPES, encode } from "../../../nn/checkpoint/dtypes.ts";
import { property } from "../../support/property.ts";

/** Bytes in hexadecimal, as in a file, and their number. */
const BY_HAND: Record<DType, [bytes: string, number: number][]> = {
  F16: [["003c", 1], ["0040", 2], ["00c0", -2], ["0100", 2 ** -24], ["ff7b", 65504], ["007c", Infinity], ["0080", -0]],
  BF16: [["803f", 1], ["0040", 2], ["40c0", -3], ["0100", 2 ** -133], ["807f", Infinity], ["80ff", -Infinity], [
    "0080",
    -0,
  ]],
  F32: [["0000803f", 1], ["01000000", 2 ** -149], ["ffff7f7f", (2 - 2 ** -23) * 2 ** 127], ["0000c0ff", NaN]],
  F64: [["000000000000f03f", 1], ["0100000000000000", 2 ** -1074], ["182d4454fb210940", Math.PI]],
  I64: [["0500000000000000", 5], ["ffffffffffffffff", -1], ["0000000000000080", -(2 ** 63)]],
  I32: [["05000000", 5], ["feffffff", -2], ["00000080", -(2 ** 31)]],
  I16: [["0500", 5], ["feff", -2], ["0080", -(2 ** 15)]],
  I8: [["05", 5], ["fe", -2], ["80", -128]],
  U64: [["0500000000000000", 5], ["ffffffffffff1f00", 2 ** 53 - 1], ["0000000000000080", 2 ** 63]],
  U32: [["05000000", 5], ["feffffff", 2 ** 32 - 2]],
  U16: [["0500", 5], ["feff", 2 ** 16 - 2]],
  U8: [["00", 0], ["ff", 255]],
  BOOL: [["00", 0], ["01", 1]],
};

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}

for (const [name, pairs] of Object.entries(BY_HAND)) {
  const dtype = name as DType; // the table has one entry for each

  Deno.test(`${dtype} reads bits worked by hand, in little-endian order`, () => {
    const bytes = bytesOf(pairs.map(([hex]) => hex).join(""));
    assert.equal(bytes.length, pairs.length * BYTES[dtype]);
    assert.deepEqual([...decode(dtype, bytes)], pairs.map(([, number]) => number));
  });
}

Deno.test("every supported type has a case here", () => {
  assert.deepEqual(Object.keys(BY_HAND).sort(), Object.keys(DTYPES).sort());
});

/** The number of a binary floating-point format by its definition: sign, exponent, fraction. */
function float(bits: number, exponentBits: number, fractionBits: number): number {
  const fraction = bits % 2 ** fractionBits;
  const exponent = Math.floor(bits / 2 ** fractionBits) % 2 ** exponentBits;
  const sign = bits >= 2 ** (exponentBits + fractionBits) ? -1 : 1;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : NaN;
  const one = exponent === 0 ? 0 : 1; // below the smallest exponent numbers lose their leading 1
  return sign * (one + fraction / 2 ** fractionBits) * 2 ** (Math.max(1, exponent) - bias);
}

for (const [dtype, exponentBits, fractionBits] of [["F16", 5, 10], ["BF16", 8, 7]] as const) {
  Deno.test(`all 65,536 patterns of ${dtype} follow the definition of the format`, () => {
    const patterns = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
    const bytes = new Uint8Array(2 * patterns.length);
    patterns.forEach((bits, i) => new DataView(bytes.buffer).setUint16(2 * i, bits, true));
    const read = decode(dtype, bytes);
    patterns.forEach((bits, i) => {
      const expected = float(bits, exponentBits, fractionBits);
      if (!Object.is(read[i], expected)) assert.fail(`${bits.toString(16)}: ${read[i]} where it means ${expected}`);
    });
  });
}

property("written numbers are read back, rounded only to their type", fc.array(fc.double()), (numbers) => {
  assert.deepEqual([...decode("F64", encode("F64", numbers))], numbers);
  assert.deepEqual([...decode("F32", encode("F32", numbers))], numbers.map(Math.fround));
});

Deno.test("bytes in the middle of others are read at their offset", () => {
  const bytes = bytesOf("ffffffff0000803f00000040");
  assert.deepEqual([...decode("F32", bytes.subarray(4))], [1, 2]);
  assert.deepEqual([...decode("F16", bytesOf("ffff003c").subarray(2))], [1]);
  assert.deepEqual([...decode("F32", bytesOf("ff0000803f").subarray(1))], [1]); // not at a multiple of 4
});
