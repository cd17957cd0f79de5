/** The notebook that Jupyter opens first. */
const landing = "index.ipynb";

/**
 * The arguments with which Jupyter serves the folder that it is started in, and opens the index of the course. With
 * `-y` it does not ask whether Ctrl-C was meant. It refuses to run as root, as in a container, unless it is told to.
 */
export function serverArguments(subcommand: string, isRoot: boolean, extra: readonly string[]): string[] {
  const namesFile = extra.some((argument) => argument.endsWith(".ipynb"));
  const first = subcommand === "lab" ? [`--LabApp.default_url=/lab/tree/${landing}`] : [landing];
  return [subcommand, "-y", ...(isRoot ? ["--allow-root"] : []), ...(namesFile ? [] : first), ...extra];
}
