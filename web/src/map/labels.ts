/** Words over the tracks and zones: own, reserved, alarmed and chosen movers first; a label that finds no room is left out. */

import { fixAt, type Frame, latAt, lonAt, slotAt } from "../pure/frame";
import { distance } from "../pure/format";
import { metresBetween, roundLength } from "../pure/geo";
import { type Box, placeLabels, type Wanted } from "../pure/place";
import type { SlotName } from "../model/types";
import { tone } from "../station";
import { type Away, drawAway } from "./away";
import { BARE, CHOSEN, type Feature, type MapView } from "./view";

const MOST = 300; // labels looked at in one frame; more could not be read
const ALL_BELOW = 120; // with so few movers in view everyone is named

export interface Scene {
  frame: Frame | null;
  styles: Uint8Array;
  names: ReadonlyMap<number, SlotName>;
  second: ReadonlyMap<string, string>; // mover → second line (time left)
  lastKnown: string;
  features: Feature[];
  away: Away[];
}

function wantedOf(view: MapView, scene: Scene): Wanted[] {
  const frame = scene.frame;
  if (!frame) return [];
  const [width, height] = view.size();
  const near: Wanted[] = [];
  const calm: Wanted[] = [];
  for (let i = 0; i < frame.count; i++) {
    const style = scene.styles[i] ?? 0;
    const name = scene.names.get(slotAt(frame, i));
    const bare = (style & BARE) !== 0;
    const listed = name !== undefined && name.list !== "none";
    if ((style === 0 || bare) && !listed && (calm.length >= ALL_BELOW || view.zoom() < 6.2)) continue;
    const [x, y] = view.project(latAt(frame, i), lonAt(frame, i));
    if (x < -40 || y < -20 || x > width + 40 || y > height + 20) continue;
    const fix = fixAt(frame, i);
    const lost = (fix.flags & 128) !== 0;
    const lines = [name?.callsign ?? name?.mover ?? `#${slotAt(frame, i)}`];
    const more = lost ? scene.lastKnown : name ? scene.second.get(name.mover) : undefined;
    if (more) lines.push(more);
    const rank = (style & CHOSEN ? 8 : 0) + (bare ? 0 : style & 3) * 2 + (listed ? 1 : 0);
    (rank > 0 || lost ? near : calm).push({ x, y, lines, rank, clear: (style & 3 && !bare ? 22 : 13) + (style & CHOSEN ? 5 : 0), alarm: style & 3, chosen: (style & CHOSEN) !== 0 });
  }
  const all = calm.length < ALL_BELOW ? [...near, ...calm] : near;
  return all.sort((a, b) => b.rank - a.rank).slice(0, MOST);
}

const NAMED_FROM_PX = 44; // a zone drawn smaller than this keeps its name for a closer look, unless chosen

/** The northernmost point of an outline carries its name. */
function zoneNames(view: MapView, features: Feature[]): { x: number; y: number; text: string; ring: boolean }[] {
  const found: { x: number; y: number; text: string; ring: boolean }[] = [];
  for (const { geometry, properties } of features) {
    if ((properties.kind !== "zone" && properties.kind !== "ring") || !properties.name) continue;
    let top: [number, number] | null = null;
    let low = 90;
    const walk = (node: unknown): void => {
      if (!Array.isArray(node)) return;
      if (typeof node[0] === "number") {
        const at = node as [number, number];
        if (!top || at[1] > top[1]) top = at;
        low = Math.min(low, at[1]);
      } else node.forEach(walk);
    };
    walk(geometry.coordinates);
    if (!top) continue;
    const [x, y] = view.project(top[1], top[0]);
    if (!properties.chosen && view.project(low, top[0])[1] - y < NAMED_FROM_PX) continue;
    found.push({ x, y, text: properties.name, ring: properties.kind === "ring" });
  }
  return found;
}

const SCALE_PX = 130; // the longest scale bar
const FOOT_PX = 8;

/** A bar of a round length at the view's middle, in both units. */
function drawScale(c: CanvasRenderingContext2D, view: MapView, write: (text: string, x: number, y: number, colour: string) => void): void {
  const [width, height] = view.size();
  const [lat, lon] = view.unproject(width / 2, height / 2);
  const per_px = metresBetween([lat, lon], view.unproject(width / 2 + 100, height / 2)) / 100;
  const length_m = roundLength(per_px * SCALE_PX);
  const wide = length_m / per_px;
  if (!Number.isFinite(wide) || wide < 20) return;
  const [x, y] = [14, height - FOOT_PX - 8];
  c.beginPath();
  c.moveTo(x, y - 5);
  c.lineTo(x, y);
  c.lineTo(x + wide, y);
  c.lineTo(x + wide, y - 5);
  c.strokeStyle = tone("--map-halo");
  c.lineWidth = 5;
  c.stroke();
  c.strokeStyle = tone("--zone");
  c.lineWidth = 2;
  c.stroke();
  c.textAlign = "left";
  c.font = `550 12px ${tone("--font")}`;
  write(distance(length_m), x + 3, y - 11, tone("--zone"));
}

export function drawLabels(canvas: HTMLCanvasElement, view: MapView, scene: Scene): void {
  const c = canvas.getContext("2d");
  if (!c) return;
  const [width, height] = view.size();
  const ratio = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  c.clearRect(0, 0, width, height);
  const family = tone("--font") || "sans-serif";
  const halo = tone("--map-halo");
  c.lineJoin = "round";
  c.textBaseline = "middle";
  const write = (text: string, x: number, y: number, colour: string): void => {
    c.strokeStyle = halo;
    c.lineWidth = 3.5;
    c.strokeText(text, x, y);
    c.fillStyle = colour;
    c.fillText(text, x, y);
  };
  const blocked: Box[] = [];
  for (const zone of zoneNames(view, scene.features)) {
    c.font = `${zone.ring ? 500 : 650} ${zone.ring ? 11.5 : 13}px ${family}`;
    c.textAlign = "center";
    write(zone.text, zone.x, zone.y - 9, tone("--zone"));
    const half = c.measureText(zone.text).width / 2;
    blocked.push([zone.x - half, zone.y - 17, zone.x + half, zone.y]);
  }
  c.textAlign = "left";
  const fontOf = (w: Wanted): string => `${w.alarm || w.chosen ? 700 : 550} ${w.rank ? 12.5 : 11}px ${family}`;
  const ink = tone("--track-own");
  const calm = tone("--track");
  const placed = placeLabels(wantedOf(view, scene), width, height, (w) => {
    c.font = fontOf(w);
    return [Math.max(...w.lines.map((l) => c.measureText(l).width)), 15 * w.lines.length];
  }, blocked);
  for (const { wanted, x, y } of placed) {
    c.font = fontOf(wanted);
    wanted.lines.forEach((text, i) => write(text, x, y + 7.5 + 15 * i, wanted.rank ? ink : calm));
    if (!wanted.chosen) continue;
    c.strokeStyle = tone("--chosen");
    c.lineWidth = 2.5;
    c.strokeRect(wanted.x - wanted.clear + 2, wanted.y - wanted.clear + 2, 2 * wanted.clear - 4, 2 * wanted.clear - 4);
  }
  drawScale(c, view, write);
  drawAway(c, view, scene.away, write);
}
