/** How many passed and how many failed. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** The last line of every task that counts, which .ci/run adds up. */
export function countsLine({ passed, failed }: Counts): string {
  return `${passed} passed, ${failed} failed`;
}

/**
 * The counts in the last line of `deno test`. The runner's JUnit report would be the natural source, but it omits files
 * that throw while loading, and counts the steps of a test as tests.
 *
 * @param output The runner's output, without colours.
 * @param code Its exit code. A failure without a failed test (such as a type error) counts as one failure, and
 * so does a run that found no tests.
 */
export function testCounts(output: string, code: number): Counts {
  const summary = /^(?:ok|FAILED) \| (\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed/;
  const line = output.split("\n").findLast((line) => summary.test(line)) ?? "";
  const [, passed = "0", failed = "0"] = summary.exec(line) ?? [];
  const counts = { passed: Number(passed), failed: Number(failed) };
  const nothingRan = counts.passed + counts.failed === 0;
  return counts.failed === 0 && (code !== 0 || nothingRan) ? { ...counts, failed: 1 } : counts;
}
