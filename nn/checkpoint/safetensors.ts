/**
 * The safetensors format: eight bytes with the length of a header, the header, then the tensors' bytes one after another.
 *
 * The header is JSON: `{ "name": { "dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24] }, … }`, offsets counted from
 * the end of the header; `__metadata__` may map strings to strings. Everything is little-endian.
 */

import { Tensor } from "../../autograd/mod.ts";
import { callable, checkArguments, flag, optionsOf, required, string, that } from "../../checks/mod.ts";
import { openRegular, type Write, writeWhole } from "../files.ts";
import type { StateDict } from "../state_dict.ts";
import { BYTES, decode, DTYPES, encode, isReadable } from "./dtypes.ts";
import { isRecord, showValue } from "./json.ts";
import {
  byPlace,
  LONGEST_HEADER,
  METADATA,
  PREFIX,
  readBytes,
  readHeader,
  SafetensorsError,
  type SafetensorsHeader,
} from "./safetensors_header.ts";

/** A file's tensors and metadata. */
export interface Safetensors {
  /** The tensors that were read, by name. */
  readonly tensors: StateDict;
  /** Strings stored with them. */
  readonly metadata: SafetensorsHeader["metadata"];
}

/** Returns the names of the tensors to read, given the header; if it throws, nothing is read. */
export type ChooseTensors = (
  entries: SafetensorsHeader["entries"],
  metadata: SafetensorsHeader["metadata"],
) => Iterable<string>;

/**
 * Reads a file's tensors: all of them, or those that `choose` returns.
 *
 * @param path The file.
 * @param choose Returns the names of the tensors to read. Default: all.
 * @throws {SafetensorsError} If the file is malformed, or a tensor to read has an unsupported type.
 * @throws {FileError} If the path leads to anything but a regular file.
 * @throws {Deno.errors.NotFound} If there is no such file.
 *
 * @example
 * ```ts
 * import { nn, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const path = `${await Deno.makeTempDir()}/two.safetensors`;
 * await nn.writeSafetensors(path, { a: Tensor.from([1, 2]), b: Tensor.from([[3]]) }, { metadata: { by: "me" } });
 * const { tensors, metadata } = await nn.readSafetensors(path, (entries) => {
 *   return [...entries.keys()].filter((name) => name !== "a");
 * });
 * assert.deepEqual(Object.keys(tensors), ["b"]);
 * assert.deepEqual(metadata, { by: "me" });
 * ```
 */
export async function readSafetensors(
  path: string,
  choose: ChooseTensors = (entries) => entries.keys(),
): Promise<Safetensors> {
  checkArguments("read safetensors", arguments, { path: required(string), choose: callable });
  using file = await openRegular(path, "read safetensors");
  const header = await readHeader(file, path);
  const tensors = await readTensors(file, path, header, choose(header.entries, header.metadata));
  return { tensors, metadata: header.metadata };
}

/**
 * Reads only a file's header: the list of tensors, and the metadata.
 *
 * @throws {SafetensorsError} If the file is malformed.
 *
 * @example
 * ```ts
 * import { nn, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const path = `${await Deno.makeTempDir()}/one.safetensors`;
 * await nn.writeSafetensors(path, { a: Tensor.from([1, 2]) });
 * const { entries } = await nn.readSafetensorsHeader(path);
 * assert.deepEqual(entries.get("a")?.shape, [2]);
 * ```
 */
export async function readSafetensorsHeader(path: string): Promise<SafetensorsHeader> {
  checkArguments("read a safetensors header", arguments, { path: required(string) });
  using file = await openRegular(path, "read safetensors");
  return await readHeader(file, path);
}

/** Adjacent tensors are read together, up to this many bytes, as a read costs more than a small tensor. */
const READ_AT_ONCE = 2 ** 22;

/** Reads tensors of an open file by name. */
export async function readTensors(
  file: Deno.FsFile,
  path: string,
  { entries }: SafetensorsHeader,
  names: Iterable<string>,
): Promise<StateDict> {
  const chosen = Array.from(names, (name) => {
    const entry = entries.get(name);
    if (entry === undefined) throw new SafetensorsError(path, `it must hold the requested tensor: ${name}`);
    if (isReadable(entry.dtype)) return { name, entry, dtype: entry.dtype };
    const types = Object.keys(DTYPES).join(", ");
    throw new SafetensorsError(
      path,
      `${types} are the types that can be read, not that of ${showValue(name)}: ${showValue(entry.dtype)}`,
    );
  });
  const tensors = new Map<string, Tensor | undefined>(chosen.map(({ name }) => [name, undefined])); // keeps their order
  const inPlace = chosen.toSorted((a, b) => byPlace(a.entry, b.entry));
  for (let first = 0, last; first < inPlace.length; first = last) {
    const start = inPlace[first]!.entry.range[0];
    let end = start;
    for (last = first; last < inPlace.length; last++) {
      const [from, to] = inPlace[last]!.entry.range;
      if (last > first && (from > end || to - start > READ_AT_ONCE)) break;
      end = to;
    }
    const bytes = await readBytes(file, path, start, end - start);
    for (const { name, dtype, entry: { shape, range: [from, to] } } of inPlace.slice(first, last)) {
      tensors.set(name, Tensor.from(decode(dtype, bytes.subarray(from - start, to - start)), { shape: [...shape] }));
    }
  }
  return Object.fromEntries(tensors) as StateDict; // all were set, even a name such as "__proto__"
}

/** The options of `writeSafetensors`. */
export interface WriteOptions {
  /** Strings to keep with them. Default: none. */
  metadata?: Readonly<Record<string, string>>;
  /** Write tensors computed in float64 as float64, keeping every bit, rather than as float32. Default: false. */
  exact?: boolean;
}

const isStrings = (value: unknown) => isRecord(value) && Object.values(value).every((text) => typeof text === "string");
const isStateDict = (value: unknown) => isRecord(value) && Object.values(value).every((x) => x instanceof Tensor);
const writeRules = {
  path: required(string),
  tensors: required(that("an object of tensors", isStateDict)),
  options: optionsOf<WriteOptions>({ metadata: that("an object of strings", isStrings), exact: flag }),
};

/**
 * Writes tensors as float32, in the order of their names; the file is written completely or not at all.
 *
 * @throws {TypeError} If there is a tensor named `__metadata__`, which is the metadata's name in a file.
 * @throws {FileError} If the file system rejects the write.
 *
 * @example
 * ```ts
 * import { nn, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const path = `${await Deno.makeTempDir()}/weights.safetensors`;
 * await nn.writeSafetensors(path, { w: Tensor.from([[1, 2]]) });
 * assert.deepEqual((await nn.readSafetensors(path)).tensors["w"]?.toArray(), [[1, 2]]);
 * ```
 */
export async function writeSafetensors(path: string, tensors: StateDict, options: WriteOptions = {}): Promise<void> {
  checkArguments("write safetensors", arguments, writeRules);
  await writeWhole(path, safetensorsContents(tensors, options));
}

/** A function that writes these tensors; unreadable values throw here, before anything is written. */
export function safetensorsContents(
  tensors: StateDict,
  { metadata = {}, exact = false }: WriteOptions = {},
): (write: Write) => Promise<void> {
  if (Object.hasOwn(tensors, METADATA)) {
    throw new TypeError(`Cannot write safetensors, as no tensor must be named "${METADATA}", the name of the metadata`);
  }
  let end = 0;
  const parts = Object.entries(tensors).sort(([a], [b]) => a < b ? -1 : 1).map(([name, tensor]) => {
    const dtype = exact && tensor.kernels.precision === "float64" ? "F64" : "F32";
    const offsets = [end, end += BYTES[dtype] * tensor.size];
    return { name, tensor, dtype, entry: { dtype, shape: tensor.shape, data_offsets: offsets } } as const;
  });
  const header = {
    ...(Object.keys(metadata).length > 0 && { [METADATA]: metadata }),
    ...Object.fromEntries(parts.map(({ name, entry }) => [name, entry])),
  };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padding = (PREFIX - json.length % PREFIX) % PREFIX; // spaces, so that the tensors begin at a multiple of 8
  const length = json.length + padding;
  if (length > LONGEST_HEADER) {
    throw new TypeError(`Cannot write safetensors, as names and metadata must fit into 100 MB: ${length} bytes`);
  }
  const start = new Uint8Array(PREFIX + length).fill(" ".charCodeAt(0));
  new DataView(start.buffer).setBigUint64(0, BigInt(length), true);
  start.set(json, PREFIX);
  return async (write) => {
    await write(start);
    for (const { tensor, dtype } of parts) await write(encode(dtype, tensor.data));
  };
}
