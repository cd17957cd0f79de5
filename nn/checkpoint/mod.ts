/** Saving and loading: the safetensors format, the folders of Hugging Face, and training that goes on later. */

export { ConfigError } from "./folder.ts";
export { readSafetensors, SafetensorsError, type WriteOptions, writeSafetensors } from "./safetensors.ts";
export { loadTraining, saveTraining, type Training } from "./training.ts";
