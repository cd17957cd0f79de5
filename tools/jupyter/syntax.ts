import { stripVTControlCharacters } from "node:util";

/**
 * What is wrong with the syntax of a cell. The kernel only says `Execution failed` of a cell that it cannot read, so
 * Deno's formatter, which has to read it as well, is asked.
 *
 * @returns The error with its line, `undefined` if the source can be read.
 */
export async function syntaxError(source: string): Promise<string | undefined> {
  const stdio = { stdin: "piped", stdout: "null", stderr: "piped" } as const;
  const child = new Deno.Command(Deno.execPath(), { args: ["fmt", "--no-config", "--ext", "ts", "-"], ...stdio })
    .spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(source));
  await writer.close();
  const { stderr } = await child.output();
  const said = stripVTControlCharacters(new TextDecoder().decode(stderr));
  return /SyntaxError: [^]*?(?=\n\s*at |$)/.exec(said)?.[0];
}
