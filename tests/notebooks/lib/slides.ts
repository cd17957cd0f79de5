import type { Figure } from "../../../notebooks/lib/mod.ts";

/** One slide: its matrices, and its words. */
export interface Slide {
  readonly matrices: number[][][];
  readonly words: string[];
}

/** What a reader sees at each place of the slider, by its name. */
export function slidesOf(figure: Figure): Record<string, Slide> {
  const { data, layout } = JSON.parse(figure.json());
  return Object.fromEntries(
    layout.sliders[0].steps.map(({ label, args: [{ visible }] }: { label: string; args: [{ visible: boolean[] }] }) => {
      const traces = data.filter((_: unknown, i: number) => visible[i]);
      const matrices = traces.filter((trace: { type: string }) => trace.type === "heatmap");
      const texts = traces.filter((trace: { mode?: string }) => trace.mode === "text");
      return [label, {
        matrices: matrices.map((trace: { z: number[][] }) => trace.z),
        words: texts.flatMap((trace: { text: string[] }) => trace.text).filter((text: string) => text !== ""),
      }];
    }),
  );
}
