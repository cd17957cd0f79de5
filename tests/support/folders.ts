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

let root: string | undefined;

/** A new, empty folder that is removed after the test file has run. */
export async function newFolder(): Promise<string> {
  if (root === undefined) {
    const made = root = Deno.makeTempDirSync();
    globalThis.addEventListener("unload", () => Deno.removeSync(made, { recursive: true }));
  }
  return await Deno.makeTempDir({ dir: root });
}
