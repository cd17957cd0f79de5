import assert from "node:assert/strict";
import { lineChart, live, progress } from "../../../notebooks/lib/mod.ts";
import { untyped } from "./figures.ts";
import { fakeKernel, type Message } from "./fake_kernel.ts";

const messages = fakeKernel();
const htmlOf = (message: Message | undefined) => String(message?.data["text/html"]);

Deno.test("a live figure sends plotly.js once, and then only what is drawn, into the same place", () => {
  messages.length = 0;
  const losses = [3];
  const plot = live(() => lineChart({ loss: losses }));
  losses.push(2);
  plot.update();

  const [stage, first, second, ...more] = messages;
  assert.equal(more.length, 0);
  assert.match(htmlOf(stage), /nablaPackedPlots/);
  assert.deepEqual([first?.type, second?.type], ["display_data", "update_display_data"]);
  assert.equal(first?.id, second?.id);
  const place = /data-plot="([^"]+)"/.exec(htmlOf(stage))?.[1] ?? "none";
  for (const message of [first, second]) {
    assert.ok(htmlOf(message).includes(place));
    assert.ok(htmlOf(message).length < 5000);
  }
  assert.match(htmlOf(first), /"y":\[3\]/);
  assert.match(htmlOf(second), /"y":\[3,2\]/);
});

Deno.test("a live figure behind another one is small from the start", () => {
  messages.length = 0;
  live(() => lineChart({ loss: [3] }));
  for (const message of messages) assert.ok(htmlOf(message).length < 5000);
});

Deno.test("progress draws a live figure anew, also after the last step", () => {
  messages.length = 0;
  const losses: number[] = [];
  const plot = live(() => lineChart({ loss: losses }));
  for (const step of progress(3, { live: plot, every: Infinity })) losses.push(step);
  const last = messages.findLast((message) => htmlOf(message).includes(".show(id, plot)"));
  assert.match(htmlOf(last), /"y":\[0,1,2\]/);
});

Deno.test("a bar is updated in place while a loop runs that never awaits", () => {
  messages.length = 0;
  const seen = [...progress(["a", "b", "c"], { label: "<letters>", show: () => "so far", every: 0 })];
  assert.deepEqual(seen, ["a", "b", "c"]);
  assert.deepEqual(messages.map((message) => message.type), [
    "display_data",
    "update_display_data",
    "update_display_data",
    "update_display_data",
  ]);
  assert.equal(new Set(messages.map((message) => message.id)).size, 1);
  const widths = messages.map((message) => /width: ([\d.]+)%/.exec(String(message.data["text/html"]))?.[1]);
  assert.deepEqual(widths, ["0.0", "33.3", "66.7", "100.0"]);
  assert.match(String(messages[3]?.data["text/html"]), /&lt;letters&gt;: 3 of 3, .*; so far/);
});

Deno.test("a loop that is left early leaves the bar where it was", () => {
  messages.length = 0;
  for (const step of progress(10)) if (step === 4) break;
  assert.match(String(messages.at(-1)?.data["text/plain"]), /^4 of 10/);
});

Deno.test("progress takes a number of steps or a list, and known options alone", () => {
  const refuses = (args: unknown[], message: RegExp | object) =>
    assert.throws(() => untyped(progress)(...args), message);
  refuses([-1], { name: "RangeError" });
  refuses([2.5], { name: "RangeError" });
  refuses(["abc"], /Cannot show progress, as "work" must be a list, or a whole number of steps, at least 0: "abc"/);
  refuses([3, { lable: "x" }], /no option "lable"/);
  refuses([3, { live: () => 1 }], /the option "live" must be a live figure/);
  refuses([], /"work" must be given/);
});

Deno.test("a live figure wants a function that gives a figure", () => {
  assert.throws(() => untyped(live)(lineChart({ a: [1] })), /"draw" must be a function: a Figure/);
  assert.throws(() => untyped(live)(() => [1, 2]), /what draw gives must be a Figure: \[1, 2\]/);
});
