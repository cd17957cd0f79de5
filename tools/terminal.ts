const encoder = new TextEncoder();

/** Writes to the terminal, all at once. */
function write(text: string): void {
  for (let rest = encoder.encode(text); rest.length > 0;) rest = rest.subarray(Deno.stdout.writeSync(rest));
}

/** Writes one line. */
export function say(line = ""): void {
  write(`${line}\n`);
}

/** `75` → `1:15`. */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** `[######....]`: `done` of `total`. */
export function bar(done: number, total: number, width = 20): string {
  const filled = total === 0 ? width : Math.floor((done / total) * width);
  return `[${"#".repeat(filled)}${".".repeat(width - filled)}]`;
}

/**
 * A progress line. On a terminal it is overwritten; elsewhere (a log) a plain line is printed now and then, so that
 * nothing looks hung and the log stays short.
 */
export class StatusLine {
  private readonly live = Deno.stdout.isTerminal();
  private saidAt = Date.now();

  /** @param everySeconds How often a log gets a line. */
  constructor(private readonly everySeconds = 15) {}

  /** Replaces the line. */
  show(text: string): void {
    if (this.live) {
      write(`\r\x1b[K${text.slice(0, Math.max(Deno.consoleSize().columns, 40) - 1)}`);
    } else if (Date.now() - this.saidAt >= this.everySeconds * 1000) {
      this.saidAt = Date.now();
      say(text);
    }
  }

  /** Removes the line, so that permanent output can follow. */
  clear(): void {
    if (this.live) write("\r\x1b[K");
  }
}
