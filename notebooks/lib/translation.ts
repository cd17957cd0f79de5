/** What gpu.js translates a TypeScript function into: the program that runs in its place. */
import { anything, callable, checkArguments, listOf, oneOf, optionsOf, required, whole } from "../../checks/mod.ts";
import { loadGpuJs } from "../../kernels/gpu/load.ts";
import { html } from "../../autograd/html.ts";
import { type Bundle, display, type Displayable } from "./display.ts";
import { byName } from "./given.ts";

/** The engines of gpu.js whose programs are text; those of the third, `webasm`, are bytes. */
type Engine = "webgpu" | "cpu";

/** What `translation` needs to know of a kernel. */
export interface KernelSettings {
  /** How many threads, along x and, if there are two numbers, y. */
  readonly output: readonly number[];
  /** The kind of each argument, by its name. */
  readonly argumentTypes: Readonly<Record<string, "Array" | "Float" | "Integer">>;
  /** After how many rounds a loop ends whose end is not known beforehand. Default: 1,000. */
  readonly loopMaxIterations?: number | undefined;
}

const kernelSettings = optionsOf<KernelSettings>({
  output: required(listOf(whole({ min: 1 }), "sizes")),
  argumentTypes: required(byName("a kind of argument")),
  loopMaxIterations: whole({ min: 1 }),
});

/** The part of a gpu.js kernel that is used here; its typings leave out what its engines keep. */
interface Compiled {
  (...args: unknown[]): Promise<unknown>;
  readonly kernel: {
    readonly constructor: { readonly mode: string };
    /** Of `webgpu`. */
    readonly compiledSource?: string;
    /** Of `cpu`. */
    getKernelString?(): string;
  };
}

const languages: Record<Engine, string> = { webgpu: "WGSL, WebGPU's language", cpu: "JavaScript, loops included" };

/**
 * A kernel as gpu.js translated it, and what it computed.
 *
 * @example
 * ```ts
 * import { Translation } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const translated = new Translation("cpu", "return 1;", [1]);
 * assert.match(String(translated), /^gpu.js, engine cpu: JavaScript/);
 * ```
 */
export class Translation implements Displayable {
  constructor(readonly engine: Engine, readonly code: string, readonly result: unknown) {}

  [display](): Bundle {
    const style = "border-left: 4px solid #8C8C8C; padding: 2px 12px; overflow-x: auto; line-height: 1.35; " +
      "font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 90%";
    const page = html`
      <div>${this.#title()}</div>
      <pre style="${style}">${this.code}</pre>
    `;
    return { "text/html": String(page), "text/plain": this.toString() };
  }

  toString(): string {
    return `${this.#title()}\n${this.code}`;
  }

  #title(): string {
    return `gpu.js, engine ${this.engine}: ${languages[this.engine]}`;
  }
}

/**
 * Translates a kernel for one of gpu.js's engines, and runs it once.
 *
 * @param kernel The function of one thread, as gpu.js reads it.
 * @param args What the kernel is called with.
 * @throws {Error} If the engine cannot run here.
 *
 * @example
 * ```ts
 * import { translation } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * function double(this: { thread: { x: number } }, a: number[]): number {
 *   return 2 * a[this.thread.x]!;
 * }
 * const settings = { output: [3], argumentTypes: { a: "Array" } } as const;
 * const translated = await translation(double, settings, [[1, 2, 3]], "cpu");
 * assert.deepEqual(Array.from(translated.result as Float32Array), [2, 4, 6]);
 * ```
 */
export async function translation(
  kernel: (...args: never[]) => number,
  settings: KernelSettings,
  args: readonly unknown[],
  engine: Engine,
): Promise<Translation> {
  checkArguments("translate a kernel", arguments, {
    kernel: required(callable),
    settings: required(kernelSettings),
    args: required(listOf(anything, "arguments")),
    engine: required(oneOf("webgpu", "cpu")),
  });
  const { output, ...others } = settings;
  const given = { ...others, output: [...output], precision: "single" };
  const { GPU } = await loadGpuJs(); // only in the notebook that asks for it
  const gpu = new GPU({ mode: engine } as object); // its typings know nothing of webgpu
  const compiled = gpu.createKernel(kernel.toString() as never, given as object) as unknown as Compiled; // see there
  const result = await compiled(...args);
  const { constructor: { mode }, compiledSource, getKernelString } = compiled.kernel;
  if (mode !== engine) throw new Error(`Cannot translate for gpu.js's engine ${engine}, as gpu.js ran ${mode}`);
  return new Translation(engine, tidy(compiledSource ?? getKernelString?.call(compiled.kernel) ?? ""), result);
}

/** The code with its lines indented by the braces around them, and without empty ones. */
function tidy(code: string): string {
  let depth = 0;
  const lines = code.split("\n").map((line) => line.trim()).filter((line) => line !== "" && line !== ";");
  return lines.map((line) => {
    const [opened, closed] = [line.match(/[{(]/g)?.length ?? 0, line.match(/[})]/g)?.length ?? 0];
    const indent = /^[})]/.test(line) ? depth - 1 : depth;
    depth += opened - closed;
    return "  ".repeat(Math.max(0, indent)) + line;
  }).join("\n");
}
