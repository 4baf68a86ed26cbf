/** Movers in alarm that the map does not show: marks at its edge, so that nothing urgent is out of sight. */

import { edgeOf, type Edge } from "../pure/edge";
import { tone } from "../station";
import type { MapView } from "./view";

const INSET_PX = 20;
const TOP_PX = 62; // below the buttons
const REACH_PX = 24;
const APART_PX = 60; // nearer marks would cover each other: they become one
const MOST = 12; // marks; the control beside them counts all

export interface Alarmed {
  mover: string;
  name: string;
  rank: number; // 1 advisory … 3 critical
  lat_deg: number;
  lon_deg: number;
}
export type Away = Alarmed & Edge & { more: number }; // how many others the mark stands for

/** A mark for those off the map, the worst first; what lies the same way shares one. */
export function awayOf(view: MapView, alarmed: readonly Alarmed[]): Away[] {
  const [width, height] = view.size();
  const found: Away[] = [];
  for (const one of [...alarmed].sort((a, b) => b.rank - a.rank || (a.name < b.name ? -1 : 1))) {
    const edge = edgeOf(...view.project(one.lat_deg, one.lon_deg), width, height, INSET_PX);
    if (!edge) continue;
    const y = Math.max(Math.min(TOP_PX, height / 2), edge.y);
    const near = found.find((other) => Math.hypot(other.x - edge.x, other.y - y) < APART_PX);
    if (near) near.more++;
    else found.push({ ...one, ...edge, y, more: 0 });
  }
  return found;
}

export const countAway = (away: readonly Away[]): number => away.reduce((sum, one) => sum + 1 + one.more, 0);

/** The mark under a click. */
export const pickAway = (away: readonly Away[], x: number, y: number): Away | undefined =>
  away.slice(0, MOST).find((one) => Math.hypot(one.x - x, one.y - y) <= REACH_PX);

const COLOURS = ["", "--advisory", "--warning", "--critical"];

/** An arrow outwards in the colour of the alarm, with the mover's name towards the middle. */
export function drawAway(c: CanvasRenderingContext2D, view: MapView, away: readonly Away[], write: (text: string, x: number, y: number, colour: string) => void): void {
  const [width, height] = view.size();
  c.font = `700 12.5px ${tone("--font")}`;
  for (const one of away.slice(0, MOST).reverse()) {
    c.save();
    c.translate(one.x, one.y);
    c.rotate(one.turn);
    c.beginPath();
    c.moveTo(15, 0);
    c.lineTo(-9, -12);
    c.lineTo(-4, 0);
    c.lineTo(-9, 12);
    c.closePath();
    c.lineJoin = "round";
    c.strokeStyle = tone("--track-outline");
    c.lineWidth = 3;
    c.stroke();
    c.fillStyle = tone(COLOURS[one.rank] ?? "--critical");
    c.fill();
    c.restore();
    const right = one.x > width / 2;
    c.textAlign = right ? "right" : "left";
    const high = Math.min(height - 12, Math.max(12, one.y + (Math.abs(Math.sin(one.turn)) > 0.8 ? (one.y > height / 2 ? -22 : 22) : 0)));
    write(one.more > 0 ? `${one.name} + ${one.more}` : one.name, one.x + (right ? -20 : 20), high, tone("--track-own"));
  }
  c.textAlign = "left";
}
