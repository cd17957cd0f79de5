/** A badge that says on which device, and on which of its engines, something really ran. */
import type { DeviceInfo } from "../../kernels/device.ts";
import { type Bundle, display, type Displayable, escapeHtml } from "./display.ts";
import { palette } from "./theme.ts";

/** What is known of a device, as it is shown. */
class Badge implements Displayable {
  constructor(private readonly info: DeviceInfo) {}

  [display](): Bundle {
    const { device } = this.info;
    const facts = this.#facts().map((fact) => `<span style="padding: 2px 10px">${escapeHtml(fact)}</span>`);
    const name = `<span style="padding: 2px 10px; background: ${colors[device] ?? palette[6]}; color: #FFFFFF">${
      escapeHtml(device)
    }</span>`;
    const frame =
      "display: inline-flex; border: 1px solid #BBBBBB; border-radius: 6px; overflow: hidden; margin: 4px 0";
    return { "text/html": `<div style="${frame}">${name}${facts.join("")}</div>`, "text/plain": this.toString() };
  }

  /** `gpu · float32 · webgpu · on llvmpipe, which is software`. */
  toString(): string {
    return [this.info.device, ...this.#facts()].join(" · ");
  }

  #facts(): string[] {
    const { precision, engine, threads, adapter, software } = this.info;
    return [
      precision,
      ...(engine === undefined ? [] : [engine]),
      ...(threads === undefined ? [] : [`${threads} thread${threads === 1 ? "" : "s"}`]),
      ...(adapter === undefined ? [] : [`on ${adapter}${software ? ", which is software" : ""}`]),
    ];
  }
}

const colors: Readonly<Record<string, string>> = { reference: palette[0], cpu: palette[2], gpu: palette[1] };

/**
 * What `useDevice` and `deviceInfo` tell, as the value of a cell's last line.
 *
 * @example
 * ```ts
 * import { deviceInfo, useDevice } from "nabla";
 * import { badge } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * await useDevice("cpu", { threads: 1 });
 * assert.match(String(badge(deviceInfo())), /^cpu · float32 · .*SIMD · 1 thread$/);
 * ```
 */
export function badge(info: DeviceInfo): Displayable {
  return new Badge(info);
}
