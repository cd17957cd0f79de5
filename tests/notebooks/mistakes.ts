/** What learners get wrong: for each exercise some classic wrong answers, every one of which `check` has to refute. */
import { attentionMistakes } from "./attention_mistakes.ts";
import { kernelMistakes } from "./kernel_mistakes.ts";
import { scalarMistakes } from "./scalar_mistakes.ts";
import { tensorMistakes } from "./tensor_mistakes.ts";
import { textMistakes } from "./text_mistakes.ts";

/** What is wrong with each function, said so that it completes "a function that …". */
export type Mistakes = Readonly<Record<string, (...args: never[]) => unknown>>;

export const mistakes: Readonly<Record<string, Mistakes>> = {
  ...scalarMistakes,
  ...tensorMistakes,
  ...kernelMistakes,
  ...textMistakes,
  ...attentionMistakes,
};
