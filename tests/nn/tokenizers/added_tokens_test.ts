import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type AddedToken, AddedTokens, checkSpecialNames } from "../../../nn/tokenizers/added_tokens.ts";
import { property } from "../../support/property.ts";
import { anyText } from "../../support/texts.ts";

const split = (token: Omit<AddedToken, "id">, text: string) =>
  new AddedTokens([{ id: 9, ...token }]).split(text, "all").map((stretch) =>
    "token" in stretch ? stretch.token : stretch.text
  );

Deno.test("added tokens are found by their rules, case by case", () => {
  assert.deepEqual(split({ name: "<m>" }, " <m> "), [" ", 9, " "]);
  assert.deepEqual(split({ name: "<m>", takesLeft: true }, "a \t<m> "), ["a", 9, " "]);
  assert.deepEqual(split({ name: "<m>", takesRight: true }, " <m>\u3000\n b<m> <m>"), [" ", 9, "b", 9, 9]);
  assert.deepEqual(split({ name: "ab", wholeWord: true }, "ab abc _ab ab. 𐐀ab ab"), [9, " abc _ab ", 9, ". 𐐀ab ", 9]);
  assert.deepEqual(split({ name: "ab", wholeWord: true }, "ab\u200dab² ab-"), ["ab\u200dab² ", 9, "-"]);
  const lower = new AddedTokens(
    [{ name: "NEW", id: 9, special: false, normalized: true }, { name: "OLD", id: 8, special: false }],
    (text) => text.toLowerCase(),
  );
  assert.deepEqual(lower.split("New OLD Old"), [{ token: 9 }, { text: " " }, { token: 8 }, { text: " old" }]);
});

const names = ["<a>", "<a><b>", "<", "b>"];
const added = new AddedTokens(names.map((name, id) => ({ name, id })));
const text = fc.array(fc.oneof(anyText, fc.constantFrom(...names, "<a", ">"))).map((parts) => parts.join(""));

property("the pieces of a text make up the text, and the leftmost, longest names win", text, (text) => {
  const stretches = added.split(text, "all");
  assert.equal(stretches.map((stretch) => "token" in stretch ? names[stretch.token] : stretch.text).join(""), text);
  const longestFirst = /<a><b>|<a>|<|b>/g;
  assert.deepEqual(
    stretches.flatMap((stretch) => "token" in stretch ? [names[stretch.token]] : []),
    text.match(longestFirst) ?? [],
  );
  assert.deepEqual(added.split(text, []), text === "" ? [] : [{ text }]);
});

Deno.test("names that cannot be found again, and unknown ones, are rejected", () => {
  assert.throws(() => checkSpecialNames(["a", "b", "a"]), /^TypeError: .*must not be repeated: "a"/);
  assert.throws(() => checkSpecialNames([""]), /^TypeError: .*must not be empty: ""/);
  assert.throws(() => checkSpecialNames(["\ud800"]), /^TypeError: .*must not hold half a surrogate pair/);
  checkSpecialNames(["x".repeat(1000)]);
  assert.throws(() => checkSpecialNames(["x".repeat(1001)]), /^TypeError: .*must have at most 1000 characters/);
  assert.throws(() => new AddedTokens([{ name: "a", id: -1 }]), /^RangeError: .*"id" must be a whole number/);
  const many = new AddedTokens(Array.from({ length: 1000 }, (_, id) => ({ name: `<${id}>`, id })));
  assert.throws(() => many.split("", ["<x>"]), /it has "<0>", .*, "<9>" and 990 more$/); // ten, not a thousand
});

Deno.test("200,000 names are checked, and found, without comparing all pairs", () => {
  const many = new AddedTokens(Array.from({ length: 200_000 }, (_, id) => ({ name: `<${id}>`, id })));
  assert.deepEqual(many.split("a<77777><x><5>", "all"), [{ text: "a" }, { token: 77777 }, { text: "<x>" }, {
    token: 5,
  }]);
});
