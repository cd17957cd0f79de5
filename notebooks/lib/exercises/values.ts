/** What a learner's answer is compared, copied and written with. */

/** Whether two values are the same, where numbers may differ by `tolerance`, relative to the larger one or to 1. */
export function close(expected: unknown, got: unknown, tolerance = 1e-9): boolean {
  if (typeof expected === "number" && typeof got === "number") {
    if (Object.is(expected, got) || expected === got) return true; // NaN and the infinities are like themselves alone
    const scale = Math.max(1, Math.abs(expected), Math.abs(got));
    return Number.isFinite(scale) && Math.abs(expected - got) <= tolerance * scale;
  }
  if (Array.isArray(expected) && Array.isArray(got)) {
    return expected.length === got.length && expected.every((x, i) => close(x, got[i], tolerance));
  }
  return expected === got;
}

/** Nested arrays copied, so that a function which changes its input changes nobody else's; all else as it is. */
export function copied(value: unknown): unknown {
  return Array.isArray(value) ? value.map(copied) : value;
}

/** A value as a learner would type it, numbers to so many digits, but never rounded before the point: `[1, 0.333333]`. */
export function written(value: unknown, digits = 6): string {
  const text = inFull(value, digits);
  return text.length > 400 ? `${text.slice(0, 400)} …` : text;
}

function inFull(value: unknown, digits: number): string {
  if (typeof value === "number") {
    const whole = Math.abs(value) < 1e15 ? String(Math.trunc(Math.abs(value))).length : 0; // 16777217 is not 16777200
    return String(Number(value.toPrecision(Math.max(digits, whole))) + 0); // + 0: no −0
  }
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${Array.from(value, (x) => inFull(x, digits)).join(", ")}]`;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return `${value.constructor.name} ${inFull(Array.from(value as Float64Array), digits)}`; // every other view is a typed array
  }
  if (value instanceof Promise) return "a Promise";
  if (typeof value === "object" && value !== null && value.toString === Object.prototype.toString) {
    const entries = Object.entries(value).map(([key, x]) => `${key}: ${inFull(x, digits)}`);
    return entries.length > 0 ? `{ ${entries.join(", ")} }` : "{}";
  }
  return String(value);
}
