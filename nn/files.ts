/** Files that are never seen half-written. */

import { basename, dirname, join } from "node:path";

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
