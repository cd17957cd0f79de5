/** Sound safetensors files and configurations, and many ways to damage them. */

import * as fc from "fast-check";

/** A header as an object, to be changed and written again. */
export type HeaderObject = Record<
  string,
  { dtype: unknown; shape: unknown; data_offsets: unknown; [more: string]: unknown }
>;

const PREFIX = 8;

/** A file of these parts; `length` is the header length that it claims. */
export function assemble(header: string | Uint8Array, body: Uint8Array, length?: bigint): Uint8Array<ArrayBuffer> {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(PREFIX + text.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, PREFIX);
  bytes.set(body, PREFIX + text.length);
  return bytes;
}

/** The parts of a file. */
export function dissect(bytes: Uint8Array): { header: string; body: Uint8Array } {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = new TextDecoder().decode(bytes.subarray(PREFIX, PREFIX + length));
  return { header, body: bytes.subarray(PREFIX + length) };
}

/** An object in JSON that is `depth` deep. */
const deepObject = (depth: number) => '{"a":'.repeat(depth) + "1" + "}".repeat(depth);
const deepList = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

/** Values that are not counts, or are impossibly large. */
const noCounts: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(-1, 0.5, 1e300, 2 ** 40, 2 ** 53, null, "2", true, [], {}, [[2]]),
  fc.double({ min: -1e9, max: -1e-9 }),
);

/** Damaged files by the kind of damage, made from a sound one without metadata, whose tensors are not empty. */
export function damagedFiles(sound: Uint8Array): Record<string, fc.Arbitrary<Uint8Array<ArrayBuffer>>> {
  const { header, body } = dissect(sound);
  const parsed = JSON.parse(header) as HeaderObject; // the file is sound
  const names = Object.keys(parsed);
  const name = fc.constantFrom(...names);
  const size = (header: HeaderObject, name: string) => {
    const [start, end] = header[name]!.data_offsets as [number, number]; // as in any sound file
    return end - start;
  };
  /** Files whose header has one entry changed. */
  const entry = <T>(
    values: fc.Arbitrary<T>,
    change: (entry: HeaderObject[string], value: T, header: HeaderObject) => void,
  ) =>
    fc.tuple(name, values).map(([name, value]) => {
      const copy = structuredClone(parsed);
      change(copy[name]!, value, copy);
      return assemble(JSON.stringify(copy), body);
    });
  /** Files with another header as text. */
  const text = (headers: fc.Arbitrary<string>) => headers.map((header) => assemble(header, body));

  return {
    "cut off at any byte": fc.nat(sound.length - 1).map((end) => sound.slice(0, end)),
    "with bytes after the end": fc.uint8Array({ minLength: 1 }).map((more) => Uint8Array.of(...sound, ...more)),
    "with a bit of the header flipped": fc.tuple(fc.nat(header.length + PREFIX - 1), fc.nat(7)).map(([at, bit]) =>
      sound.slice().fill(sound[at]! ^ (1 << bit), at, at + 1)
    ),
    "that are random bytes": fc.uint8Array({ maxLength: 200 }).map((bytes) => bytes.slice()),
    "with a wrong header length": fc.oneof(
      fc.constantFrom(0n, 1n, 2n ** 40n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n, BigInt(sound.length)),
      fc.bigInt(0n, 2n ** 64n - 1n),
    ).map((length) => assemble(header, body, length === BigInt(header.length) ? 0n : length)),
    "with a header that is no JSON": text(
      fc.constantFrom("", " ", "{", "}", header.slice(1), `${header}x`, "nonsense", "{'a': 1}"),
    ),
    "with a header that is no object": text(fc.constantFrom("[]", "null", "1", '"text"', "true", "[{}]")),
    "with a header that is deep JSON": text(
      fc.tuple(fc.constantFrom(10, 1000, 200_000), name).chain(([depth, name]) =>
        fc.constantFrom(
          deepList(depth),
          deepObject(depth),
          `{"${name}": ${deepObject(depth)}}`,
          ...["dtype", "shape", "data_offsets"].map((field) =>
            `{"${name}": {"dtype": "F32", "${field}": ${deepList(depth)}}}`
          ),
        )
      ),
    ),
    "with a header that is no UTF-8": fc.nat(header.length - 1).map((at) => {
      const bytes = new TextEncoder().encode(header);
      bytes[at] = 0xff;
      return assemble(bytes, body);
    }),
    "with metadata that are no strings": fc.constantFrom<unknown>(1, [], "pt", { a: 1 }, { a: { b: "c" } }, null).map((
      metadata,
    ) => assemble(JSON.stringify({ ...parsed, __metadata__: metadata }), body)),
    "with an entry that is no object": fc.tuple(name, fc.constantFrom<unknown>(null, 1, "F32", [], [1, 2])).map((
      [name, value],
    ) => assemble(JSON.stringify({ ...parsed, [name]: value }), body)),
    "without a field": entry(fc.constantFrom("dtype", "shape", "data_offsets"), (entry, field) => delete entry[field]),
    "with a type that there is not": entry(
      fc.constantFrom<unknown>("F8", "f32", "", "C64", 7, null, ["F32"], "constructor", "__proto__", "x".repeat(1e5)),
      (entry, dtype) => entry.dtype = dtype,
    ),
    "with a type of another width": entry(
      fc.constantFrom("F64", "F16", "BF16", "I64", "U8", "BOOL"),
      (entry, dtype) => entry.dtype = dtype,
    ),
    "with sizes that are none": entry(fc.tuple(noCounts, fc.boolean()), (entry, [size, more]) => {
      entry.shape = more ? [...entry.shape as unknown[], size] : [size];
    }),
    "with a shape that is no list": entry(
      fc.constantFrom<unknown>(null, 4, "4", {}, { length: 1 }),
      (entry, shape) => entry.shape = shape,
    ),
    "with a shape of other sizes": entry(fc.integer({ min: 2, max: 2 ** 31 }), (entry, factor) => {
      entry.shape = [...entry.shape as unknown[], factor];
    }),
    "with a shape of as many numbers": entry(
      fc.constant(1),
      (entry, one) => entry.shape = [one, ...entry.shape as unknown[]],
    ),
    "with offsets that are none": entry(
      fc.oneof(fc.constantFrom<unknown>(null, 4, [], [0], [0, 4, 8], ["0", "4"], {}), fc.tuple(noCounts, noCounts)),
      (entry, offsets) => entry.data_offsets = offsets,
    ),
    "with offsets that run backwards": entry(fc.constant(undefined), (entry) => {
      entry.data_offsets = (entry.data_offsets as unknown[]).toReversed();
    }),
    "with offsets out of range": entry(fc.constantFrom(body.length, 2 ** 31, 2 ** 40, 2 ** 53 - 1), (entry, start) => {
      const [from, to] = entry.data_offsets as [number, number]; // as in any sound file
      entry.data_offsets = [start, start + to - from];
    }),
    "with offsets that overlap, or leave a gap": entry(
      fc.tuple(name, fc.integer({ min: 1, max: 8 })),
      (entry, [other, shift], header) => {
        const [from, to] = entry.data_offsets as [number, number]; // as in any sound file
        const by = from >= shift && size(header, other) % 2 === 0 ? -shift : shift;
        entry.data_offsets = [from + by, to + by];
      },
    ),
    "with two tensors on the same bytes": fc.constantFrom(...names).map((name) =>
      assemble(JSON.stringify({ ...parsed, copy: parsed[name] }), body)
    ),
    "with a claim of 2^40 bytes": entry(fc.constantFrom("F32", "F64", "U8"), (entry, dtype) => {
      const width = { F32: 4, F64: 8, U8: 1 }[dtype]!;
      Object.assign(entry, { dtype, shape: [2 ** 40 / width], data_offsets: [0, 2 ** 40] });
    }),
    "with a tensor too few": name.map((name) => {
      const kept = names.filter((other) => other !== name);
      const header: HeaderObject = {};
      const parts: number[] = [];
      for (const other of kept) {
        const [from, to] = parsed[other]!.data_offsets as [number, number]; // as in any sound file
        header[other] = { ...parsed[other]!, data_offsets: [parts.length, parts.length + to - from] };
        parts.push(...body.subarray(from, to));
      }
      return assemble(JSON.stringify(header), Uint8Array.from(parts));
    }),
    "with a tensor too many": fc.constantFrom("more", "__proto__", "constructor", "").map((name) => {
      const more = JSON.stringify({ dtype: "F32", shape: [0], data_offsets: [body.length, body.length] });
      return assemble(`${header.trim().slice(0, -1)},${JSON.stringify(name)}:${more}}`, body);
    }),
    "with a tensor by another name": name.map((name) => {
      const { [name]: entry, ...rest } = parsed;
      return assemble(JSON.stringify({ ...rest, [`${name}x`]: entry }), body);
    }),
    "with a name twice": name.map((name) => {
      const again = JSON.stringify({ dtype: "F32", shape: [1], data_offsets: [0, 4] });
      return assemble(`${header.trim().slice(0, -1)},${JSON.stringify(name)}:${again}}`, body);
    }),
  };
}

/** The possible fields of a configuration. */
export interface ConfigFields {
  /** Fields that are whole numbers of 1 or more. */
  readonly counts: readonly string[];
  /** Fields that are numbers from 0 to 1. */
  readonly shares: readonly string[];
  /** Settings that ask for another kind of model. */
  readonly others: Readonly<Record<string, readonly unknown[]>>;
}

/** Damaged configurations by the kind of damage, as text. */
export function damagedConfigs(
  sound: string,
  { counts, shares, others }: ConfigFields,
): Record<string, fc.Arbitrary<string>> {
  const config = JSON.parse(sound) as Record<string, unknown>; // it is sound
  const changed = <T>(field: readonly string[], values: fc.Arbitrary<T>) =>
    fc.tuple(fc.constantFrom(...field), values).map(([name, value]) => JSON.stringify({ ...config, [name]: value }));
  return {
    "cut off at any byte": fc.nat(sound.trimEnd().length - 1).map((end) => sound.slice(0, end)),
    "that are no JSON": fc.constantFrom("", "{", "model_type: gpt2", `${sound}x`, "{'a': 1}", "\0"),
    "that are no object": fc.constantFrom("[]", "null", "1", '"gpt2"', `[${sound}]`),
    "that are deep": fc.tuple(fc.constantFrom(...counts), fc.constantFrom(1000, 200_000)).chain(([name, depth]) =>
      fc.constantFrom(deepList(depth), `${sound.trim().slice(0, -1)},"${name}":${deepList(depth)}}`, deepObject(depth))
    ),
    "with sizes that are none": changed(counts, noCounts.map((value) => value === null ? 0 : value)),
    "with sizes of terabytes": changed(counts, fc.constantFrom(2 ** 20, 2 ** 30, 2 ** 31 - 1, 2 ** 31, 2 ** 40)),
    "with other sizes": changed(counts, fc.integer({ min: 1, max: 3 }).map((n) => 7 * n)),
    "with a share that is none": changed(shares, fc.constantFrom<unknown>(-0.1, 1.5, "0.1", true, [], {})),
    "of another kind of model": fc.constantFrom(...Object.keys(others)).chain((name) =>
      changed([name], fc.constantFrom(...others[name]!))
    ),
  };
}
