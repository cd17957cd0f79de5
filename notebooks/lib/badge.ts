/** A badge that says on which device and engine something really ran. */
import { checkArguments, required, that } from "../../checks/mod.ts";
import type { DeviceInfo } from "../../kernels/device.ts";
import { html } from "../../autograd/html.ts";
import { type Bundle, display, type Displayable } from "./display.ts";
import { palette } from "./theme.ts";

/** What is known about a device, ready to be shown. */
class Badge implements Displayable {
  constructor(private readonly info: DeviceInfo) {}

  [display](): Bundle {
    const { device } = this.info;
    const frame =
      "display: inline-flex; border: 1px solid #8C8C8C; border-radius: 6px; overflow: hidden; margin: 4px 0";
    const name = `padding: 2px 10px; background: ${colors[device] ?? palette[6]}; color: #FFFFFF`;
    const facts = this.#facts().map((fact) => html`<span style="padding: 2px 10px">${fact}</span>`);
    const page = html`<div style="${frame}"><span style="${name}">${device}</span>${facts}</div>`;
    return { "text/html": String(page), "text/plain": this.toString() };
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
 * Shows what `useDevice` and `deviceInfo` tell, as the value of a cell's last line.
 *
 * @throws {TypeError} If it is given something else.
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
  checkArguments("show a badge", arguments, {
    info: required(
      that(
        "what deviceInfo() tells",
        (value) => typeof value === "object" && value !== null && "device" in value && "precision" in value,
      ),
    ),
  });
  return new Badge(info);
}
