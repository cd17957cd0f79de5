// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/** Packing matrices into panels, which the tiles of `matmul.ts` read from beginning to end. */

/** The rows of a tile, and of a panel of the left-hand matrix. */
export const ROWS: i32 = 4;
/** The columns of a tile, and of a panel of the right-hand matrix. */
export const COLUMNS: i32 = 8;

/**
 * Packs panels of `b`. Chunk c is the c-th group of `step` panels, counted through all matrices.
 *
 * Strides are in bytes; `starts` has the byte offset of each matrix.
 */
export function packColumns(
  b: usize,
  starts: usize,
  strideK: i32,
  strideN: i32,
  K: i32,
  N: i32,
  matrices: i32,
  out: usize,
  step: i32,
  chunk: i32,
): void {
  const panels = (N + COLUMNS - 1) / COLUMNS;
  const end = min(matrices * panels, (chunk + 1) * step);
  for (let p = chunk * step; p < end;) {
    const first = p % panels;
    const count = min(end - p, panels - first); // those of one matrix
    const column = first * COLUMNS;
    const source = b + load<i32>(starts + (<usize> (p / panels) << 2)) + column * strideN;
    const lines = min(count * COLUMNS, N - column);
    packPanels(source, strideK, strideN, K, COLUMNS, lines, out + <usize> p * K * (COLUMNS * 4));
    p += count;
  }
}

/** Packs panels of `width` lines each, from `lines` lines in all: `[⌈lines / width⌉][K][width]`. */
export function packPanels(
  source: usize,
  strideK: i32,
  strideLine: i32,
  K: i32,
  width: i32,
  lines: i32,
  out: usize,
): void {
  const panelBytes = <usize> (K * width) << 2;
  let line = 0;
  if (strideLine == 4) {
    for (; line + 16 <= lines; line += 16) {
      if (width == 4) packBeside4(source, strideK, K, out, panelBytes);
      else packBeside8(source, strideK, K, out, panelBytes);
      source += 64;
      out += (16 / width) * panelBytes;
    }
  }
  for (; line < lines; line += width) {
    packPanel(source, strideK, strideLine, K, width, min(width, lines - line), out);
    source += width * strideLine;
    out += panelBytes;
  }
}

/**
 * Packs sixteen neighbouring lines, one cache line at each step, into four panels: later, the cache line might have
 * been evicted.
 */
function packBeside4(source: usize, strideK: i32, K: i32, out: usize, panelBytes: usize): void {
  const end = out + (<usize> K << 4);
  while (out < end) {
    v128.store(out, v128.load(source));
    v128.store(out + panelBytes, v128.load(source, 16));
    v128.store(out + 2 * panelBytes, v128.load(source, 32));
    v128.store(out + 3 * panelBytes, v128.load(source, 48));
    source += strideK;
    out += 16;
  }
}

/** The same for two panels of twice the width. */
function packBeside8(source: usize, strideK: i32, K: i32, out: usize, panelBytes: usize): void {
  const end = out + (<usize> K << 5);
  while (out < end) {
    v128.store(out, v128.load(source));
    v128.store(out, v128.load(source, 16), 16);
    v128.store(out + panelBytes, v128.load(source, 32));
    v128.store(out + panelBytes, v128.load(source, 48), 16);
    source += strideK;
    out += 32;
  }
}

/**
 * Packs `K` steps of a panel of `width` lines, of which the first `used` exist and the rest are zeros: `[K][width]`.
 */
function packPanel(
  source: usize,
  strideK: i32,
  strideLine: i32,
  K: i32,
  width: i32,
  used: i32,
  out: usize,
): void {
  let line = 0;
  for (; line + 4 <= used; line += 4) {
    pack4(source + line * strideLine, strideK, strideLine, K, width * 4, out + line * 4);
  }
  for (; line < used; line++) {
    let s = source + line * strideLine;
    let o = out + line * 4;
    for (let k = 0; k < K; k++) {
      f32.store(o, f32.load(s));
      s += strideK;
      o += width * 4;
    }
  }
  for (; line < width; line++) {
    let o = out + line * 4;
    for (let k = 0; k < K; k++) {
      f32.store(o, 0);
      o += width * 4;
    }
  }
}

/** Packs four lines of a panel whose rows are `rowBytes` long. */
function pack4(source: usize, strideK: i32, strideLine: i32, K: i32, rowBytes: i32, out: usize): void {
  let k = 0;
  if (strideLine == 4) { // the four are neighbours
    for (; k < K; k++) {
      v128.store(out, v128.load(source));
      source += strideK;
      out += rowBytes;
    }
    return;
  }
  let s0 = source;
  let s1 = s0 + strideLine;
  let s2 = s1 + strideLine;
  let s3 = s2 + strideLine;
  if (strideK == 4) { // each line is contiguous: transpose four by four
    for (; k + 4 <= K; k += 4) {
      const r0 = v128.load(s0);
      const r1 = v128.load(s1);
      const r2 = v128.load(s2);
      const r3 = v128.load(s3);
      const low01 = i32x4.shuffle(r0, r1, 0, 4, 1, 5);
      const low23 = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
      const high01 = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
      const high23 = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
      v128.store(out, i64x2.shuffle(low01, low23, 0, 2));
      v128.store(out + rowBytes, i64x2.shuffle(low01, low23, 1, 3));
      v128.store(out + 2 * rowBytes, i64x2.shuffle(high01, high23, 0, 2));
      v128.store(out + 3 * rowBytes, i64x2.shuffle(high01, high23, 1, 3));
      s0 += 16;
      s1 += 16;
      s2 += 16;
      s3 += 16;
      out += 4 * rowBytes;
    }
  }
  for (; k < K; k++) {
    f32.store(out, f32.load(s0));
    f32.store(out, f32.load(s1), 4);
    f32.store(out, f32.load(s2), 8);
    f32.store(out, f32.load(s3), 12);
    s0 += strideK;
    s1 += strideK;
    s2 += strideK;
    s3 += strideK;
    out += rowBytes;
  }
}

/** Packs a block of `a`: `[⌈rows / 4⌉][depth][4]`. */
export function packRows(source: usize, strideM: i32, strideK: i32, rows: i32, depth: i32, out: usize): void {
  packPanels(source, strideK, strideM, depth, ROWS, rows, out);
}
