import { createHash } from "node:crypto";
import { basename, join, resolve } from "node:path";
import { writeWhole } from "../files.ts";

/** What to download. */
export interface Download {
  /** Where the file is: an address, or several that are tried in turn. */
  url: string | readonly string[];
  /** What it must be: its SHA-256, 64 hexadecimal digits. */
  sha256: string;
  /** Where it is kept. The folder is made if it is not there. */
  folder: string;
  /** Its name there; the last part of the first address, if none is given. */
  name?: string;
  /** Told now and then how many bytes have come, and of how many, if that is known. */
  onProgress?: (bytes: number, total: number | undefined) => void;
  /** What fetches an address: `fetch`, if nothing is said. */
  fetch?: (url: string) => Promise<Response>;
}

/** A file that could not be had: the message tells what was tried, and where to put the file by hand. */
export class DownloadError extends Error {
  override readonly name = "DownloadError";
}

/**
 * The path of a file that is downloaded once, checked, and kept.
 *
 * If the file is there and its hash is right, nothing is fetched. Otherwise it is put in place whole, after its hash has
 * been found right; a wrong or broken download never replaces anything.
 *
 * @throws {DownloadError} If no address gives the right file: no network, an HTTP error, or a wrong hash.
 * @throws {TypeError} If the hash, the name or the address cannot be one.
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
export async function download(
  { url, sha256, folder, onProgress = () => {}, fetch = globalThis.fetch, ...rest }: Download,
): Promise<string> {
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

  await Deno.mkdir(folder, { recursive: true });
  const failures: string[] = [];
  for (const url of urls) {
    try {
      await fetchTo(path, await fetch(url), expected, onProgress);
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

/** Writes the body of a response to `path`, unless its hash is wrong. */
async function fetchTo(
  path: string,
  response: Response,
  expected: string,
  onProgress: (bytes: number, total: number | undefined) => void,
): Promise<void> {
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new Error(`HTTP status ${response.status} ${response.statusText}`.trimEnd());
  }
  const { body } = response;
  const packed = response.headers.has("content-encoding"); // then the length is not that of what comes out
  const total = packed ? undefined : Number(response.headers.get("content-length")) || undefined;
  await writeWhole(path, async (write) => {
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const chunk of body) {
      hash.update(chunk);
      await write(chunk);
      bytes += chunk.length;
      onProgress(bytes, total);
    }
    const actual = hash.digest("hex");
    if (actual !== expected) throw new Error(`its SHA-256 is ${actual}, of ${bytes} bytes`);
  });
}

/** The SHA-256 of a file; `undefined` if it is not there. */
async function hashOfFile(path: string): Promise<string | undefined> {
  try {
    using file = await Deno.open(path);
    const hash = createHash("sha256");
    for await (const chunk of file.readable) hash.update(chunk);
    return hash.digest("hex");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
