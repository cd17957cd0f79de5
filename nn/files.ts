/** Files: read within limits, and written so that nobody ever sees one half-written. */

import { basename, dirname, join } from "node:path";

/** What is wrong with a file that cannot be read or written as asked. */
export class FileError extends Error {
  /** The name of the class, as errors have it. */
  override name = "FileError";
}

/**
 * Opens a regular file for reading. A FIFO or a device is refused, as reading one may wait, or go on, for ever.
 *
 * @param action What the file is read for, as an error says it after "Cannot": `read a vocabulary`.
 * @throws {FileError} If the path leads to anything but a regular file.
 * @throws {Deno.errors.NotFound} If it leads to nothing.
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
 * @param action What the file is read for, as an error says it after "Cannot": `read a vocabulary`.
 * @throws {FileError} If the file is larger, or is no regular file.
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
  // One byte more shows whether the file ends where its size says: it may be growing, and those in /proc have size 0.
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
 * Puts a file in place whole: it is written under another name beside `path`, then renamed over it.
 *
 * Whoever reads `path`, at any moment, finds the old contents or the new ones. If writing fails, the old file stays as
 * it was; a process that is killed meanwhile leaves a `.part` file beside it, which the next write of `path` removes.
 *
 * @param write Its contents, or what writes them to the open file.
 * @throws Whatever writing throws, after the `.part` file is gone.
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
export async function writeWhole(path: string, write: Contents): Promise<void> {
  await writeTogether([[path, write]]);
}

/** What a file is to hold: its text or bytes, or what writes them to the open file. */
export type Contents = string | Uint8Array | ((file: Deno.FsFile) => Promise<void>);

/**
 * Puts several files in place, each whole: all are written before the first is renamed, so that it takes a kill between
 * two renames to leave new ones beside old ones.
 *
 * @throws Whatever writing throws, after the `.part` files are gone.
 */
export async function writeTogether(files: readonly (readonly [path: string, write: Contents])[]): Promise<void> {
  const written: { file: Deno.FsFile; part: string; path: string }[] = [];
  try {
    for (const [path, write] of files) {
      await removeLeftovers(path);
      const part = `${path}.${crypto.randomUUID()}.part`; // in the same folder: a rename does not cross file systems
      const file = Deno.openSync(part, { write: true, createNew: true });
      written.push({ file, part, path });
      lock(file); // at once: a file without a lock would be taken for a leftover
      if (typeof write === "function") await write(file);
      else await writeAll(file, typeof write === "string" ? new TextEncoder().encode(write) : write);
      await file.sync(); // the bytes reach the disk before the name does
    }
    for (const { part, path } of written) Deno.renameSync(part, path);
  } catch (error) {
    for (const { part } of written) await Deno.remove(part).catch(() => {}); // some may be in place: tell the first error
    throw error;
  } finally {
    for (const { file } of written) file.close();
  }
}

/** Removes the `.part` files of `path` that killed processes left: those that nobody holds a lock on. */
async function removeLeftovers(path: string): Promise<void> {
  const [folder, own] = [dirname(path), basename(path)];
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.startsWith(own) || !PART_ENDING.test(name.slice(own.length))) continue;
    const part = join(folder, name);
    try {
      using file = Deno.openSync(part, { write: true });
      if (file.tryLockSync(true)) Deno.removeSync(part); // without a pause: who waits for the lock must not wait long
    } catch { /* gone meanwhile, or not ours to remove: it is in nobody's way */ }
  }
}

const PART_ENDING = /^\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.part$/;

/** Marks an open file as being written: the lock goes when the process does. */
function lock(file: Deno.FsFile): void {
  try {
    file.lockSync(true);
  } catch { /* a file system without locks: what is left there stays */ }
}

/** Writes all of `bytes`: a single `write` may take only some of them. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
}
