/**
 * Says how much a law covers. `deno task test` shows these lines, as a law over everything that exists says little
 * without the number of things.
 */
export function sayCovered(what: string): void {
  // deno-lint-ignore no-console -- the figure is for whoever reads the run
  console.log(`covered: ${what}`);
}
