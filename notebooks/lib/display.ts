/** Showing things in Jupyter, as MIME bundles: each reader takes the richest format that it can draw. */
import { checkArguments, required, that } from "../../checks/mod.ts";
import { kernel } from "./kernel.ts";

/** One thing in several formats, by MIME type: "text/html", "text/plain", … */
export type Bundle = Readonly<Record<string, string | object>>;

/**
 * The name of the method that the Deno kernel calls on the value of a cell's last line.
 *
 * @example
 * ```ts
 * import { display, figure } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(Object.keys(figure([])[display]()), ["text/html", "text/plain"]);
 * ```
 */
export const display: unique symbol = Symbol.for("Jupyter.display");

/** What a cell shows when it is the value of its last line. */
export interface Displayable {
  [display](): Bundle;
}

const displayable = that<Displayable>(
  "something that can show itself, such as a figure",
  (value) => typeof value === "object" && value !== null && typeof Reflect.get(value, display) === "function",
);

/** A thing on show that can be drawn anew in its place. */
export interface Shown {
  /** Draws another thing where the first one stands. */
  update(thing: Displayable): void;
}

/**
 * Shows a thing at once, even in the middle of a cell or a loop, and lets it be replaced later.
 *
 * Outside Jupyter its plain text is printed.
 *
 * @throws {TypeError} If the thing cannot show itself: only an object with a method `[display]` can.
 *
 * @example
 * ```ts
 * import { latex, show } from "nabla/notebooks/lib/mod.ts";
 *
 * const shown = show(latex("x = 1"));
 * shown.update(latex("x = 2")); // in the same place
 * ```
 */
export function show(thing: Displayable): Shown {
  checkArguments("show a thing", arguments, { thing: required(displayable) });
  const id = crypto.randomUUID();
  send("display_data", thing, id);
  return { update: (next) => send("update_display_data", next, id) };
}

/** Messages leave the kernel at once, also while a cell computes and never awaits: so nothing here is asynchronous. */
function send(type: "display_data" | "update_display_data", thing: Displayable, id: string): void {
  const data = thing[display]();
  const jupyter = kernel();
  if (jupyter) jupyter.broadcast(type, { data, metadata: {}, transient: { display_id: id } });
  else if (typeof data["text/plain"] === "string") print(`${data["text/plain"]}\n`);
}

/** Writes to the terminal at once. */
export function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}
