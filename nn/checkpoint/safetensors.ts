/**
 * The safetensors format: eight bytes with the length of a header, the header, then the tensors' bytes one after another.
 *
 * The header is JSON: `{ "name": { "dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24] }, … }`, offsets counted from
 * the end of the header; `__metadata__` may map strings to strings. Everything is little-endian.
 *
 * A file is not to be trusted: nothing is allocated or read by what the header claims before the claim has been checked
 * against the file's own size.
 */

import { sizeOf } from "../../autograd/shape.ts";
import { Tensor } from "../../autograd/mod.ts";
import { writeAll, writeWhole } from "../files.ts";
import type { StateDict } from "../module.ts";
import { BYTES, decode, type DType, DTYPES, encode } from "./dtypes.ts";
import { isRecord, parseObject, showValue } from "./json.ts";

/** What is wrong with a safetensors file. */
export class SafetensorsError extends SyntaxError {
  override name = "SafetensorsError";

  constructor(path: string, rule: string) {
    super(`Cannot read "${path}" as safetensors, as ${rule}`);
  }
}

/** Where one tensor stands in a file. */
export interface Entry {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Its first byte, and the one behind its last, from the beginning of the file. */
  readonly range: readonly [number, number];
}

/** What a header says, checked. */
export interface Header {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly metadata: Readonly<Record<string, string>>;
}

const PREFIX = 8;
/** No header is longer, by the format's own rule. */
const LONGEST_HEADER = 100_000_000;

/**
 * Reads a file's tensors: all of them, or those that `choose` names once it is told what there are.
 *
 * @throws {SafetensorsError} If the file is not sound.
 * @throws {Deno.errors.NotFound} If there is none.
 */
export async function readSafetensors(
  path: string,
  choose: (entries: Header["entries"]) => Iterable<string> = (entries) => entries.keys(),
): Promise<{ tensors: StateDict; metadata: Header["metadata"] }> {
  using file = await Deno.open(path);
  const { entries, metadata } = await readHeader(file, path);
  const tensors: [string, Tensor][] = [];
  for (const name of choose(entries)) {
    const { dtype, shape, range: [start, end] } = entries.get(name)!; // one of those that `choose` was shown
    const numbers = decode(dtype, await readBytes(file, path, start, end - start));
    tensors.push([name, Tensor.from(numbers, { shape: [...shape] })]);
  }
  return { tensors: Object.fromEntries(tensors), metadata }; // whatever the names: "__proto__" is one like any other
}

/** Reads a file's header, and checks it against the file's size. */
export async function readHeader(file: Deno.FsFile, path: string): Promise<Header> {
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
export function parseHeader(text: string, path: string, start: number, size: number): Header {
  const { __metadata__: metadata = {}, ...tensors } = parseObject(
    text,
    (rule) => new SafetensorsError(path, `its header ${rule}`),
  );
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    throw new SafetensorsError(path, "__metadata__ must map names to strings");
  }
  const entries = Object.entries(tensors).map(([name, claim]) => [name, checkEntry(name, claim, path, start)] as const);
  let end = start;
  for (
    const [name, { range }] of entries.toSorted(([, a], [, b]) => a.range[0] - b.range[0] || a.range[1] - b.range[1])
  ) {
    if (range[0] !== end) {
      const fault = range[0] < end ? "overlap another's" : "leave a gap before them";
      throw new SafetensorsError(
        path,
        `the bytes of "${name}" must not ${fault}: from ${range[0]}, where ${end} is next`,
      );
    }
    end = range[1];
  }
  if (end !== size) {
    throw new SafetensorsError(path, `its tensors must end where the file does: at byte ${end} of ${size}`);
  }
  return { entries: new Map(entries), metadata: metadata as Record<string, string> }; // strings, as was checked
}

/** How tensors are written. */
export interface WriteOptions {
  /** Strings to keep with them. */
  metadata?: Readonly<Record<string, string>>;
  /** Keep every bit of tensors that are computed in float64: they are written as float64, not as float32. */
  exact?: boolean;
}

/** Writes tensors as float32, in the order of their names; the file appears whole or not at all. */
export async function writeSafetensors(path: string, tensors: StateDict, options?: WriteOptions): Promise<void> {
  await writeWhole(path, safetensorsContents(tensors, options));
}

/** What writes tensors to an open file. */
export function safetensorsContents(
  tensors: StateDict,
  { metadata = {}, exact = false }: WriteOptions = {},
): (file: Deno.FsFile) => Promise<void> {
  let end = 0;
  const parts = Object.entries(tensors).sort(([a], [b]) => a < b ? -1 : 1).map(([name, tensor]) => {
    const dtype = exact && tensor.kernels.precision === "float64" ? "F64" : "F32";
    const offsets = [end, end += BYTES[dtype] * tensor.size];
    return { name, tensor, dtype, entry: { dtype, shape: tensor.shape, data_offsets: offsets } } as const;
  });
  const header = {
    ...(Object.keys(metadata).length > 0 && { __metadata__: metadata }),
    ...Object.fromEntries(parts.map(({ name, entry }) => [name, entry])),
  };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padding = (PREFIX - json.length % PREFIX) % PREFIX; // spaces, so that the tensors begin at a multiple of 8
  const start = new Uint8Array(PREFIX + json.length + padding).fill(" ".charCodeAt(0));
  new DataView(start.buffer).setBigUint64(0, BigInt(json.length + padding), true);
  start.set(json, PREFIX);
  return async (file) => {
    await writeAll(file, start);
    for (const { tensor, dtype } of parts) await writeAll(file, encode(dtype, tensor.data));
  };
}

function checkEntry(name: string, claim: unknown, path: string, start: number): Entry {
  const wrong = (rule: string, given: unknown) =>
    new SafetensorsError(path, `${rule} of "${name}": ${showValue(given)}`);
  const { dtype, shape, data_offsets: offsets } = isRecord(claim) ? claim : {};
  if (!isDType(dtype)) {
    throw wrong(`${Object.keys(DTYPES).join(", ")} are the types that can be read, not the type`, dtype);
  }
  if (!isCounts(shape)) throw wrong("a list of whole numbers must be the shape", shape);
  if (!isCounts(offsets) || offsets.length !== 2) throw wrong("two whole numbers must be the offsets", offsets);
  const [from, to] = offsets as [number, number]; // two, as was checked
  if (to - from !== BYTES[dtype] * sizeOf(shape)) {
    throw wrong(
      `the shape ${showValue(shape)} must need as many bytes of ${dtype} as lie between the offsets`,
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
async function readBytes(
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

function isDType(value: unknown): value is DType {
  return typeof value === "string" && Object.hasOwn(DTYPES, value);
}
