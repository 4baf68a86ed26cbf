/** What is drawn over the ground besides the tracks: zones, rings, the chosen mover's trail and route, a sketch. */

import type { LatLon, Zone } from "../model/types";
import { circleRing, corridorRing } from "../pure/geo";
import type { Feature } from "./view";

export interface Sketch {
  shape: "circle" | "polygon" | "corridor" | "route";
  points: LatLon[];
  size_m: number | null; // radius or half width
}

const flip = ([lat, lon]: LatLon): [number, number] => [lon, lat];

/** A zone with its outline from the node; a circle without one is drawn by ourselves, as a stand-in until the node says. */
function outlineOf(zone: Zone): { type: string; coordinates: unknown } | null {
  if (zone.outline) return zone.outline;
  const shape = zone.shape;
  if (shape.type === "circle") return { type: "Polygon", coordinates: [circleRing([shape.lat_deg, shape.lon_deg], shape.radius_m)] };
  if (shape.type === "polygon") return { type: "Polygon", coordinates: [[...shape.outer, ...shape.outer.slice(0, 1)].map(flip)] };
  if (shape.type === "corridor") return { type: "Polygon", coordinates: [corridorRing(shape.line, shape.half_width_m)] };
  return null;
}

/** Lines of an outline end where they began; fewer than three corners are no outline. */
function closed(outline: { type: string; coordinates: unknown } | null): { type: string; coordinates: unknown } | null {
  if (outline?.type !== "MultiLineString") return outline;
  const lines = (outline.coordinates as [number, number][][])
    .filter((line) => line.length >= 3)
    .map((line) => {
      const [first, last] = [line[0], line.at(-1)];
      return first && last && (first[0] !== last[0] || first[1] !== last[1]) ? [...line, first] : line;
    });
  return { type: "MultiLineString", coordinates: lines };
}

/** The node draws outlines as closed lines; to be filled they become areas. In a group each line is an area, else the first has holes. */
function areaOf(zone: Zone, outline: { type: string; coordinates: unknown }): { type: string; coordinates: unknown } {
  if (outline.type !== "MultiLineString") return outline;
  const lines = outline.coordinates as [number, number][][];
  if (zone.shape.type === "group") return { type: "MultiPolygon", coordinates: lines.map((l) => [l]) };
  return { type: "Polygon", coordinates: lines };
}

export function zoneFeatures(zones: Iterable<Zone>, chosen: string | null): Feature[] {
  const found: Feature[] = [];
  for (const zone of zones) {
    const geometry = closed(outlineOf(zone));
    if (zone.withdrawn || !geometry) continue;
    const properties = { chosen: zone.id === chosen, off: !zone.active, name: zone.name };
    found.push({ type: "Feature", geometry: areaOf(zone, geometry), properties: { kind: "area", ...properties } });
    found.push({ type: "Feature", geometry, properties: { kind: "zone", ...properties } });
    for (const ring of zone.ring_outlines ?? []) {
      if (ring.offset_m === 0) continue;
      found.push({ type: "Feature", geometry: closed(ring.outline) ?? ring.outline, properties: { kind: "ring", ...properties, name: ring.name } });
    }
  }
  return found;
}

export function line(kind: "trail" | "route", points: LatLon[]): Feature[] {
  if (points.length < 2) return [];
  return [{ type: "Feature", geometry: { type: "LineString", coordinates: points.map(flip) }, properties: { kind } }];
}

export function sketchFeatures(sketch: Sketch | null): Feature[] {
  if (!sketch) return [];
  const { shape, points, size_m } = sketch;
  const corners: Feature[] = points.map((p) => ({ type: "Feature", geometry: { type: "Point", coordinates: flip(p) }, properties: { kind: "corner" } }));
  const first = points[0];
  let geometry: { type: string; coordinates: unknown } | null = null;
  if (shape === "circle" && first && size_m) geometry = { type: "Polygon", coordinates: [circleRing(first, size_m)] };
  if (shape === "polygon" && points.length >= 3) geometry = { type: "Polygon", coordinates: [[...points, ...points.slice(0, 1)].map(flip)] };
  if (shape === "corridor" && points.length >= 2 && size_m) geometry = { type: "Polygon", coordinates: [corridorRing(points, size_m)] };
  const open = !geometry && points.length >= 2 ? line("route", points) : [];
  return [...(geometry ? [{ type: "Feature" as const, geometry, properties: { kind: "sketch" as const } }] : []), ...open, ...corners];
}
