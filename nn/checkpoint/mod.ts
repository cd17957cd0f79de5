/** Saving and loading: the safetensors format, and the folders of Hugging Face. */

export { ConfigError } from "./folder.ts";
export { readSafetensors, SafetensorsError, writeSafetensors } from "./safetensors.ts";
