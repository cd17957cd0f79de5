/** Showing things in Jupyter: MIME bundles, of which each reader takes the richest that it can draw. */
import { kernel } from "./kernel.ts";

/** One thing in several formats, by MIME type: "text/html", "text/plain", … */
export type Bundle = Readonly<Record<string, string | object>>;

/** The method that the Deno kernel calls on the value of a cell's last line. */
export const display: unique symbol = Symbol.for("Jupyter.display");

/** What a cell shows when it is the value of its last line. */
export interface Displayable {
  [display](): Bundle;
}

/** A thing on show that can be drawn anew in its place. */
export interface Shown {
  /** Draws another thing where the first one stands. */
  update(thing: Displayable): void;
}

/**
 * Shows a thing at once, also from the middle of a cell or of a loop, and lets it be replaced later.
 *
 * Outside Jupyter its plain text is printed.
 */
export function show(thing: Displayable): Shown {
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

/** Text as HTML shows it. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
