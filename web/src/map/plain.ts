/** Zones and tracks on a 2D canvas, in the same order and with the same signs as the WebGL map. */

import { CLASSES, type Frame, flagsAt, latAt, lonAt, trackAt, uncertaintyAt } from "../pure/frame";
import { tone } from "../station";
import { SHAPES } from "./glyphs";
import { BARE, CHOSEN, type Feature } from "./view";

type Project = (lat_deg: number, lon_deg: number) => [number, number];

const LOOK: Record<Feature["properties"]["kind"], { stroke?: string; width?: number; dash?: number[]; fill?: string; alpha?: number }> = {
  area: { fill: "--zone-fill", alpha: 0.08 },
  zone: { stroke: "--zone", width: 2 },
  ring: { stroke: "--zone", width: 1.2, dash: [3, 4] },
  trail: { stroke: "--track-own", width: 2 },
  route: { stroke: "--track-own", width: 3, dash: [3, 5] },
  sketch: { stroke: "--chosen", width: 2.5, fill: "--chosen", alpha: 0.14 },
  corner: { fill: "--chosen", alpha: 1 },
};

function trace(c: CanvasRenderingContext2D, node: unknown, project: Project): void {
  if (!Array.isArray(node)) return;
  const first: unknown = node[0];
  if (Array.isArray(first) && typeof first[0] === "number") {
    (node as [number, number][]).forEach(([lon, lat], i) => {
      const [x, y] = project(lat, lon);
      if (i) c.lineTo(x, y);
      else c.moveTo(x, y);
    });
    return;
  }
  node.forEach((part) => trace(c, part, project));
}

export function drawFeatures(c: CanvasRenderingContext2D, features: Feature[], project: Project): void {
  for (const { geometry, properties } of features) {
    const look = LOOK[properties.kind];
    c.beginPath();
    if (geometry.type === "Point") {
      const [lon, lat] = geometry.coordinates as [number, number];
      c.arc(...project(lat, lon), 5, 0, 2 * Math.PI);
    } else trace(c, geometry.coordinates, project);
    if (look.fill) {
      c.globalAlpha = look.alpha ?? 1;
      c.fillStyle = tone(look.fill);
      c.fill("evenodd");
    }
    c.globalAlpha = properties.off ? 0.45 : 1;
    if (look.stroke) {
      c.strokeStyle = tone(look.stroke);
      c.lineWidth = (look.width ?? 1) + (properties.chosen && properties.kind === "zone" ? 1.2 : 0);
      c.setLineDash(look.dash ?? []);
      c.stroke();
    }
  }
  c.globalAlpha = 1;
  c.setLineDash([]);
}

export interface How {
  project: Project;
  world: number;
  size: [number, number];
  alarmed: boolean;
  zoom: number;
}

const COLOURS = ["--track", "--track-advisory", "--track-warning-fill", "--track-critical"];

/** One pass: the calm ones below the zones' lines, or the alarmed ones above them. */
export function drawTracks(c: CanvasRenderingContext2D, frame: Frame, styles: Uint8Array, how: How): void {
  const tones = { own: tone("--track-own"), edge: tone("--track-edge"), outline: tone("--track-outline"), of: COLOURS.map(tone) };
  const small = how.zoom < 4 ? 0.6 : how.zoom < 6 ? 0.8 : 1;
  c.lineJoin = "round";
  for (let i = 0; i < frame.count; i++) {
    const style = styles[i] ?? 0;
    const alarm = style & 3;
    if ((alarm > 0) !== how.alarmed) continue;
    const lat = latAt(frame, i);
    const [x, y] = how.project(lat, lonAt(frame, i));
    const flags = flagsAt(frame, i);
    const wide = (uncertaintyAt(frame, i) * how.world) / (40_075_016.7 * Math.max(0.05, Math.cos((lat * Math.PI) / 180)));
    const shown = (flags & 0x1c0) !== 0 || (style & CHOSEN) !== 0;
    const reach = shown ? Math.min(wide, 6000) : 0;
    if (x < -24 - reach || y < -24 - reach || x > how.size[0] + 24 + reach || y > how.size[1] + 24 + reach) continue;
    if (reach > 12) circle(c, x, y, reach, alarm ? (tones.of[alarm] ?? "") : tones.own, (flags & 0x1c0) !== 0);
    symbol(c, x, y, flags, trackAt(frame, i), alarm, small, tones, (style & BARE) !== 0);
  }
}

function circle(c: CanvasRenderingContext2D, x: number, y: number, r: number, colour: string, dashed: boolean): void {
  c.beginPath();
  c.arc(x, y, r, 0, 2 * Math.PI);
  c.fillStyle = c.strokeStyle = colour;
  c.globalAlpha = 0.09 * Math.min(1, 160 / r);
  c.fill();
  c.globalAlpha = 0.9;
  c.lineWidth = 1.6;
  c.setLineDash(dashed ? [7, 5] : []);
  c.stroke();
  c.setLineDash([]);
  c.globalAlpha = 1;
}

interface Tones {
  own: string;
  edge: string;
  outline: string;
  of: string[];
}

function symbol(c: CanvasRenderingContext2D, x: number, y: number, flags: number, track: number, alarm: number, small: number, tones: Tones, bare: boolean): void {
  const name = CLASSES[flags & 7] ?? "unknown";
  const headed = track !== 65535 && name !== "unknown";
  const shape = headed || name === "people" ? name : "unknown";
  const own = (flags & 24) !== 0;
  const r = alarm && !bare ? 11 : (own ? 9.4 : 8) * small;
  const colour = alarm ? (tones.of[alarm] ?? tones.own) : own ? tones.own : (tones.of[0] ?? tones.own);
  c.save();
  c.translate(x, y);
  if (alarm && !bare) {
    c.beginPath();
    c.arc(0, 0, 20, 0, 2 * Math.PI);
    c.fillStyle = c.strokeStyle = colour;
    c.globalAlpha = 0.26;
    c.fill();
    c.globalAlpha = 1;
    c.lineWidth = 1.5;
    c.stroke();
  }
  if (headed && shape !== "people") c.rotate((track * Math.PI) / 18_000);
  c.beginPath();
  SHAPES[shape](c, r);
  c.strokeStyle = alarm ? tones.outline : tones.edge;
  c.lineWidth = 3;
  c.stroke();
  c.fillStyle = own ? colour : tones.edge;
  c.fill();
  if (!own) {
    c.strokeStyle = colour;
    c.lineWidth = 2;
    c.stroke();
  }
  c.restore();
}
