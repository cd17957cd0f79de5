/**
 * `deno task notebooks [--timeout=SECONDS] [names …]`: runs notebooks headless, from top to bottom, through Jupyter with
 * this Deno as their kernel. It stops at the first cell that fails. Executed copies and HTML go into build/notebooks/.
 */
import { type CellFailure, errorText, numbered } from "./jupyter/events.ts";
import { ConversionError, execute, executedPaths, Interrupted, writeHtml } from "./jupyter/execute.ts";
import type { Jupyter } from "./jupyter/find.ts";
import { JupyterMissing, provideJupyter } from "./jupyter/install.ts";
import { provideKernel } from "./jupyter/kernel_spec.ts";
import {
  isCode,
  nameOf,
  type Notebook,
  notebooksIn,
  parseNotebook,
  selectNotebooks,
  sourceOf,
} from "./jupyter/notebook.ts";
import { syntaxError } from "./jupyter/syntax.ts";
import { notebooksFolder, shown } from "./project.ts";
import { bar, clock, say, StatusLine } from "./terminal.ts";

/** Seconds that one cell may run: a whole notebook should take less than two minutes. */
const defaultTimeout = 600;

interface Setting {
  readonly jupyter: Jupyter;
  readonly env: Record<string, string>;
  readonly cellTimeout: number;
}

/** Runs one notebook and reports the result. */
async function runNotebook(path: string, setting: Setting): Promise<boolean> {
  const started = Date.now();
  const elapsed = () => clock((Date.now() - started) / 1000);
  const status = new StatusLine(10);
  let ticking: ReturnType<typeof setInterval> | undefined;
  try {
    const notebook = parseNotebook(await Deno.readTextFile(path));
    const total = notebook.cells.filter(isCode).length;
    let done = 0;
    const show = () => status.show(`  ${nameOf(path)} ${bar(done, total)} ${done}/${total} cells  ${elapsed()}`);
    show();
    ticking = setInterval(show, 1000);
    const failure = await execute(setting.jupyter, path, {
      ...setting,
      onEvent: ({ event }) => {
        if (event === "done") done++;
        show();
      },
    });
    await writeHtml(setting.jupyter, path);
    status.clear();
    const html = shown(executedPaths(path).html);
    if (failure === undefined) {
      say(`✓ ${nameOf(path)}: ${done} cells in ${elapsed()}  ${html}`);
      return true;
    }
    say(`✗ ${nameOf(path)}: cell [${done + 1}] of ${total} failed after ${elapsed()}\n`);
    say(await explain(failure, notebook));
    say(`\nThe notebook up to there: ${html}`);
  } catch (error) {
    status.clear();
    if (error instanceof SyntaxError) say(`✗ ${nameOf(path)}: ${shown(path)} is not a notebook: ${error.message}`);
    else if (error instanceof ConversionError) say(`✗ ${nameOf(path)}: Jupyter could not run it:\n${error.message}`);
    else throw error;
  } finally {
    clearInterval(ticking);
  }
  return false;
}

/** The cell's source and its error. */
async function explain(failure: CellFailure, notebook: Notebook): Promise<string> {
  const cell = notebook.cells[failure.cell];
  const source = cell === undefined ? "" : sourceOf(cell);
  const syntax = failure.traceback.length === 0 && failure.reason === "error" ? await syntaxError(source) : undefined;
  return `${numbered(source)}\n\n${syntax ?? errorText(failure)}`;
}

/** The option and the names among the arguments. */
function readArguments(args: readonly string[]): { readonly cellTimeout: number; readonly names: readonly string[] } {
  let cellTimeout = defaultTimeout;
  const names: string[] = [];
  for (const arg of args) {
    const seconds = /^--timeout=(.*)$/.exec(arg)?.[1];
    if (seconds !== undefined) cellTimeout = Number(seconds);
    else if (!arg.startsWith("-")) names.push(arg);
    else throw new RangeError(`Cannot run notebooks with ${arg}: the only option is --timeout=SECONDS`);
  }
  if (!(cellTimeout > 0)) throw new RangeError("Cannot run notebooks: --timeout must be a positive number of seconds");
  return { cellTimeout, names };
}

async function main(): Promise<number> {
  const { cellTimeout, names } = readArguments(Deno.args);
  const from = Deno.env.get("INIT_CWD") ?? Deno.cwd(); // deno task starts us in the project's folder
  const paths = selectNotebooks(await notebooksIn(notebooksFolder), names, from);
  const setting = { jupyter: await provideJupyter("notebooks"), env: await provideKernel(), cellTimeout };
  let passed = 0;
  for (const [i, path] of paths.entries()) {
    say(`[${i + 1}/${paths.length}] ${nameOf(path)}`);
    if (!await runNotebook(path, setting)) break;
    passed++;
  }
  const failed = passed < paths.length ? 1 : 0;
  const left = paths.slice(passed + failed).map(nameOf);
  if (left.length > 0) say(`Not run: ${left.join(", ")}`);
  say(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

try {
  Deno.exit(await main());
} catch (error) {
  const expected = [JupyterMissing, Interrupted, RangeError].find((kind) => error instanceof kind);
  if (expected === undefined || !(error instanceof Error)) throw error;
  say(error.message);
  Deno.exit(expected === Interrupted ? 130 : 1); // 130: a shell's exit code for Ctrl-C
}
