/** The `.part` files that are written first, then renamed over others: each is locked, so that nobody takes it for a leftover. */

import { basename, dirname, join } from "node:path";

/** A file with another name beside the one that it is for, open and locked. */
export interface Part {
  readonly file: Deno.FsFile;
  readonly path: string;
  readonly target: string;
}

/** A new, empty file beside `target`: in the same folder, as a rename does not cross file systems. */
export function openPart(target: string): Part {
  const path = partOf(target);
  const mode = modeOf(target);
  const file = Deno.openSync(path, { write: true, createNew: true, ...(mode !== undefined && { mode }) });
  if (!isLocked(file, path)) return openPart(target);
  if (mode !== undefined) Deno.chmodSync(path, mode); // in full: the process's mask may have taken bits away
  return { file, path, target };
}

/** Keeps the file that is at `target` now under another name; `undefined` if there is none. */
export function keep(target: string): Part | undefined {
  const path = partOf(target);
  try {
    Deno.linkSync(target, path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    Deno.copyFileSync(target, path); // a file system without links
  }
  const file = openIfThere(path);
  return file !== undefined && isLocked(file, path) ? { file, path, target } : keep(target);
}

function openIfThere(path: string): Deno.FsFile | undefined {
  try {
    return Deno.openSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The permissions of a file that is there. */
function modeOf(path: string): number | undefined {
  try {
    const { mode } = Deno.statSync(path);
    return mode === null ? undefined : mode & 0o7777; // null on Windows
  } catch {
    return undefined;
  }
}

function partOf(target: string): string {
  return `${target}.${crypto.randomUUID()}.part`;
}

/** Removes the `.part` files of `path` that killed processes left: those that nobody holds a lock on. */
export async function removeLeftovers(path: string): Promise<void> {
  const [folder, own] = [dirname(path), basename(path)];
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.startsWith(own) || !PART_ENDING.test(name.slice(own.length))) continue;
    const part = join(folder, name);
    try {
      using file = Deno.openSync(part, { write: true });
      if (file.tryLockSync(true)) Deno.removeSync(part); // without a pause, so that nobody waits long for the lock
    } catch { /* it is gone, or not ours to remove */ }
  }
}

const PART_ENDING = /^\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.part$/;

/**
 * Marks an open file as being written: the lock goes when the process does. Before it had its lock, another process may
 * have taken it for a leftover, and removed it: then it is closed, and the answer is no.
 */
function isLocked(file: Deno.FsFile, path: string): boolean {
  try {
    file.lockSync(true);
  } catch { /* a file system without locks: leftovers stay there */ }
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    file.close();
    return false;
  }
}
