/** Data: datasets, batches, padding, windows of text, column files, and downloads. */

export { type Dataset, randomSplit } from "./dataset.ts";
export { DataLoader, type DataLoaderOptions, type Step } from "./loader.ts";
export type { DataLoaderState } from "./loader_state.ts";
export { pad, type Padded, type PadOptions } from "./padding.ts";
export { splitTokens, type TextBatch, type TextWindow, TextWindows } from "./text_windows.ts";
export { ConllError, type ConllOptions, parseConll, type Span, spansOf, type TaggedSentence } from "./conll.ts";
export { type Download, download, DownloadError } from "./download.ts";
