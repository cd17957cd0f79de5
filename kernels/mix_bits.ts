/** Scrambles 32 bits, so that neighbours have nothing in common: the last step of MurmurHash3. */
export function mixBits(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
