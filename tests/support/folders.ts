/** Folders that exist for one test. */

/** Runs `f` with a new, empty folder, and removes it. */
export async function inFolder<T>(f: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    return await f(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
