/**
 * `deno task test`: format, lint, types, unit and property tests, and the examples in the docs. Every step runs, even
 * if one before it failed; a step's output is shown if it fails. It needs no Jupyter.
 */
import { type Outcome, run } from "./command.ts";
import { projectFolder } from "./project.ts";
import { clock, say } from "./terminal.ts";
import { type Counts, countsLine, testCounts } from "./test_counts.ts";

interface Step {
  readonly title: string;
  /** The arguments for Deno. */
  readonly args: readonly string[];
  readonly count: (outcome: Outcome) => Counts;
}

/** A step that counts as one check. */
const asOne = ({ code }: Outcome): Counts => (code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

/** A step that runs tests. */
const byTest = ({ code, stdout }: Outcome): Counts => testCounts(stdout, code);

const steps: readonly Step[] = [
  { title: "format", args: ["fmt", "--check"], count: asOne },
  { title: "lint", args: ["lint"], count: asOne },
  { title: "types", args: ["check", "."], count: asOne },
  { title: "docs of every export", args: ["doc", "--lint", "mod.ts", "nn/mod.ts", "nn/optim/mod.ts"], count: asOne },
  // the benchmarks have their own configuration, with packages that no test installs, so their types are not checked
  { title: "format of bench", args: ["fmt", "--check", "--config", "bench/deno.json", "bench"], count: asOne },
  { title: "lint of bench", args: ["lint", "--config", "bench/deno.json", "bench"], count: asOne },
  { title: "unit and property tests", args: ["test", "-A", "--parallel", "tests"], count: byTest },
  // the README's too; the tests have no examples, and would run a second time here
  {
    title: "examples in the docs",
    args: ["test", "-A", "--parallel", "--doc", "--ignore=tests,build", "."],
    count: byTest,
  },
];

let total: Counts = { passed: 0, failed: 0 };
for (const { title, args, count } of steps) {
  const started = Date.now();
  // without colours, its last line can be parsed and the log can be read
  const outcome = await run([Deno.execPath(), ...args], { title, cwd: projectFolder, env: { NO_COLOR: "1" } });
  const counts = count(outcome);
  total = { passed: total.passed + counts.passed, failed: total.failed + counts.failed };
  const mark = counts.failed === 0 ? "✓" : "✗";
  if (counts.failed > 0) say(`\n${outcome.stdout}\n${outcome.stderr}`.trimEnd());
  for (const [line] of outcome.stdout.matchAll(/^covered: .*$/gm)) say(`  ${line}`);
  say(`${mark} ${title}: ${countsLine(counts)}  (${clock((Date.now() - started) / 1000)})`);
}
say(countsLine(total));
Deno.exit(total.failed === 0 ? 0 : 1);
