/** What the notebooks have to know about the Deno kernel of Jupyter. */

/** The kernel that this code runs in; undefined outside Jupyter, where `Deno.jupyter` throws. */
export function kernel(): typeof Deno.jupyter | undefined {
  try {
    return Deno.jupyter;
  } catch {
    return undefined;
  }
}

/** Milliseconds in which a cell's last output reaches Jupyter. */
const settlingTime = 30;

/**
 * Makes every cell end a moment later, so that its last output is not lost.
 *
 * Deno 2.9's kernel can report that a cell has ended before it has sent the cell's last output, and by then readers no
 * longer listen. On a busy machine up to a quarter of the outputs are never seen. The kernel calls `broadcastResult`
 * at the end of each cell and waits for it. Where a later Deno has no such function, nothing is changed.
 */
export function letOutputsSettle(): void {
  if (!kernel()) return;
  const internals = Reflect.get(Deno, Reflect.get(Deno, "internal"))?.jupyter;
  const original: unknown = internals?.broadcastResult;
  if (typeof original !== "function" || Reflect.has(original, "settles")) return;
  const settling = async (...args: unknown[]) => {
    await Reflect.apply(original, internals, args);
    await new Promise((resolve) => setTimeout(resolve, settlingTime));
  };
  internals.broadcastResult = Object.assign(settling, { settles: true });
}
