/** Saving and loading: the safetensors format, the folders of Hugging Face, and training that can be resumed. */

export { ConfigError } from "./config.ts";
export { FileError } from "../files.ts";
export { ModelFolderError } from "./weights.ts";
export {
  type ChooseTensors,
  readSafetensors,
  readSafetensorsHeader,
  type Safetensors,
  type WriteOptions,
  writeSafetensors,
} from "./safetensors.ts";
export { type SafetensorsEntry, SafetensorsError, type SafetensorsHeader } from "./safetensors_header.ts";
export { loadTraining, saveTraining, type Training } from "./training.ts";
