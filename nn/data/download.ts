import { createHash } from "node:crypto";
import { basename, join, resolve } from "node:path";
import {
  callable,
  checkArguments,
  either,
  listOf,
  optionsOf,
  real,
  required,
  string,
  whole,
} from "../../checks/mod.ts";
import { makeFolder, openRegular, type Write, writeWhole } from "../files.ts";

/** What to download. */
export interface Download {
  /** The URL of the file, or several to try in turn. */
  url: string | readonly string[];
  /** The expected SHA-256, 64 hexadecimal digits. */
  sha256: string;
  /** The folder to keep it in, created if needed. */
  folder: string;
  /** The file name. Default: the last part of the first URL. */
  name?: string;
  /** The most bytes to accept; a URL that sends more is abandoned. Default: 2^31. */
  maxBytes?: number;
  /** How long to wait for an answer, and then for each further chunk, in seconds. Default: 60. */
  timeout?: number;
  /** Called now and then with the number of bytes received, and the total if it is known. Default: none. */
  onProgress?: (bytes: number, total: number | undefined) => void;
  /** The function that fetches a URL. Default: the global `fetch`. */
  fetch?: (url: string, init: { signal: AbortSignal }) => Promise<Response>;
}

const rules = {
  options: optionsOf<Download>({
    url: required(either(string, listOf(string, "addresses"))),
    sha256: required(string),
    folder: required(string),
    name: string,
    maxBytes: whole({ min: 0 }),
    timeout: real({ above: 0 }),
    onProgress: callable,
    fetch: callable,
  }),
};

/** A file that could not be downloaded; the message says what was tried, and where to put the file by hand. */
export class DownloadError extends Error {
  /** The error's name. */
  override readonly name = "DownloadError";
}

/**
 * The path of a file that is downloaded once, checked, and kept.
 *
 * If the file exists and its hash is right, nothing is fetched. Otherwise it is put in place only after its hash has
 * been checked; a wrong or broken download never replaces anything.
 *
 * @throws {DownloadError} If no URL gives the right file: no network, no answer in time, an HTTP error, too many
 * bytes, or a wrong hash.
 * @throws {TypeError} If the hash, the name or the URL is invalid.
 *
 * @example
 * ```ts
 * import { download } from "nabla/nn/data/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await download({
 *   url: "https://example.org/abc.txt",
 *   sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
 *   folder: await Deno.makeTempDir(),
 *   fetch: () => Promise.resolve(new Response("abc")), // instead of the network
 * });
 * assert.equal(await Deno.readTextFile(path), "abc");
 * ```
 */
export async function download(options: Download): Promise<string> {
  checkArguments("download a file", arguments, rules);
  const { url, sha256, folder, maxBytes = 2 ** 31, timeout = 60, onProgress = () => {} } = options;
  const { fetch = globalThis.fetch, ...rest } = options;
  const urls = typeof url === "string" ? [url] : url;
  const notUrl = urls.length === 0 ? "none" : urls.find((url) => !URL.canParse(url));
  if (notUrl !== undefined) throw new TypeError(`Cannot download a file, as its address must be a URL: ${notUrl}`);
  const name = rest.name ?? basename(new URL(urls[0]!).pathname);
  if (name !== basename(name) || ["", ".", ".."].includes(name)) {
    throw new TypeError(`Cannot download a file, as its name must be one without folders: ${JSON.stringify(name)}`);
  }
  const expected = sha256.toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(expected)) {
    throw new TypeError(
      `Cannot download ${name}, as a SHA-256 must be 64 hexadecimal digits: ${JSON.stringify(sha256)}`,
    );
  }
  const path = resolve(join(folder, name));
  const present = await hashOfFile(path);
  if (present === expected) return path;

  await makeFolder(folder);
  const failures: string[] = [];
  for (const url of urls) {
    try {
      await writeWhole(path, async (write) => {
        const found = await fetchTo(write, url, { fetch, maxBytes, timeout, onProgress });
        if (found.hash !== expected) throw new Error(`its SHA-256 is ${found.hash}, of ${found.bytes} bytes`);
      });
      return path;
    } catch (error) {
      failures.push(`  ${url}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new DownloadError([
    `Cannot download ${name}. Tried:`,
    ...failures,
    ...(present === undefined ? [] : [`  ${path}: it is there, but its SHA-256 is ${present}`]),
    `Get the file by other means, and put it here:`,
    `  ${path}`,
    `Its SHA-256 must be ${expected}.`,
  ].join("\n"));
}

/** Writes the contents of a URL, and returns their hash and length. */
async function fetchTo(
  write: Write,
  url: string,
  { fetch, maxBytes, timeout, onProgress }: Required<Pick<Download, "fetch" | "maxBytes" | "timeout" | "onProgress">>,
): Promise<{ hash: string; bytes: number }> {
  const stop = new AbortController();
  const inTime = <T>(answer: Promise<T>) => within(timeout, answer);
  const response = await inTime(fetch(url, { signal: stop.signal })).catch((error: unknown) => {
    stop.abort();
    throw error;
  });
  const reader = response.body?.getReader();
  try {
    if (!response.ok || reader === undefined) {
      throw new Error(`HTTP status ${response.status} ${response.statusText}`.trimEnd());
    }
    const packed = response.headers.has("content-encoding"); // then the stated length is that of the compressed data
    const total = packed ? undefined : Number(response.headers.get("content-length")) || undefined;
    const tooMany = (bytes: string) => new Error(`it must have at most ${maxBytes} bytes: it has ${bytes}`);
    if (total !== undefined && total > maxBytes) throw tooMany(String(total));
    const hash = createHash("sha256");
    let bytes = 0;
    for (let piece; !(piece = await inTime(reader.read())).done;) {
      bytes += piece.value.length;
      if (bytes > maxBytes) throw tooMany("more");
      hash.update(piece.value);
      await write(piece.value);
      onProgress(bytes, total);
    }
    return { hash: hash.digest("hex"), bytes };
  } finally {
    reader?.cancel().catch(() => {}); // not awaited: the end of a broken connection may never come
    stop.abort();
  }
}

/** The answer, if it arrives within a number of seconds. */
async function within<T>(seconds: number, answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${seconds} s`)), 1000 * seconds);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The SHA-256 of a file; `undefined` if it does not exist. */
async function hashOfFile(path: string): Promise<string | undefined> {
  try {
    using file = await openRegular(path, "check a download");
    const hash = createHash("sha256");
    for await (const chunk of file.readable) hash.update(chunk);
    return hash.digest("hex");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
