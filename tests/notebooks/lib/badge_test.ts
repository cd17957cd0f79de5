import assert from "node:assert/strict";
import { useDevice } from "../../../mod.ts";
import { badge, display } from "../../../notebooks/lib/mod.ts";

Deno.test("a badge names the device, its arithmetic, its engine and what it runs on", () => {
  const info = { device: "gpu", precision: "float32", engine: "webgpu", adapter: "Fast 9" } as const;
  assert.equal(String(badge(info)), "gpu · float32 · webgpu · on Fast 9");
  assert.equal(
    String(badge({ ...info, adapter: "llvmpipe", software: true })),
    "gpu · float32 · webgpu · on llvmpipe, which is software",
  );
  assert.equal(
    String(badge({ device: "cpu", precision: "float32", engine: "SIMD", threads: 2 })),
    "cpu · float32 · SIMD · 2 threads",
  );
  assert.equal(String(badge({ device: "reference", precision: "float64" })), "reference · float64");
});

Deno.test("a badge says what useDevice answered, in HTML and in text, and lets no HTML of an adapter's name through", async () => {
  const shown = badge(await useDevice("cpu", { threads: 1 }))[display]();
  assert.match(String(shown["text/plain"]), /^cpu · float32 · (relaxed )?SIMD · 1 thread$/);
  assert.match(String(shown["text/html"]), />cpu<.*>1 thread</);
  const odd = badge({ device: "gpu", precision: "float32", adapter: "<b>" })[display]();
  assert.match(String(odd["text/html"]), /on &lt;b&gt;/);
});
