/** The seed of all random cases: fixed, so that a run can be repeated; `NABLA_SEED=…` sets another. */
export const SEED = readSeed(Deno.env.get("NABLA_SEED") ?? "20250611");

function readSeed(text: string): number {
  const seed = Number(text);
  if (Number.isInteger(seed)) return seed;
  throw new TypeError(`Cannot start random cases from NABLA_SEED, as it must be an integer: ${text}`);
}
