/** The zone editor's form as a person fills it, and what the node is sent. No unit, no meaning and no limit is ever guessed. */

import type { Datum, Hours, LatLon, Limit, Ring, Shape, Zone, ZoneDraft } from "../model/types";
import { LENGTH_M } from "./geo.js";

export type DraftShape = "circle" | "polygon" | "corridor" | "kept";
/** "mile" is what people say; it must become one of two, or be recorded as not stated (R2). */
export type DraftUnit = "" | "m" | "km" | "nmi" | "statute_mi" | "ft" | "yd" | "mile" | "mile_not_stated";
export type Means = "" | "radius" | "diameter" | "across" | "not stated";

export interface RingDraft {
  name: string;
  offset: string;
  unit: DraftUnit;
  rule: Ring["rule"];
  says: string;
}
export interface LimitDraft {
  value: string;
  unit: "" | Limit["unit"];
  datum: "" | Datum;
}
export interface HoursDraft {
  weekdays: number[];
  from: string;
  until: string;
}

export interface Draft {
  id: string;
  issuer: string;
  serial: number;
  name: string;
  shape: DraftShape;
  kept: Shape | null; // several areas, or holes: shown, kept, not edited here
  points: LatLon[];
  size: string;
  unit: DraftUnit;
  means: Means;
  words: string;
  edge_rule: "geodesic" | "lonlat";
  rings: RingDraft[];
  lower: LimitDraft | null;
  upper: LimitDraft | null;
  hours: HoursDraft[];
  applies_to: string;
  asks: string;
  exempt: string;
  purpose: string;
  effective: string;
  expires: string;
  review: string | null;
  reason: string;
}

export const empty = (): Draft => ({
  id: "",
  issuer: "",
  serial: 0,
  name: "",
  shape: "circle",
  kept: null,
  points: [],
  size: "",
  unit: "",
  means: "",
  words: "",
  edge_rule: "geodesic",
  rings: [],
  lower: null,
  upper: null,
  hours: [],
  applies_to: "",
  asks: "",
  exempt: "",
  purpose: "",
  effective: "",
  expires: "",
  review: null,
  reason: "",
});

const words = (list: string): string[] => list.split(",").map((w) => w.trim()).filter(Boolean);

/** A plain decimal, with a comma or a point; anything else is not a number. */
export function numberOf(text: string): number | null {
  const plain = text.trim().replace(",", ".");
  return /^[+-]?\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}

/** Every length the typed words can mean, the widest first: one when they are plain, two where the kind of mile is not stated. */
export function readingsOf(size: string, unit: DraftUnit, means: Means): number[] {
  const value = numberOf(size);
  if (value === null || value <= 0 || unit === "") return [];
  const miles = unit === "mile" || unit === "mile_not_stated";
  const units = miles ? [1852, 1609.344] : [LENGTH_M[unit] ?? Number.NaN];
  const halves = means === "diameter" || means === "across" ? [0.5] : means === "not stated" ? [1, 0.5] : [1];
  return [...new Set(units.flatMap((u) => halves.map((h) => value * u * h)))].sort((a, b) => b - a);
}

const hhmm = (text: string): number | null => {
  const found = /^(\d{2}):(\d{2})$/.exec(text);
  return found ? Number(found[1]) * 3600 + Number(found[2]) * 60 : null;
};
const asHHMM = (s: number): string => `${String(Math.floor(s / 3600) % 24).padStart(2, "0")}:${String(Math.floor((s % 3600) / 60)).padStart(2, "0")}`;

const openRing = (ring: LatLon[]): LatLon[] => {
  const [first, last] = [ring[0], ring.at(-1)];
  return ring.length > 1 && first && last && first[0] === last[0] && first[1] === last[1] ? ring.slice(0, -1) : ring;
};

function limitDraft(limit: Limit | null): LimitDraft | null {
  return limit ? { value: String(limit.value), unit: limit.unit, datum: limit.datum } : null;
}

/** The form for an existing zone. Its size is shown as declared where words and geometry agree, else in metres. */
export function draftOf(zone: Zone): Draft {
  const { shape, declared } = zone;
  const plain = shape.type === "circle" || shape.type === "corridor" || (shape.type === "polygon" && shape.holes.length === 0);
  const size_m = shape.type === "circle" ? shape.radius_m : shape.type === "corridor" ? shape.half_width_m : null;
  const means: Means = shape.type === "circle" ? (declared.means || "radius") : "radius";
  const unit = (declared.unit in LENGTH_M ? declared.unit : declared.unit.startsWith("mile") ? "mile_not_stated" : "") as DraftUnit;
  const said = readingsOf(declared.value, unit, means);
  const agrees = size_m !== null && said[0] !== undefined && Math.abs(said[0] - size_m) < 1;
  return {
    ...empty(),
    id: zone.id,
    issuer: zone.issuer,
    serial: zone.serial,
    name: zone.name,
    shape: plain ? (shape.type as DraftShape) : "kept",
    kept: shape,
    points: shape.type === "circle" ? [[shape.lat_deg, shape.lon_deg]] : shape.type === "corridor" ? shape.line : shape.type === "polygon" ? openRing(shape.outer) : [],
    size: size_m === null ? "" : agrees ? declared.value : String(size_m),
    unit: size_m === null ? "" : agrees ? unit : "m",
    means: agrees ? means : "radius",
    words: declared.words,
    edge_rule: zone.edge_rule,
    rings: zone.rings
      .filter((r) => r.offset_m !== 0)
      .map((r) => ({ name: r.name, offset: String(r.offset_m), unit: "m" as DraftUnit, rule: r.rule, says: r.says })),
    lower: limitDraft(zone.lower),
    upper: limitDraft(zone.upper),
    hours: zone.hours.map((h) => ({ weekdays: [...h.weekdays], from: asHHMM(h.start_s), until: asHHMM(h.end_s) })),
    applies_to: zone.applies_to.join(", "),
    asks: zone.asks,
    exempt: zone.exempt.join(", "),
    purpose: zone.purpose,
    effective: zone.effective?.slice(0, 16) ?? "",
    expires: zone.expires?.slice(0, 16) ?? "",
    review: zone.review,
  };
}

export type Need = "name" | "shape" | "unit" | "mile" | "means" | "applies" | "asks" | "purpose" | "reason" | "ring" | "limit";

const sized = (draft: Draft): boolean => draft.shape === "circle" || draft.shape === "corridor";
const LEAST_POINTS: Record<DraftShape, number> = { circle: 1, polygon: 3, corridor: 2, kept: 0 };
const limitBad = (limit: LimitDraft | null): boolean =>
  limit !== null && (numberOf(limit.value) === null || !limit.unit || !limit.datum || (limit.unit === "fl" && limit.datum !== "baro"));

/** What a person must still say before this can be published. Empty: nothing. */
export function needsOf(draft: Draft): Need[] {
  const found: Need[] = [];
  if (!draft.name.trim()) found.push("name");
  if (draft.points.length < LEAST_POINTS[draft.shape] || (sized(draft) && readingsOf(draft.size, "m", "radius").length === 0)) found.push("shape");
  if (sized(draft) && draft.unit === "") found.push("unit");
  if (sized(draft) && draft.unit === "mile") found.push("mile");
  if (draft.shape === "circle" && draft.means === "") found.push("means");
  if (draft.rings.some((r) => !r.name.trim() || numberOf(r.offset) === null || r.unit === "" || r.unit.startsWith("mile"))) found.push("ring");
  if (limitBad(draft.lower) || limitBad(draft.upper)) found.push("limit");
  if (words(draft.applies_to).length === 0) found.push("applies");
  if (!draft.asks.trim()) found.push("asks");
  if (!draft.purpose.trim()) found.push("purpose");
  if (!draft.reason.trim()) found.push("reason");
  return found;
}

function shapeOf(draft: Draft, size_m: number): Shape {
  const first = draft.points[0] ?? [0, 0];
  if (draft.shape === "circle") return { type: "circle", lat_deg: first[0], lon_deg: first[1], radius_m: size_m };
  if (draft.shape === "corridor") return { type: "corridor", line: draft.points, half_width_m: size_m };
  if (draft.shape === "polygon" || !draft.kept) return { type: "polygon", outer: draft.points, holes: [] };
  return draft.kept;
}

function limitOf(limit: LimitDraft | null): Limit | null {
  if (!limit || !limit.unit || !limit.datum) return null;
  const value = numberOf(limit.value) ?? 0;
  const metres = { m: 1, ft: 0.3048, fl: 30.48 }[limit.unit];
  return { value, unit: limit.unit, datum: limit.datum, altitude_m: value * metres };
}

const hoursOf = (row: HoursDraft): Hours => ({ weekdays: row.weekdays, start_s: hhmm(row.from) ?? 0, end_s: hhmm(row.until) ?? 0 });
const instant = (text: string): string | null => (text ? `${text}:00.000Z` : null);

/** What `zone.put` is sent. Call only when `needsOf` is empty. */
export function zoneOf(draft: Draft): ZoneDraft {
  const readings = sized(draft) ? readingsOf(draft.size, draft.unit, draft.shape === "circle" ? draft.means : "radius") : [];
  const unit = draft.unit === "mile_not_stated" ? "mile, kind not stated" : draft.unit;
  const rings: Ring[] = draft.rings.map((r) => ({
    name: r.name.trim(),
    offset_m: (numberOf(r.offset) ?? 0) * (LENGTH_M[r.unit] ?? 1),
    rule: r.rule,
    says: r.says.trim(),
  }));
  return {
    id: draft.id,
    issuer: draft.issuer,
    serial: draft.serial,
    name: draft.name.trim(),
    shape: shapeOf(draft, readings[0] ?? 0),
    edge_rule: draft.edge_rule,
    rings: [...rings, { name: "boundary", offset_m: 0, rule: "boundary" as const, says: "" }],
    lower: limitOf(draft.lower),
    upper: limitOf(draft.upper),
    hours: draft.hours.map(hoursOf),
    effective: instant(draft.effective),
    expires: instant(draft.expires),
    review: draft.review,
    declared: sized(draft)
      ? { words: draft.words.trim(), value: draft.size.trim(), unit, means: draft.shape === "circle" ? draft.means : "", other_readings_m: readings.slice(1) }
      : { words: draft.words.trim(), value: "", unit: "", means: "", other_readings_m: [] },
    applies_to: words(draft.applies_to),
    asks: draft.asks.trim(),
    exempt: words(draft.exempt),
    purpose: draft.purpose.trim(),
  };
}
