/** Geometry for drawing only, on a sphere: the node's answers (outlines, distances, times) are the ones that count. */

import type { LatLon, Shape } from "../model/types";

const RADIUS_M = 6_371_008.8; // mean Earth radius, IUGG
const RAD = Math.PI / 180;
export const MOST_LAT_DEG = 85.051129; // the edge of the Mercator square
export const METRES_PER_PIXEL_Z0 = 78271.51696; // at the equator, 512-pixel tiles

/** Longitude and latitude to the Mercator unit square, x east, y south. */
export const mercX = (lon_deg: number): number => (lon_deg + 180) / 360;
export function mercY(lat_deg: number): number {
  const lat = Math.max(-MOST_LAT_DEG, Math.min(MOST_LAT_DEG, lat_deg)) * RAD;
  return 0.5 - Math.log(Math.tan(Math.PI / 4 + lat / 2)) / (2 * Math.PI);
}
export const lonOf = (x: number): number => x * 360 - 180;
export const latOf = (y: number): number => (2 * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) - Math.PI / 2) / RAD;

export const wrapLon = (lon_deg: number): number => ((((lon_deg + 180) % 360) + 360) % 360) - 180;

export function metresBetween(a: LatLon, b: LatLon): number {
  const dlat = (b[0] - a[0]) * RAD;
  const dlon = (b[1] - a[1]) * RAD;
  const h = Math.sin(dlat / 2) ** 2 + Math.cos(a[0] * RAD) * Math.cos(b[0] * RAD) * Math.sin(dlon / 2) ** 2;
  return 2 * RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

export function bearingTo(a: LatLon, b: LatLon): number {
  const dlon = (b[1] - a[1]) * RAD;
  const y = Math.sin(dlon) * Math.cos(b[0] * RAD);
  const x = Math.cos(a[0] * RAD) * Math.sin(b[0] * RAD) - Math.sin(a[0] * RAD) * Math.cos(b[0] * RAD) * Math.cos(dlon);
  return (Math.atan2(y, x) / RAD + 360) % 360;
}

export function destination(from: LatLon, bearing_deg: number, distance_m: number): LatLon {
  const d = distance_m / RADIUS_M;
  const lat = from[0] * RAD;
  const b = bearing_deg * RAD;
  const lat2 = Math.asin(Math.sin(lat) * Math.cos(d) + Math.cos(lat) * Math.sin(d) * Math.cos(b));
  const lon2 = from[1] * RAD + Math.atan2(Math.sin(b) * Math.sin(d) * Math.cos(lat), Math.cos(d) - Math.sin(lat) * Math.sin(lat2));
  return [lat2 / RAD, wrapLon(lon2 / RAD)];
}

/** A closed ring of [lon, lat] around a centre, continuous across the antimeridian. */
export function circleRing(centre: LatLon, radius_m: number, points = 96): [number, number][] {
  const ring: [number, number][] = [];
  for (let i = 0; i <= points; i++) {
    const [lat, lon] = destination(centre, (i * 360) / points, radius_m);
    ring.push([centre[1] + wrapLon(lon - centre[1]), lat]);
  }
  return ring;
}

/** The two sides of a corridor as one ring, mitres left out: a sketch while drawing. */
export function corridorRing(line: LatLon[], half_width_m: number): [number, number][] {
  const left: [number, number][] = [];
  const right: [number, number][] = [];
  line.forEach((p, i) => {
    const before = line[i - 1] ?? p;
    const after = line[i + 1] ?? p;
    const along = bearingTo(before === p ? p : before, after === p ? p : after);
    const [llat, llon] = destination(p, along - 90, half_width_m);
    const [rlat, rlon] = destination(p, along + 90, half_width_m);
    left.push([llon, llat]);
    right.push([rlon, rlat]);
  });
  const ring = [...left, ...right.reverse()];
  const first = ring[0];
  return first ? [...ring, first] : [];
}

/** [west, south, east, north] of any nested GeoJSON coordinates; null when there is none. */
export function boundsOf(coordinates: unknown): [number, number, number, number] | null {
  let found: [number, number, number, number] | null = null;
  const walk = (node: unknown): void => {
    if (!Array.isArray(node)) return;
    if (typeof node[0] === "number" && typeof node[1] === "number") {
      const [x, y] = node as [number, number];
      found = found
        ? [Math.min(found[0], x), Math.min(found[1], y), Math.max(found[2], x), Math.max(found[3], y)]
        : [x, y, x, y];
      return;
    }
    node.forEach(walk);
  };
  walk(coordinates);
  return found;
}

/** A length with its unit to metres. There is no bare mile here on purpose (R2). */
export const LENGTH_M: Record<string, number> = { m: 1, km: 1000, nmi: 1852, statute_mi: 1609.344, ft: 0.3048, yd: 0.9144 };

/** The largest of 1, 2, 5 × 10ⁿ metres that is not longer than this. */
export function roundLength(most_m: number): number {
  if (!(most_m > 0)) return Number.NaN;
  const ten = 10 ** Math.floor(Math.log10(most_m));
  return (most_m / ten >= 5 ? 5 : most_m / ten >= 2 ? 2 : 1) * ten;
}

export interface Scale {
  /** Where the mover stands, 0 (deep inside) … 1 (far outside). */
  at: number;
  marks: { name: string; at: number; offset_m: number }[];
  boundary: number;
}

/** About how far a zone reaches from its middle, in metres: what "near" and "deep inside" are measured by where no ring says it. */
export function reachOf(shape: Shape): number {
  if (shape.type === "circle") return shape.radius_m;
  if (shape.type === "corridor") return shape.half_width_m;
  if (shape.type === "group") return Math.max(...shape.parts.map(reachOf));
  const [first] = shape.outer;
  return first ? Math.max(...shape.outer.map((corner) => metresBetween(first, corner))) / 2 : Number.NaN;
}

const NO_REACH_M = 10_000; // of a zone nothing is known of

/**
 * The closing scale of an alarm card: the boundary at a third, the outermost and innermost ring at fixed places, or a place as far
 * as the zone reaches where it has none. Beyond them the scale is squeezed, never cut.
 */
export function closingScale(boundary_m: number | null, rings: { name: string; offset_m: number }[], reach_m: number | null = null): Scale | null {
  if (boundary_m === null || !Number.isFinite(boundary_m)) return null;
  const boundary = 0.34;
  const near_m = reach_m !== null && reach_m > 0 ? reach_m : NO_REACH_M;
  const outermost = Math.max(0, ...rings.map((r) => r.offset_m));
  const innermost = Math.max(0, ...rings.map((r) => -r.offset_m));
  const outer = outermost || near_m;
  const inner = innermost || near_m;
  const place = (m: number): number =>
    m >= 0
      ? boundary + (0.97 - boundary) * (1 - Math.exp((-1.6 * m) / outer))
      : boundary - (boundary - 0.03) * (1 - Math.exp((1.6 * m) / inner));
  return {
    at: place(boundary_m),
    marks: rings.filter((r) => r.offset_m !== 0).map((r) => ({ name: r.name, at: place(r.offset_m), offset_m: r.offset_m })),
    boundary,
  };
}
