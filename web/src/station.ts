/** What this station remembers by itself: palette and map choices. Nothing of the picture is stored here. */

import { effect, signal } from "@preact/signals";

export type Palette = "day" | "dusk" | "night";
export const PALETTES: readonly Palette[] = ["day", "dusk", "night"];

function remembered(key: string): string | null {
  try {
    return localStorage.getItem(`openline.${key}`);
  } catch {
    return null; // storage is forbidden here: the choice lasts as long as the page
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`openline.${key}`, value);
  } catch {
    // as above
  }
}

const first = remembered("palette");
export const palette = signal<Palette>(PALETTES.find((p) => p === first) ?? "day");
export const showBorders = signal(remembered("borders") !== "off");
export const showLabels = signal(remembered("labels") !== "off");

export function startStation(): void {
  effect(() => {
    document.documentElement.dataset["palette"] = palette.value;
    remember("palette", palette.value);
  });
  effect(() => remember("borders", showBorders.value ? "on" : "off"));
  effect(() => remember("labels", showLabels.value ? "on" : "off"));
}

/** A colour of the palette in force, for what CSS cannot reach (canvas, WebGL). */
export const tone = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
