/**
 * `deno task test:browser [notebooks]`: a real browser opens notebooks in JupyterLab and runs all their cells with the
 * Deno kernel. Then it drags every slider, hides the side bar and resizes the window, and measures the plots: each must
 * keep its height. The exported HTML is opened without a network: every plot and every formula must be drawn.
 * Pictures of the plots are saved in build/browser/.
 */
import type { Browser } from "playwright-core";
import { nameOf, notebooksIn, selectNotebooks } from "../../tools/jupyter/notebook.ts";
import { notebooksFolder } from "../../tools/project.ts";
import { say } from "../../tools/terminal.ts";
import { launchChromium } from "./browser.ts";
import { exportedWithoutNetwork } from "./exported.ts";
import { keepsHeights } from "./heights.ts";
import { screenshotFolder } from "./plots.ts";
import { drawsTexts } from "./texts.ts";

/** One check of a notebook: returns what it saw, and throws if that is wrong. */
export type View = (browser: Browser, path: string) => Promise<string>;

const views: readonly (readonly [title: string, view: View])[] = [
  ["JupyterLab", keepsHeights],
  ["exported HTML without a network", exportedWithoutNetwork],
];

/** The notebooks to open. Default: those with sliders, pictures of arrays and tokens, live plots, and heat maps. */
const usual = ["01", "03", "05", "07", "08"];

const names = Deno.args.length > 0 ? Deno.args : usual;
const paths = selectNotebooks(await notebooksIn(notebooksFolder), names, Deno.env.get("INIT_CWD") ?? Deno.cwd());
let [passed, failed] = [0, 0];

/** Runs a check and reports what was seen. */
async function look(what: string, seen: () => Promise<string>): Promise<void> {
  say(`… ${what}`);
  try {
    say(`✓ ${what}: ${await seen()}`);
    passed++;
  } catch (error) {
    say(`✗ ${what}: ${error instanceof Error ? error.message : String(error)}`);
    failed++;
  }
}

await Deno.mkdir(screenshotFolder, { recursive: true });
const browser = await launchChromium();
try {
  await look("texts in plots", () => drawsTexts(browser));
  for (const path of paths) {
    for (const [title, view] of views) await look(`${nameOf(path)} in ${title}`, () => view(browser, path));
  }
} finally {
  await browser.close();
}
say(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 && passed > 0 ? 0 : 1);
