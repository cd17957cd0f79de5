import { stripVTControlCharacters } from "node:util";

/** What report_cells.py says of a notebook that runs; `cell` counts from 0 and counts the text cells, too. */
export type CellEvent =
  | { readonly event: "start" | "done"; readonly cell: number }
  | CellFailure;

/** A cell that did not run to its end. */
export interface CellFailure {
  readonly event: "failed";
  readonly cell: number;
  /** It threw; it ran for too long; the kernel ended. */
  readonly reason: "error" | "timeout" | "died";
  readonly name: string;
  readonly message: string;
  readonly traceback: readonly string[];
}

const prefix = "@nabla ";

/** The event in a line that Jupyter wrote, `undefined` if it is some other line. */
export function parseEvent(line: string): CellEvent | undefined {
  if (!line.startsWith(prefix)) return undefined;
  return JSON.parse(line.slice(prefix.length)) as CellEvent; // report_cells.py writes nothing else behind the prefix
}

/**
 * The error as a learner wants to read it: what was thrown, and where in the project's files. Where in the cell is left
 * out, since the kernel counts the lines of the JavaScript that it made from the cell.
 */
export function errorText({ name, message, traceback }: CellFailure): string {
  const lines = stripVTControlCharacters(traceback.join("\n")).split("\n");
  const readable = lines.filter((line) => !/^\s+at .*(<anonymous>|\b(ext|node):)/.test(line)).join("\n").trim();
  return readable === "" ? `${name}: ${stripVTControlCharacters(message)}` : readable;
}

/** The source with its lines numbered. */
export function numbered(source: string): string {
  const lines = source.trimEnd().split("\n");
  return lines.map((line, i) => `${String(i + 1).padStart(4)} | ${line}`.trimEnd()).join("\n");
}
