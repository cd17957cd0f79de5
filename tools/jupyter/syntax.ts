import { stripVTControlCharacters } from "node:util";

/**
 * The syntax error of a cell. For a cell that it cannot parse, the kernel only says `Execution failed`, so the error
 * comes from Deno's formatter, which has to parse the cell too.
 *
 * @returns The error with its line, `undefined` if the source can be parsed.
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
