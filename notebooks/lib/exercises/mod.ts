import { scalarAutograd } from "./01_scalar_autograd.ts";
import { neuronToMlp } from "./02_neuron_to_mlp.ts";
import { tensors } from "./03_tensors.ts";
import type { DefinedExercise } from "./exercise.ts";

/** Every exercise of every notebook, in the course's order. */
export const exercises: readonly DefinedExercise[] = [...scalarAutograd, ...neuronToMlp, ...tensors];
