import { scalarAutograd } from "./01_scalar_autograd.ts";
import { neuronToMlp } from "./02_neuron_to_mlp.ts";
import { tensors } from "./03_tensors.ts";
import { kernels } from "./04_kernels.ts";
import { tokenizers } from "./05_tokenizers.ts";
import { languageModels } from "./06_language_models.ts";
import { selfAttention } from "./07_self_attention.ts";
import { transformer } from "./08_transformer.ts";
import type { DefinedExercise } from "./exercise.ts";

/** Every exercise of every notebook, in the course's order. */
export const exercises: readonly DefinedExercise[] = [
  ...scalarAutograd,
  ...neuronToMlp,
  ...tensors,
  ...kernels,
  ...tokenizers,
  ...languageModels,
  ...selfAttention,
  ...transformer,
];
