/** Laws: sentences that must hold for every case, tried on random ones. */

import * as fc from "fast-check";
import { SEED } from "./seed.ts";

/** A sentence, and how to try it. */
export interface Law {
  readonly says: string;
  /** Tries it on a number of random cases; returns the smallest case that refutes it and the seed, if any. */
  refutation(cases?: number): string | undefined;
}

/** A law: `holds` throws for a case that refutes it. */
export function law<Case>(says: string, cases: fc.Arbitrary<Case>, holds: (value: Case) => void): Law {
  return {
    says,
    refutation(numRuns = 100) {
      const options = { seed: SEED, numRuns, includeErrorInReport: true };
      const result = fc.check(fc.property(cases, (value) => holds(value)), options);
      return result.failed ? `It does not hold that ${says}:\n${fc.defaultReportMessage(result)}` : undefined;
    },
  };
}

/** Makes a test of a law. */
export function testLaw(law: Law, cases?: number): void {
  Deno.test(law.says, () => {
    const report = law.refutation(cases);
    if (report !== undefined) throw new Error(report);
  });
}

/** States a law and tests it. */
export function property<Case>(
  says: string,
  cases: fc.Arbitrary<Case>,
  holds: (value: Case) => void,
  numberOfCases?: number,
): void {
  testLaw(law(says, cases, holds), numberOfCases);
}
