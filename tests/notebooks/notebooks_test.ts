/** What is true of every notebook, whatever it is about; that it runs is for `deno task notebooks` to show. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { DefinedExercise } from "../../notebooks/lib/exercises/exercise.ts";
import { nameOf, notebooksIn } from "../../tools/jupyter/notebook.ts";
import { notebooksFolder, projectFolder } from "../../tools/project.ts";

interface Cell {
  readonly cell_type: "code" | "markdown";
  readonly id: string;
  readonly metadata: object;
  readonly source: readonly string[];
  readonly execution_count?: null;
  readonly outputs?: readonly unknown[];
}

interface Notebook {
  readonly cells: readonly Cell[];
  readonly metadata: { readonly kernelspec: unknown };
  readonly nbformat: number;
  readonly nbformat_minor: number;
}

interface Config {
  readonly imports: Readonly<Record<string, string>>;
  readonly compilerOptions: object;
}

const notebooks = await Promise.all((await notebooksIn(notebooksFolder)).map(async (path) => {
  const text = await Deno.readTextFile(path);
  const notebook = JSON.parse(text) as Notebook; // the first law below says so
  const sources = (type: Cell["cell_type"]) =>
    notebook.cells.filter((cell) => cell.cell_type === type).map((cell) => cell.source.join(""));
  const name = nameOf(path);
  return {
    name,
    text,
    notebook,
    prose: sources("markdown"),
    code: sources("code"),
    exercises: await exercisesOf(name),
  };
}));

/** The names of the exercises that belong to a notebook, in its order. */
async function exercisesOf(name: string): Promise<string[]> {
  const lists: Record<string, readonly DefinedExercise[]> = await import(`../../notebooks/lib/exercises/${name}.ts`);
  return Object.values(lists).flat().map((exercise) => exercise.name);
}

/** How many words there are: whatever stands between spaces. */
const words = (texts: readonly string[]) => texts.join(" ").split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));

/** The names of the notebooks before and after this one, where there are any. */
function neighbours(name: string): string[] {
  const at = notebooks.findIndex((notebook) => notebook.name === name);
  return [notebooks[at - 1], notebooks[at + 1]].flatMap((notebook) => notebook ? [notebook.name] : []);
}

/** What a notebook tells in plain words: no formulas, code, links or headings, and nothing from the references on. */
function plainWords(prose: readonly string[]): string {
  return (prose.join("\n\n").split("## References")[0] ?? "")
    .replace(/^Reading: about \d+ minutes|^.*\[Index\]\(index\.ipynb\).*$/gm, "")
    .replace(/\$\$[^$]*\$\$|\$[^$]*\$|`[^`]*`|<[^>]*>|\]\([^)]*\)|^#+ .*$/gm, "");
}

assert.ok(notebooks.length > 0, "there are notebooks");

for (const { name, text, notebook, prose, code, exercises } of notebooks) {
  Deno.test(`${name} is a notebook of the Deno kernel, as Jupyter writes it, without any output`, () => {
    assert.deepEqual([notebook.nbformat, notebook.nbformat_minor], [4, 5]);
    assert.deepEqual(notebook.metadata.kernelspec, { display_name: "Deno", language: "typescript", name: "deno" });
    assert.equal(text, `${JSON.stringify(notebook, null, 1)}\n`);
    for (const cell of notebook.cells) {
      const { cell_type, id, metadata, source, ...rest } = cell;
      assert.match(id, /^[a-z0-9-]{1,64}$/);
      assert.equal(typeof metadata, "object", id);
      assert.ok(source.length > 0, `${id} is not empty`);
      assert.ok(source.every((line, i) => /^[^\n]*\n$/.test(line) === (i < source.length - 1)), `${id} is lines`);
      assert.deepEqual(rest, cell_type === "code" ? { execution_count: null, outputs: [] } : {}, id);
    }
    assert.equal(new Set(notebook.cells.map((cell) => cell.id)).size, notebook.cells.length, "ids are unique");
  });

  Deno.test(`${name} opens with its question, and closes with exercises, a summary and references`, () => {
    const [opening = ""] = prose;
    assert.match(opening, new RegExp(`^# ${name.slice(0, 2)} · `));
    for (const part of ["**The question.**", "**What to know first.**", "**How long it runs.**"]) {
      assert.ok(opening.includes(part), part);
    }
    const headings = prose.flatMap((source) => source.match(/^## .*$/gm) ?? []);
    assert.deepEqual(headings.slice(-3), ["## Exercises", "## Summary", "## References"]);
    const numbers = headings.slice(0, -3).map((heading) => /^## (\d+)\. /.exec(heading)?.[1]);
    assert.deepEqual(numbers, numbers.map((_, i) => String(i + 1)), "the other headings are numbered");
  });

  Deno.test(`${name} says how long reading takes, at 200 words a minute`, () => {
    const minutes = Number(/^Reading: about (\d+) minutes/m.exec(prose[0] ?? "")?.[1]);
    const measured = words(prose).length / 200;
    assert.ok(Math.abs(minutes - measured) <= 0.3 * measured, `${minutes} are stated, it takes ${measured.toFixed(1)}`);
  });

  Deno.test(`${name} links to the notebooks beside it, to the index and to the solutions`, () => {
    const links = [...(prose[0]?.split("\n").at(-1) ?? "").matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target);
    const [before, after] = name.startsWith("01") ? [undefined, ...neighbours(name)] : neighbours(name);
    const wanted = [before, "index", after].flatMap((other) => other === undefined ? [] : [`${other}.ipynb`]);
    assert.deepEqual(links, [...wanted, `solutions/${name}.ts`]);
  });

  Deno.test(`${name} has two folded hints and a link to a solution above each exercise`, () => {
    for (const exercise of exercises) {
      const at = notebook.cells.findIndex((cell) => cell.source.join("").includes(`check("${exercise}", ${exercise})`));
      const text = notebook.cells[at - 1]?.source.join("") ?? "";
      const hints = [...text.matchAll(/^<details><summary>(Hint \d)<\/summary>\n\n[^]+?\n\n<\/details>$/gm)];
      assert.deepEqual(hints.map(([, title]) => title), ["Hint 1", "Hint 2"], exercise);
      assert.ok(text.endsWith(`](solutions/${name}.ts)`), exercise);
    }
  });

  Deno.test(`${name} begins with imports, whose output the kernel may lose, then the seed`, () => {
    const [imports = "", settings = ""] = code;
    assert.ok(imports.split(";\n").every((statement) => statement.startsWith("import ")), imports);
    assert.match(settings, /new Random\(/);
  });

  Deno.test(`${name} has short cells, and more words than code`, () => {
    const lengths = code.map((source) => source.split("\n").length).sort((a, b) => a - b);
    assert.ok((lengths.at(-1) ?? 0) <= 15, `a cell has ${lengths.at(-1)} lines`);
    assert.ok((lengths[lengths.length >> 1] ?? 0) <= 8, `the median is ${lengths[lengths.length >> 1]} lines`);
    assert.ok(words(prose).length > words(code).length, `${words(prose).length} words, ${words(code).length} of code`);
  });

  Deno.test(`${name} sets the exercises of its own file in lib/exercises, three to five, each a stub and a check`, () => {
    const checked = code.flatMap((source) => [...source.matchAll(/^check\("(\w+)"/gm)].map(([, name = ""]) => name));
    assert.deepEqual(checked, exercises);
    assert.ok(checked.length >= 3 && checked.length <= 5, `there are ${checked.length}`);
    for (const exercise of checked) {
      const stub = code.find((source) => source.includes(`check("${exercise}", ${exercise})`)) ?? "";
      assert.match(stub, /\btodo\(\)/, exercise);
    }
  });

  Deno.test(`${name} breaks no formula over two lines, where a plus would become a list`, () => {
    for (const line of prose.flatMap((source) => source.replace(/\$\$[^$]*\$\$/g, "").split("\n"))) {
      assert.equal(line.replace(/`[^`]*`/g, "").split("$").length % 2, 1, line);
    }
  });

  Deno.test(`${name} quotes no number that its cells do not hold`, () => {
    const numbers = new Set(code.join("\n").replaceAll("_", "").match(/\d+(\.\d+)?/g));
    const quoted = plainWords(prose).replace(/(?:notebooks?|sections?|after) \d+( (and|to) \d+)?/gi, "").match(
      /\d+(,\d{3})*(\.\d+)?/g,
    ) ?? [];
    const unknown = quoted.map((number) => number.replaceAll(",", "")).filter((number) =>
      number.length > 1 && !numbers.has(number)
    );
    assert.deepEqual(unknown, []);
  });
}

/** Runs this Deno on files made of the notebooks, in a folder of their own with the project's configuration. */
async function deno(files: Readonly<Record<string, string>>, ...args: string[]): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const config = JSON.parse(await Deno.readTextFile(join(projectFolder, "deno.json"))) as Config; // Deno checks it
    const project = pathToFileURL(`${projectFolder}/`).href;
    const imports = Object.entries(config.imports).map(([name, target]) => [name, target.replace(/^\.\//, project)]);
    const compilerOptions = { ...config.compilerOptions, noUnusedParameters: false }; // a stub has not used its own yet
    const adapted = { ...config, imports: Object.fromEntries(imports), compilerOptions };
    const all = { ...files, "deno.json": JSON.stringify(adapted) };
    for (const [name, text] of Object.entries(all)) await Deno.writeTextFile(join(folder, name), text);
    const command = new Deno.Command(Deno.execPath(), {
      args: [...args, ...Object.keys(files)],
      cwd: folder,
      env: { NO_COLOR: "1" },
    });
    const { success, stderr } = await command.output();
    return success ? "" : new TextDecoder().decode(stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the cells of a notebook have right types, which the kernel does not look at, and declare no name twice", async () => {
  const modules = notebooks.map(({ name, notebook }) => {
    const cells = notebook.cells.filter((cell) => cell.cell_type === "code");
    return [`${name}.ts`, cells.map((cell) => `// ${cell.id}\n${cell.source.join("")}\n`).join("\n")];
  });
  assert.equal(await deno(Object.fromEntries(modules), "check", "--no-lock"), "");
});

Deno.test("the cells are formatted as the project's code is", async () => {
  const files = notebooks.flatMap(({ name, notebook }) =>
    notebook.cells.filter((cell) => cell.cell_type === "code")
      .map((cell) => [`${name}.${cell.id}.ts`, `${cell.source.join("")}\n`])
  );
  assert.equal(await deno(Object.fromEntries(files), "fmt", "--check"), "");
});
