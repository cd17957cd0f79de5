/** The machine that figures were measured on, and the files they are kept in. */

export async function machineInfo() {
  return {
    deno: Deno.version.deno,
    system: `${Deno.build.os} ${Deno.build.arch}`,
    processors: navigator.hardwareConcurrency,
    processor: await processorName(),
    load: Deno.loadavg()[0]!, // how many processes were runnable in the last minute, on average
  };
}

/** The machine in one line. */
export function machineLine({ deno, processors, processor, load }: Awaited<ReturnType<typeof machineInfo>>): string {
  return `Deno ${deno}, ${processors} × ${processor}, load ${load.toFixed(1)}`;
}

async function processorName(): Promise<string> {
  const text = await Deno.readTextFile("/proc/cpuinfo").catch(() => ""); // only Linux has it
  return /model name\s*: (.*)/.exec(text)?.[1] ?? "processor";
}

/** Writes figures as JSON to the folder `build`, and returns the file's path. */
export async function writeFigures(name: string, figures: object): Promise<string> {
  const file = new URL(`../build/${name}`, import.meta.url);
  await Deno.mkdir(new URL(".", file), { recursive: true });
  await Deno.writeTextFile(file, JSON.stringify(figures, null, 2));
  return file.pathname;
}
