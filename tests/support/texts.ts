/** Random texts. */

import * as fc from "fast-check";

const unit = (min: number, max: number) => fc.integer({ min, max }).map((code) => String.fromCharCode(code));

/** Any JavaScript string: any 16-bit units, including halves of surrogate pairs, and strings that people write. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: unit(0, 0xffff) }),
  fc.string({ unit: fc.oneof(unit(0xd800, 0xdfff), unit(0, 0xff)) }),
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.string(),
);

/** Texts of few characters, so that they repeat: short words of `a`, `b`, `c`, some with an accent. */
export const repetitiveText: fc.Arbitrary<string> = fc.string({
  unit: fc.constantFrom("a", "a", "a", "b", "b", "c", "é", " ", " ", "\n"),
  maxLength: 60,
});
