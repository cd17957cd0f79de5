import { join } from "node:path";
import { lines, onEnding, run, spawn, tail } from "../command.ts";
import { buildFolder } from "../project.ts";
import { type CellEvent, type CellFailure, parseEvent } from "./events.ts";
import type { Jupyter } from "./find.ts";
import { nameOf } from "./notebook.ts";
import { offlineHtml } from "./offline_html.ts";

/** The folder of the executed copies and their HTML. */
export const executedFolder = join(buildFolder, "notebooks");

/** The paths of the files made from a notebook. */
export function executedPaths(notebook: string): { readonly notebook: string; readonly html: string } {
  const path = join(executedFolder, nameOf(notebook));
  return { notebook: `${path}.ipynb`, html: `${path}.html` };
}

/** nbconvert itself failed: the file is not a notebook, or the kernel did not start. */
export class ConversionError extends Error {
  override readonly name = "ConversionError";
}

/** The user stopped it. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** How long nbconvert may take to end its kernel, in milliseconds, five seconds of which are for the kernel itself. */
const endingTime = 10_000;

export interface ExecuteOptions {
  /** Where Jupyter finds the kernel. */
  readonly env: Record<string, string>;
  /** For how many seconds one cell may run. */
  readonly cellTimeout: number;
  readonly onEvent: (event: CellEvent) => void;
}

/**
 * Runs a notebook from top to bottom in its own folder and writes the executed copy.
 *
 * @returns The cell at which it stopped; `undefined` if every cell ran.
 * @throws {ConversionError} If it could not be run at all.
 * @throws {Interrupted} If the user stopped it.
 */
export async function execute(
  jupyter: Jupyter,
  notebook: string,
  { env, cellTimeout, onEvent }: ExecuteOptions,
): Promise<CellFailure | undefined> {
  const child = spawn([
    ...[jupyter.program, "nbconvert", "--config", join(import.meta.dirname ?? ".", "report_cells.py")],
    ...["--to", "notebook", "--output-dir", executedFolder, `--ExecutePreprocessor.timeout=${cellTimeout}`, notebook],
  ], { env, detached: true });
  let killing: ReturnType<typeof setTimeout> | undefined;
  const release = onEnding(() => {
    if (killing !== undefined) return;
    child.kill("SIGINT"); // nbconvert then ends its kernel too, unless it is interrupted again
    killing = setTimeout(() => child.kill("SIGKILL"), endingTime);
  });
  let failure: CellFailure | undefined;
  const said: string[] = [];
  const drained = (async () => {
    for await (const line of lines(child.stdout)) said.push(line);
  })();
  for await (const line of lines(child.stderr)) {
    const event = parseEvent(line);
    if (event === undefined) said.push(line);
    else onEvent(event);
    if (event?.event === "failed") failure = event;
  }
  await drained;
  const { code } = await child.status;
  release();
  clearTimeout(killing);
  if (killing !== undefined) throw new Interrupted("Stopped.");
  if (code !== 0) throw new ConversionError(tail({ code, stdout: "", stderr: said.join("\n") }));
  return failure;
}

/** Writes the HTML of the executed copy, which needs no network. */
export async function writeHtml(jupyter: Jupyter, notebook: string): Promise<void> {
  const outcome = await run([jupyter.program, "nbconvert", "--to", "html", executedPaths(notebook).notebook]);
  if (outcome.code !== 0) throw new ConversionError(tail(outcome));
  const path = executedPaths(notebook).html;
  await Deno.writeTextFile(path, offlineHtml(await Deno.readTextFile(path)));
}
