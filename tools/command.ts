import { stripVTControlCharacters } from "node:util";
import { clock, StatusLine } from "./terminal.ts";

/** The result of a command. */
export interface Outcome {
  /** 0: success; 127: there is no such program. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** Keeps Ctrl-C in the terminal from reaching the command, so that only the caller ends it, once. */
  readonly detached?: boolean;
  /** Shown with the time and the last line of output while the command runs. Default: nothing is shown. */
  readonly title?: string;
}

/** Runs a command to its end and never rejects. The tests of the tools replace it with a simulated machine. */
export type Run = (command: readonly string[], options?: CommandOptions) => Promise<Outcome>;

/** Runs a command on this machine, without input. */
export const run: Run = async (command, options = {}) => {
  const started = Date.now();
  const status = new StatusLine();
  let lastLine = "";
  const ticking = options.title === undefined ? undefined : setInterval(() => {
    status.show(`  ${options.title} … ${clock((Date.now() - started) / 1000)}  ${lastLine.slice(0, 80)}`);
  }, 1000);
  try {
    const child = spawn(command, options);
    const collect = async (stream: ReadableStream<Uint8Array>) => {
      const all: string[] = [];
      for await (const line of lines(stream)) {
        all.push(line);
        lastLine = line.trim() || lastLine;
      }
      return all.join("\n");
    };
    const [stdout, stderr, { code }] = await Promise.all([collect(child.stdout), collect(child.stderr), child.status]);
    return { code, stdout, stderr };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) {
      return { code: 127, stdout: "", stderr: error.message };
    }
    throw error;
  } finally {
    clearInterval(ticking);
    if (options.title !== undefined) status.clear();
  }
};

/** Starts a command with piped output, without input. */
export function spawn([program = "", ...args]: readonly string[], options: CommandOptions): Deno.ChildProcess {
  const { cwd = Deno.cwd(), env = {}, detached = false } = options;
  const stdio = { stdin: "null", stdout: "piped", stderr: "piped" } as const;
  return new Deno.Command(program, { args, cwd, env, detached, ...stdio }).spawn();
}

/** The lines of a stream as they arrive, without colours. */
export async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split(/\r?\n/);
    rest = parts.pop() ?? "";
    for (const line of parts) yield stripVTControlCharacters(line);
  }
  if (rest !== "") yield stripVTControlCharacters(rest);
}

/** The last lines of a command's output, to show why it failed. */
export function tail(outcome: Outcome, count = 12): string {
  return `${outcome.stdout}\n${outcome.stderr}`.trim().split("\n").slice(-count).join("\n");
}

/**
 * Runs a command in the user's own terminal and returns its exit code. A signal that ends this process ends the command
 * first and waits for it: nothing is left running.
 */
export async function untilItEnds(
  [program = "", ...args]: readonly string[],
  options: CommandOptions,
): Promise<number> {
  const { cwd = Deno.cwd(), env = {} } = options;
  const stdio = { stdin: "inherit", stdout: "inherit", stderr: "inherit" } as const;
  const child = new Deno.Command(program, { args, cwd, env, ...stdio }).spawn();
  const release = onEnding(() => child.kill("SIGTERM"));
  const { code } = await child.status;
  release();
  return code;
}

/**
 * Calls `end` when this process is asked to end (Ctrl-C, a closed terminal, `kill`), which then no longer ends it.
 *
 * @returns A function that restores the previous behaviour.
 */
export function onEnding(end: () => void): () => void {
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) Deno.addSignalListener(signal, end);
  return () => {
    for (const signal of signals) Deno.removeSignalListener(signal, end);
  };
}
