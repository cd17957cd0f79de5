/** Files: reading within limits, and writing without ever exposing a half-written file. */

import { dirname, resolve } from "node:path";
import { keep, openPart, type Part, removeLeftovers } from "./part_files.ts";

/** A file that cannot be read or written. */
export class FileError extends Error {
  /** The error's name. */
  override name = "FileError";
}

/**
 * Opens a regular file for reading. A FIFO or a device is refused, as reading one may wait, or go on, for ever.
 *
 * @param action What the file is read for, as it follows "Cannot" in an error: `read a vocabulary`.
 * @throws {FileError} If the path leads to anything but a regular file.
 * @throws {Deno.errors.NotFound} If it does not exist.
 */
export async function openRegular(path: string, action: string): Promise<Deno.FsFile> {
  checkRegular(await Deno.stat(path), path, action); // before it is opened, as opening a FIFO waits for a writer
  const file = await Deno.open(path);
  try {
    checkRegular(await file.stat(), path, action); // it may have been replaced meanwhile
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * Reads a regular file whole, if it has at most `maxBytes` bytes.
 *
 * @param action What the file is read for, as it follows "Cannot" in an error: `read a vocabulary`.
 * @throws {FileError} If the file is larger, or is not a regular file.
 * @throws {Deno.errors.NotFound} If there is none.
 *
 * @example
 * ```ts
 * import { readBounded } from "nabla/nn/files.ts";
 * import assert from "node:assert/strict";
 *
 * const path = `${await Deno.makeTempDir()}/vocab.txt`;
 * await Deno.writeTextFile(path, "[PAD]");
 * assert.equal(new TextDecoder().decode(await readBounded(path, "read a vocabulary", 5)), "[PAD]");
 * await assert.rejects(readBounded(path, "read a vocabulary", 4), {
 *   message: `Cannot read a vocabulary from "${path}", as the file must have at most 4 bytes: it has 5`,
 * });
 * ```
 */
export async function readBounded(path: string, action: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  using file = await openRegular(path, action);
  const tooLarge = (bytes: number | string) =>
    new FileError(`Cannot ${action} from "${path}", as the file must have at most ${maxBytes} bytes: it has ${bytes}`);
  const { size } = await file.stat();
  if (size > maxBytes) throw tooLarge(size);
  // One byte more shows whether the file ends where its size says: it may be growing, and files in /proc have size 0.
  let bytes = new Uint8Array(size + 1);
  let length = 0;
  for (let read; (read = await file.read(bytes.subarray(length))) !== null;) {
    length += read;
    if (length > maxBytes) throw tooLarge("more");
    if (length === bytes.length) {
      const larger = new Uint8Array(Math.min(2 * length, maxBytes + 1));
      larger.set(bytes);
      bytes = larger;
    }
  }
  return bytes.subarray(0, length);
}

function checkRegular(info: Deno.FileInfo, path: string, action: string): void {
  if (info.isFile) return;
  const kinds = [
    ["a directory", info.isDirectory],
    ["a FIFO", info.isFifo],
    ["a socket", info.isSocket],
    ["a device", info.isCharDevice || info.isBlockDevice],
  ] as const;
  const kind = kinds.find(([, is]) => is)?.[0] ?? "something else";
  throw new FileError(`Cannot ${action} from "${path}", as it must be a regular file: it is ${kind}`);
}

/**
 * Writes a file atomically: under another name beside `path`, then renamed over it.
 *
 * A reader of `path` always finds either the old contents or the new ones. If writing fails, the old file does not
 * change. A process that is killed meanwhile leaves a `.part` file beside it, which the next write of `path` removes.
 *
 * @param contents The file's contents, or a function that writes them.
 * @throws {FileError} If the file system rejects the write.
 * @throws Whatever the contents' own function throws, after the `.part` file is gone.
 *
 * @example
 * ```ts
 * import { writeWhole } from "nabla/nn/files.ts";
 * import assert from "node:assert/strict";
 *
 * const path = `${await Deno.makeTempDir()}/merges.txt`;
 * await writeWhole(path, "a b\n");
 * assert.equal(await Deno.readTextFile(path), "a b\n");
 * ```
 */
export async function writeWhole(path: string, contents: Contents): Promise<void> {
  await writeTogether([[path, contents]]);
}

/**
 * Makes a folder, and those that it is in, if they are not there.
 *
 * @throws {FileError} If the system refuses, for example as a file is in the way.
 */
export async function makeFolder(path: string): Promise<void> {
  await naming(path, () => Deno.mkdir(path, { recursive: true }));
}

/** Writes more bytes at the end of a file. */
export type Write = (bytes: Uint8Array) => Promise<void>;

/** The contents of a file: text, bytes, or a function that writes them piece by piece. */
export type Contents = string | Uint8Array | ((write: Write) => Promise<void>);

/**
 * Writes several files, each atomically. All are written before the first is renamed, and if a rename fails, the ones
 * before it are undone. Only a kill between two renames leaves new files beside old ones.
 *
 * A file that is replaced keeps its mode, and a symbolic link stays: what it leads to is replaced.
 *
 * @throws {FileError} If the system refuses to write, for example as there is no space left.
 * @throws Whatever the contents' own functions throw, after the `.part` files are gone.
 */
export async function writeTogether(files: readonly (readonly [path: string, contents: Contents])[]): Promise<void> {
  const parts: Part[] = [];
  const replaced: { target: string; old: Part | undefined }[] = [];
  try {
    for (const [path, contents] of files) {
      const part = await naming(path, async () => {
        const target = await followLink(path);
        await removeLeftovers(target);
        return openPart(target);
      });
      parts.push(part);
      await fill(part, contents, path);
    }
    for (const [i, { target, path }] of parts.slice(0, files.length).entries()) {
      try {
        const old = i < files.length - 1 ? keep(target) : undefined; // what comes last need not be undone
        if (old !== undefined) parts.push(old);
        Deno.renameSync(path, target);
        replaced.push({ target, old });
      } catch (cause) {
        throw refusal(files[i]![0], cause);
      }
    }
  } catch (error) {
    for (const { target, old } of replaced.toReversed()) {
      if (old === undefined) Deno.removeSync(target);
      else Deno.renameSync(old.path, target);
    }
    throw error;
  } finally {
    for (const { file } of parts) file.close(); // all locks at once: a write that runs meanwhile waits for them
    for (const { path } of parts) await Deno.remove(path).catch(() => {}); // those that were renamed are gone
  }
}

/** Writes the contents, down to the disk; `path` is the name that the caller knows the file by. */
async function fill({ file }: Part, contents: Contents, path: string): Promise<void> {
  const write = (bytes: Uint8Array) => naming(path, () => writeAll(file, bytes));
  if (typeof contents === "function") await contents(write);
  else await write(typeof contents === "string" ? new TextEncoder().encode(contents) : contents);
  await naming(path, () => file.sync()); // the bytes reach the disk before the name does
}

/** Runs what writes to a file; the system's errors, such as "No space left on device", are given the file's path. */
async function naming<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    throw refusal(path, cause);
  }
}

/** The error that the system does not let a path be written. */
function refusal(path: string, cause: unknown): FileError {
  if (cause instanceof FileError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FileError(`Cannot write "${path}", as the system refuses: ${reason}`, { cause });
}

/** Where a path leads if it is a symbolic link, there or not; otherwise the path itself. */
async function followLink(path: string): Promise<string> {
  for (let links = 0; links < MOST_LINKS; links++) {
    try {
      path = resolve(dirname(path), await Deno.readLink(path));
    } catch {
      return path; // no link, or nothing
    }
  }
  throw new FileError(`Cannot write "${path}", as it must not lead through more than ${MOST_LINKS} links`);
}

const MOST_LINKS = 40;

/** Writes all of `bytes`: a single `write` may take only some of them. */
async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
}
