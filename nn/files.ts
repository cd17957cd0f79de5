/** Files that are never seen half-written. */

/**
 * Puts a file in place whole: it is written under another name beside `path`, then renamed over it.
 *
 * Whoever reads `path`, at any moment, finds the old contents or the new ones. If writing fails, the old file stays as
 * it was; a process that is killed meanwhile leaves at most a `.part` file beside it.
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
export async function writeWhole(
  path: string,
  write: string | Uint8Array | ((file: Deno.FsFile) => Promise<void>),
): Promise<void> {
  const part = `${path}.${crypto.randomUUID()}.part`; // in the same folder: a rename does not cross file systems
  try {
    {
      using file = await Deno.open(part, { write: true, createNew: true });
      if (typeof write === "function") await write(file);
      else await writeAll(file, typeof write === "string" ? new TextEncoder().encode(write) : write);
      await file.sync(); // the bytes reach the disk before the name does
    }
    await Deno.rename(part, path);
  } catch (error) {
    await Deno.remove(part).catch(() => {}); // it may not exist: the first error is the one to tell
    throw error;
  }
}

/** Writes all of `bytes`: a single `write` may take only some of them. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
}
