/** How many passed and how many failed. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** The last line of every task that counts: the one that .ci/run adds up. */
export function countsLine({ passed, failed }: Counts): string {
  return `${passed} passed, ${failed} failed`;
}

/**
 * The counts in the line with which `deno test` ends. The runner's report for machines (JUnit) would be the natural
 * thing to read, but it leaves out a file that throws while it is loaded, and counts the steps of a test as tests.
 *
 * @param output What the runner wrote, without colours.
 * @param code Its exit code. If it failed without a failed test (it did not come to run any: a type error), that is one
 * failure, and so is a run that found no tests at all.
 */
export function testCounts(output: string, code: number): Counts {
  const summary = /^(?:ok|FAILED) \| (\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed/;
  const line = output.split("\n").findLast((line) => summary.test(line)) ?? "";
  const [, passed = "0", failed = "0"] = summary.exec(line) ?? [];
  const counts = { passed: Number(passed), failed: Number(failed) };
  const nothingRan = counts.passed + counts.failed === 0;
  return counts.failed === 0 && (code !== 0 || nothingRan) ? { ...counts, failed: 1 } : counts;
}
