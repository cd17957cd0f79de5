export { Value } from "./autograd/scalar.ts";
