import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const css = readFileSync(new URL("../src/style/tokens.css", import.meta.url), "utf8");

const palette = (name) => {
  const block = new RegExp(`\\[data-palette="${name}"\\] \\{([^}]*)\\}`).exec(css)[1];
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map((m) => [m[1], m[2]]));
};
const luminance = (hex) => {
  const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a, b) => {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
};

// WCAG 2.2: 4.5 for text, 3 for what is drawn. An amber glyph on a light map is held by its dark outline instead.
const TEXT = [["ink", "panel"], ["ink", "raised"], ["ink-2", "panel"], ["ink-2", "raised"], ["critical-ink", "critical"], ["warning-ink", "warning"], ["advisory-ink", "advisory"], ["ink", "chosen-tint"]];
const DRAWN = [["track", "map-land"], ["track", "map-water"], ["track-own", "map-land"], ["zone", "map-land"], ["track-critical", "map-land"], ["track-advisory", "map-land"], ["edge", "panel"]];

for (const name of ["day", "dusk", "night"]) {
  const has = palette(name);
  test(`${name}: text can be read`, () => {
    for (const [a, b] of TEXT) assert.ok(contrast(has[a], has[b]) >= 4.5, `${a} on ${b}: ${contrast(has[a], has[b]).toFixed(2)}`);
  });
  test(`${name}: what is drawn can be seen`, () => {
    for (const [a, b] of DRAWN) assert.ok(contrast(has[a], has[b]) >= 3, `${a} on ${b}: ${contrast(has[a], has[b]).toFixed(2)}`);
  });
  test(`${name}: an amber symbol stands out by its fill or its outline`, () => {
    assert.ok(Math.max(contrast(has["track-warning-fill"], has["map-land"]), contrast(has["track-outline"], has["map-land"])) >= 3);
  });
}
