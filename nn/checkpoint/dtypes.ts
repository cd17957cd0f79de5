/** The number types of checkpoint files: converting their bytes to JavaScript numbers and back. */

/** How to read one number of each type that can be read. */
export const DTYPES = {
  F64: (bytes: DataView, at: number): number => bytes.getFloat64(at, true),
  F32: (bytes: DataView, at: number): number => bytes.getFloat32(at, true),
  F16: (bytes: DataView, at: number): number => bytes.getFloat16(at, true),
  BF16: (bytes: DataView, at: number): number => fromBits(bytes.getUint16(at, true) << 16),
  I64: (bytes: DataView, at: number): number => Number(bytes.getBigInt64(at, true)),
  I32: (bytes: DataView, at: number): number => bytes.getInt32(at, true),
  I16: (bytes: DataView, at: number): number => bytes.getInt16(at, true),
  I8: (bytes: DataView, at: number): number => bytes.getInt8(at),
  U64: (bytes: DataView, at: number): number => Number(bytes.getBigUint64(at, true)),
  U32: (bytes: DataView, at: number): number => bytes.getUint32(at, true),
  U16: (bytes: DataView, at: number): number => bytes.getUint16(at, true),
  U8: (bytes: DataView, at: number): number => bytes.getUint8(at),
  BOOL: (bytes: DataView, at: number): number => bytes.getUint8(at),
} as const;

/** The name in files of a type that can be read. */
export type DType = keyof typeof DTYPES;

/** How many bytes a number of each type takes. */
export const BYTES: Readonly<Record<DType, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
};

/** Whether numbers of a type can be read. */
export function isReadable(dtype: string): dtype is DType {
  return Object.hasOwn(DTYPES, dtype);
}

/** The numbers in little-endian bytes; all but 64-bit integers beyond 2^53 are exact. */
export function decode(dtype: DType, bytes: Uint8Array<ArrayBuffer>): Float32Array | Float64Array {
  const length = bytes.length / BYTES[dtype];
  if (dtype === "F32" && littleEndian && bytes.byteOffset % 4 === 0) {
    return new Float32Array(bytes.buffer, bytes.byteOffset, length);
  }
  const [view, read, width] = [new DataView(bytes.buffer, bytes.byteOffset, bytes.length), DTYPES[dtype], BYTES[dtype]];
  const numbers = new Float64Array(length);
  for (let i = 0; i < length; i++) numbers[i] = read(view, i * width);
  return numbers;
}

/** The little-endian bytes of numbers, rounded to the type. */
export function encode(dtype: "F32" | "F64", numbers: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const own = dtype === "F32" ? Float32Array.from(numbers) : Float64Array.from(numbers);
  const bytes = new Uint8Array(own.buffer);
  if (!littleEndian) {
    for (let i = 0; i < own.length; i++) bytes.subarray(i * BYTES[dtype], (i + 1) * BYTES[dtype]).reverse();
  }
  return bytes;
}

const word = new DataView(new ArrayBuffer(4));
const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The float32 with these bits; a bfloat16 is its upper half. */
function fromBits(bits: number): number {
  word.setInt32(0, bits);
  return word.getFloat32(0);
}
