/**
 * The header of a safetensors file: the tensors with their types and shapes, and the positions of their bytes.
 *
 * Files are untrusted: nothing is allocated or read based on the header before it has been checked against the file's
 * own size.
 */

import { sizeOf } from "../../autograd/shape.ts";
import { BYTES, isReadable } from "./dtypes.ts";
import { isRecord, parseObject, showValue } from "./json.ts";

/** A safetensors file that cannot be read. */
export class SafetensorsError extends SyntaxError {
  /** The error's name. */
  override name = "SafetensorsError";

  /** Makes the error for the file at `path` and the rule that it breaks. */
  constructor(path: string, rule: string) {
    super(`Cannot read "${path}" as safetensors, as ${rule}`);
  }
}

/** Where one tensor is in a file. */
export interface SafetensorsEntry {
  /** The type of its numbers, which may be unsupported. */
  readonly dtype: string;
  /** Its shape. */
  readonly shape: readonly number[];
  /** Its first byte, and the one after its last, from the beginning of the file. */
  readonly range: readonly [number, number];
}

/** A file's header, checked against the file's size. */
export interface SafetensorsHeader {
  /** The tensors by name. */
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  /** Strings that are kept with them. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The number of bytes that hold the header's length. */
export const PREFIX = 8;
/** The longest header that the format allows. */
export const LONGEST_HEADER = 100_000_000;

/** The header's entry for strings, which is not a tensor. */
export const METADATA = "__metadata__";

/** Reads a file's header, and checks it against the file's size. */
export async function readHeader(file: Deno.FsFile, path: string): Promise<SafetensorsHeader> {
  const { size } = await file.stat();
  if (size < PREFIX) throw new SafetensorsError(path, `it must begin with ${PREFIX} bytes of length: it has ${size}`);
  const prefix = await readBytes(file, path, 0, PREFIX);
  const length = new DataView(prefix.buffer).getBigUint64(0, true);
  const room = Math.min(size - PREFIX, LONGEST_HEADER);
  if (length > BigInt(room)) {
    throw new SafetensorsError(path, `its header must fit into the file and 100 MB: ${length} bytes of ${size}`);
  }
  const text = decodeText(await readBytes(file, path, PREFIX, Number(length)), path);
  return parseHeader(text, path, PREFIX + Number(length), size);
}

/** Checks the header's text; `start` is where the tensors' bytes begin, `size` where the file ends. */
function parseHeader(text: string, path: string, start: number, size: number): SafetensorsHeader {
  const header = parseObject(text, (rule) => new SafetensorsError(path, `its header ${rule}`));
  const metadata = Object.hasOwn(header, METADATA) ? header[METADATA] : {};
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    throw new SafetensorsError(path, "__metadata__ must map names to strings");
  }
  const entries: [name: string, SafetensorsEntry][] = [];
  for (const name of Object.keys(header)) {
    if (name !== METADATA) entries.push([name, checkEntry(name, header[name], path, start)]);
  }
  let end = start;
  for (const [name, { range }] of entries.toSorted(([, a], [, b]) => byPlace(a, b))) {
    if (range[0] !== end) {
      const fault = range[0] < end ? "overlap another's" : "leave a gap before them";
      throw new SafetensorsError(
        path,
        `the bytes of ${showValue(name)} must not ${fault}: from ${range[0]}, where ${end} is next`,
      );
    }
    end = range[1];
  }
  if (end !== size) {
    throw new SafetensorsError(path, `its tensors must end where the file does: at byte ${end} of ${size}`);
  }
  return { entries: new Map(entries), metadata: metadata as Record<string, string> }; // strings, as was checked
}

/** The order of tensors in a file; at equal positions, empty ones come first. */
export function byPlace({ range: a }: SafetensorsEntry, { range: b }: SafetensorsEntry): number {
  return a[0] - b[0] || a[1] - b[1];
}

function checkEntry(name: string, claim: unknown, path: string, start: number): SafetensorsEntry {
  const wrong = (rule: string, given: unknown) =>
    new SafetensorsError(path, `${rule} of ${showValue(name)}: ${showValue(given)}`);
  const { dtype, shape, data_offsets: offsets } = isRecord(claim) ? claim : {};
  if (typeof dtype !== "string") throw wrong("a string must be the type", dtype);
  if (!isCounts(shape)) throw wrong("a list of whole numbers must be the shape", shape);
  if (!isCounts(offsets) || offsets.length !== 2) throw wrong("two whole numbers must be the offsets", offsets);
  const [from, to] = offsets as [number, number]; // two, as was checked
  // An unknown type does not matter until its tensor is read; its numbers may even take half a byte.
  if (isReadable(dtype) ? to - from !== BYTES[dtype] * sizeOf(shape) : to < from) {
    throw wrong(
      `the shape ${showValue(shape)} must need as many bytes of ${showValue(dtype)} as lie between the offsets`,
      offsets,
    );
  }
  return { dtype, shape, range: [start + from, start + to] };
}

function decodeText(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SafetensorsError(path, "its header must be UTF-8");
  }
}

/** Exactly `length` bytes from `position` on. */
export async function readBytes(
  file: Deno.FsFile,
  path: string,
  position: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = allocate(length, path);
  await file.seek(position, Deno.SeekMode.Start);
  for (let filled = 0; filled < length;) {
    const read = await file.read(bytes.subarray(filled));
    if (read === null) {
      throw new SafetensorsError(path, `it must not get shorter while it is read: at byte ${position + filled}`);
    }
    filled += read;
  }
  return bytes;
}

function allocate(length: number, path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch {
    throw new SafetensorsError(path, `each tensor must fit into memory: ${length} bytes`); // which the file does have
  }
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
