import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import {
  barChart,
  display,
  type Figure,
  heatmap,
  lineChart,
  slideshow,
  tokenPicture,
} from "../../notebooks/lib/mod.ts";
import { libraryScript } from "../../notebooks/lib/plotly.ts";
import { screenshotFolder } from "./plots.ts";

/** plotly.js, which every page needs. */
const library = libraryScript();

/** Tokens from real vocabularies, each of which some step on the way to the screen could misinterpret. */
const tokens = ["<b>", "x</b>", "<br>", "a<br>b", "&lt;", "&amp;", "<|endoftext|>", "<s>", "</s>", "<sub>2</sub>"]
  .concat(["%{x}", "%{text}", "<pad>", "[CLS]", "$x$", "$", "\\frac", "&#39;", "<a>a</a>", "paper", "ink"]);

/**
 * Draws texts that look like tags, entities, placeholders and formulas in every place where a reader's text can appear.
 *
 * @returns How many texts were read from the page.
 * @throws {Error} If one is not drawn as given.
 */
export async function drawsTexts(browser: Browser): Promise<string> {
  const lines = Object.fromEntries(tokens.map((token, i) => [token, [i, i + 1]]));
  const bars = Object.fromEntries(tokens.map((token, i) => [token, i]));
  const names = { rows: tokens, columns: tokens, height: 900 };
  const slides = slideshow(tokens.slice(0, 6).map((token) => [token, lineChart({ y: [1, 2] })] as const));
  const views: readonly (readonly [name: string, figure: Figure, where: string])[] = [
    ["tokens", tokenPicture(tokens), ".heatmap-label text"],
    ["legend", lineChart(lines, { height: 900 }), ".legendtext"],
    ["title", lineChart({ y: [1, 2] }, { title: "<b>", x: "<br>", y: "&lt;" }), ".gtitle, .xtitle, .ytitle"],
    ["bars", barChart(bars), ".xtick text"],
    ["rows", heatmap(tokens.map(() => tokens.map((_, j) => j)), names), ".ytick text"],
    ["slides", slides, ".slider-labels text"],
  ];
  const page = await browser.newPage();
  let count = 0;
  try {
    for (const [name, figure, where] of views) {
      const wanted = name === "title" ? ["<b>", "<br>", "&lt;"] : name === "slides" ? tokens.slice(0, 6) : tokens;
      const path = join(screenshotFolder, `texts_${name}.html`);
      await Deno.writeTextFile(
        path,
        `<!DOCTYPE html><meta charset="utf-8"><body>${library}${figure[display]()["text/html"]}`,
      );
      await page.goto(pathToFileURL(path).href);
      await page.locator(where).first().waitFor({ timeout: 30_000 });
      await page.screenshot({ path: path.replace(".html", ".png"), fullPage: true });
      const drawn = await page.locator(where).allTextContents();
      assert.deepEqual(drawn.map(plain).sort(), wanted.map(plain).sort(), name);
      count += drawn.length;
    }
  } finally {
    await page.close();
  }
  return `${count} texts as they were given`;
}

/** A space may be drawn as a non-breaking one. */
function plain(text: string): string {
  return text.replaceAll("\u00A0", " ").trim();
}
