/**
 * The arguments with which Jupyter serves the folder that it is started in. It would ask whether Ctrl-C was meant:
 * it was. And it refuses to run as root, as one is in a container, until it is told to.
 */
export function serverArguments(subcommand: string, isRoot: boolean, extra: readonly string[]): string[] {
  return [subcommand, "-y", ...(isRoot ? ["--allow-root"] : []), ...extra];
}
