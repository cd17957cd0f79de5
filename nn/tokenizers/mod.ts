export * from "./tokenizer.ts";
export * from "./byte_pair.ts";
export * from "./character.ts";
export * from "./pre_tokenize.ts";
