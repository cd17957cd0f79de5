import { stripVTControlCharacters } from "node:util";

/** What report_cells.py reports about a running notebook; `cell` counts from 0 and includes text cells. */
export type CellEvent =
  | { readonly event: "start" | "done"; readonly cell: number }
  | CellFailure;

/** A cell that did not finish. */
export interface CellFailure {
  readonly event: "failed";
  readonly cell: number;
  /** It threw, it ran for too long, or the kernel ended. */
  readonly reason: "error" | "timeout" | "died";
  readonly name: string;
  readonly message: string;
  readonly traceback: readonly string[];
}

const prefix = "@nabla ";

/** The event in a line of Jupyter's output; `undefined` for any other line. */
export function parseEvent(line: string): CellEvent | undefined {
  if (!line.startsWith(prefix)) return undefined;
  return JSON.parse(line.slice(prefix.length)) as CellEvent; // report_cells.py writes nothing else after the prefix
}

/**
 * The error for a learner: what was thrown, and where in the project's files. The position in the cell is left out, as
 * the kernel counts the lines of the JavaScript that it made from the cell.
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
