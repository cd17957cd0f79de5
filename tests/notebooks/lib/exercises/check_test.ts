import assert from "node:assert/strict";
import { Value } from "../../../../mod.ts";
import { check, display, todo } from "../../../../notebooks/lib/mod.ts";
import { softmax } from "../../../../notebooks/solutions/03_tensors.ts";

const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);

Deno.test("a right answer passes, and the result says on how much", () => {
  const result = check("softmax", softmax);
  assert.ok(result.ok);
  assert.match(String(result), /^✓ softmax: 600 cases, 6 laws \(seed 1\)\n {2}✓ The probabilities sum to 1\./);
  assert.match(String(check("softmax", softmax, { cases: 7, seed: 5 })), /^✓ softmax: 42 cases, 6 laws \(seed 5\)/);
});

Deno.test("a wrong answer is shown with the law, the smallest case, what was expected and what came", () => {
  const overflows = (scores: number[]) => scores.map((x) => Math.exp(x) / sum(scores.map(Math.exp)));
  const result = check("softmax", overflows);
  assert.equal(result.ok, false);
  assert.equal(
    String(result),
    [
      "✗ softmax: 4 of 6 laws hold (seed 1)",
      "  ✓ The probabilities sum to 1.",
      "  ✓ The ratio of two probabilities is e to the power of the difference between their scores.",
      "  ✓ Adding the same number to every score changes nothing.",
      "  ✗ Not even 1000, whose exponential is too large for a number.",
      "      softmax([0]) returned [1]",
      "      softmax([1000]) returned [NaN]",
      "      expected [1], got [NaN]",
      "  ✗ It works for scores that are a thousand apart, in any order.",
      "  ✓ It leaves every list that it is given as it was: the caller may still need it.",
    ].join("\n"),
  );
});

Deno.test("a wrong answer is shrunk to the smallest one", () => {
  const wrongForLongLists = (scores: number[]) => scores.length < 3 ? softmax(scores) : scores;
  assert.match(String(check("softmax", wrongForLongLists)), /softmax\(\[0, 0, 0\]\) returned \[0, 0, 0\]/);
});

Deno.test("the result is HTML, escaped, and text", () => {
  const bundle = check("softmax", () => "<b>")[display]();
  assert.deepEqual(Object.keys(bundle), ["text/html", "text/plain"]);
  assert.match(String(bundle["text/html"]), /returned &quot;&lt;b&gt;&quot;/);
});

for (
  const [what, attempt, said] of [
    ["nothing", () => {}, "Nothing was returned, where a list of numbers is wanted: is a return missing?"],
    [
      "a promise",
      () => Promise.resolve([1]),
      "A Promise was returned, where a list of numbers is wanted: leave out async",
    ],
    ["another type", () => "1", '"1" was returned, where a list of numbers is wanted'],
    ["a list with a hole", () => [1, undefined], "[1, undefined] was returned, where a list of numbers is wanted"],
    [
      "an array of another kind",
      () => Float32Array.of(1),
      "Float32Array [1] was returned, where a list of numbers is wanted",
    ],
  ] as const
) {
  Deno.test(`a function that returns ${what} is told so`, () => {
    assert.ok(String(check("softmax", attempt)).includes(`\n      ${said}\n`), String(check("softmax", attempt)));
  });
}

Deno.test("a function that throws is a wrong answer, shown with its error, once", () => {
  const text = String(check("softmax", () => {
    throw new TypeError("no such thing");
  }));
  assert.equal(text.split("no such thing").length, 2);
  assert.match(text, /softmax\(\[0\]\) threw TypeError: no such thing/);
});

Deno.test("endless recursion, and an endless loop over what the exercise gave, come to an end", () => {
  const recursive = (x: number[]): number[] => recursive(x);
  assert.match(String(check("softmax", recursive)), /threw RangeError: Maximum call stack size exceeded/);
  const endless = (gradient: (x: number[]) => number[], x: number[]) => {
    for (;;) x = gradient(x);
  };
  assert.match(String(check("gradientDescent", endless)), /called more than 1000 times: does the loop end\?/);
});

Deno.test("a check that takes too long ends", () => {
  const result = check("softmax", softmax, { seconds: -1 }); // the time is up before it begins
  assert.equal(result.outcome, "failed");
  assert.match(String(result), /It took too long/);
});

Deno.test("a function that changes what it was given is shown the list before and after", () => {
  const spoils = (scores: number[]) => {
    const probabilities = softmax(scores);
    scores.length = 0;
    return probabilities;
  };
  const result = check("softmax", spoils);
  assert.equal(result.outcome, "failed");
  assert.ok(
    String(result).endsWith(
      [
        "  ✗ It leaves every list that it is given as it was: the caller may still need it.",
        "      softmax([0]) returned [1]",
        "      the list that it was given, afterwards: expected [0], got []",
      ].join("\n"),
    ),
    String(result),
  );
});

Deno.test("the laws judge copies, so that a function which spoils its list is wrong in nothing else", () => {
  const sorts = (scores: number[]) => softmax(scores.slice()).concat(scores.sort().slice(0, 0));
  assert.match(String(check("softmax", sorts)), /^✗ softmax: 5 of 6 laws hold/);
});

Deno.test("the smallest case shows what is wrong: no gradient of 0 where the gradient was forgotten", () => {
  const forgets = (a: number, b: number) => [1 / b, -a / b ** 2];
  assert.ok(
    String(check("divBackward", forgets)).includes(
      [
        "      divBackward(1, 1, 1) returned [1, -1]",
        "      divBackward(1, 1, 2) returned [1, -1]",
        "      expected [2, -2], got [1, -1]",
      ].join("\n"),
    ),
    String(check("divBackward", forgets)),
  );
});

Deno.test("expected and got are written with the digits in which they differ, and never rounded before the point", () => {
  const loses = (numbers: number[]) => numbers.reduce((sum, x) => Math.fround(sum + x), 0);
  const lost = String(check("compensatedSum", loses));
  assert.match(lost, /compensatedSum\(\[16777216, .*\]\) returned 167772\d\d\n/);
  assert.match(lost, /expected 167772\d\d, give or take 2, got 167772\d\d/);
  const slightly = String(check("softmax", (scores: number[]) => softmax(scores).map((p) => p * (1 + 1e-8))));
  assert.match(slightly, /the sum: expected 1, got 1\.0000000\d+/);
});

Deno.test("what is not written yet is neither right nor wrong, also where the stub stands deep inside", () => {
  const result = check("broadcastShape", (a: number[], b: number[]) => a.length < b.length ? todo() : a);
  assert.equal(result.outcome, "todo");
  assert.equal(result.ok, false);
  assert.match(String(result), /^… broadcastShape: not done yet\n {2}broadcastShape\(a: number\[\]/);
});

Deno.test("a law that the answer makes impossible to work out is broken, with the reason", () => {
  const broken = (x: Value) => new Value(Math.log(1 + Math.exp(x.data)), "", "softplus", [undefined as never], [1]);
  assert.equal(check("softplus", broken).outcome, "failed");
});

Deno.test("a name that is none is answered with those that are", () => {
  assert.throws(() => check("softmix", softmax), /^RangeError: Cannot check "softmix", as it must be one of .*softmax/);
});

Deno.test("check takes a function, not what it returned", () => {
  assert.throws(() => check("softmax", softmax([1]) as never), {
    name: "TypeError",
    message: "Cannot check softmax, as check takes the function itself, without calling it: [1]",
  });
});
