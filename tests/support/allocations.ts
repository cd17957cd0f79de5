/** How much memory a piece of code requests at once. */

const KINDS = [
  "ArrayBuffer",
  "SharedArrayBuffer",
  "Uint8Array",
  "Float32Array",
  "Float64Array",
  "Int32Array",
  "Array",
] as const;

/** Runs `f`, and returns the largest number of elements of any array that it requested. */
export async function largestArray(f: () => Promise<unknown>): Promise<number> {
  let largest = 0;
  const originals = KINDS.map((kind) => [kind, globalThis[kind]] as const);
  for (const [kind, original] of originals) {
    const watched = new Proxy<typeof original>(original, {
      construct(target, given, newTarget) {
        if (typeof given[0] === "number") largest = Math.max(largest, given[0]);
        return Reflect.construct(target, given, newTarget);
      },
    });
    Reflect.set(globalThis, kind, watched);
  }
  try {
    await f();
  } finally {
    for (const [kind, original] of originals) Reflect.set(globalThis, kind, original);
  }
  return largest;
}
