import assert from "node:assert/strict";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { nameOf } from "../../tools/jupyter/notebook.ts";
import { type Drawn, LabNotebook, type Place } from "./lab.ts";
import { screenshotFolder } from "./plots.ts";
import { startServer } from "./server.ts";

const viewport = { width: 1280, height: 1000 };

/** What a reader does; afterwards every plot must have the same height as before. */
const acts: readonly (readonly [name: string, act: (page: Page, notebook: LabNotebook) => Promise<void>])[] = [
  ["as it is", async () => {}],
  ["slider dragged", async (_page, notebook) => {
    for (const place of notebook.places) {
      await notebook.look(place);
      await notebook.drag(place);
    }
  }],
  ["side bar hidden", async (page) => await page.keyboard.press("Control+b")],
  ["side bar back", async (page) => await page.keyboard.press("Control+b")],
  ["window narrower", async (page) => await page.setViewportSize({ width: 760, height: 800 })],
  ["window wider", async (page) => await page.setViewportSize(viewport)],
  ["dark theme", async (_page, notebook) => await notebook.changeTheme("Dark")],
];

/**
 * Runs a notebook in JupyterLab, does what readers do, and measures every plot after each action.
 *
 * @returns A table of the heights.
 * @throws {Error} With that table, if a height changes, or a plot is empty or overflows its container.
 */
export async function keepsHeights(browser: Browser, path: string): Promise<string> {
  const server = await startServer([path]);
  const page = await browser.newPage({ viewport });
  try {
    const notebook = await LabNotebook.run(page, server, path);
    const seen: Drawn[][] = [];
    for (const [name, act] of acts) {
      await act(page, notebook);
      const drawn: Drawn[] = [];
      for (const place of notebook.places) {
        drawn.push(await notebook.look(place));
        await notebook.screenshot(join(screenshotFolder, `${nameOf(path)}_${label(place)} ${name}.png`));
      }
      seen.push(drawn);
    }
    assert.equal(await notebook.libraries(), 1, "the notebook holds plotly.js once");
    const table = tableOf(notebook.places, seen);
    const faults = notebook.places.flatMap((place, i) => faultsOf(place, seen.map((drawn) => drawn[i]!))); // by place
    if (faults.length > 0) throw new Error(`${faults.slice(0, 5).join("; ")}\n${table}`);
    return `${notebook.places.length} plots\n${table}`;
  } finally {
    await page.close();
    await server.stop();
  }
}

/** What is wrong with a plot, given its appearance after each action. */
function faultsOf(place: Place, looks: readonly Drawn[]): string[] {
  const [first] = looks;
  return looks.flatMap((look, i) => {
    const when = `${label(place)}, ${acts[i]?.[0]}`;
    if (!look.drawn) return [`${when}: nothing is drawn`];
    if (look.height !== first?.height) return [`${when}: ${look.height} px high, not ${first?.height}`];
    if (look.light !== null && look.light !== (acts[i]?.[0] === "dark theme")) {
      return [`${when}: its words cannot be read`];
    }
    return look.width > look.room ? [`${when}: ${look.width} px wide in a place of ${look.room}`] : [];
  });
}

function tableOf(places: readonly Place[], seen: readonly (readonly Drawn[])[]): string {
  const rows = [
    ["height in px", ...acts.map(([name]) => name)],
    ...places.map((place, i) => [label(place), ...seen.map((drawn) => String(drawn[i]?.height))]),
  ];
  return rows.map((row) => `  ${row.map((text) => text.padEnd(16)).join("")}`.trimEnd()).join("\n");
}

function label({ cell, plot }: Place): string {
  return `cell ${cell}${plot === 0 ? "" : `.${plot + 1}`}`;
}
