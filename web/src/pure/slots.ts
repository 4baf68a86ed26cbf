/**
 * What a person typed for a slot of a message, into the slot's own unit, as docs/messages.md counts it. `step` is how large one
 * unit of the last typed digit was, so that "34 miles" read back is held against 34 miles and not against a metre.
 */

import type { LatLon } from "../model/types";
import type { Params, Slot } from "../model/line";

/** One field as it stands in the form. Nothing has a default: a missing unit is asked for, never guessed. */
export interface Typed {
  text: string;
  unit: string;
  datum: string;
  at: LatLon | null;
}
export const blank = (): Typed => ({ text: "", unit: "", datum: "", at: null });

export type Wrong = "number" | "unit" | "datum" | "time" | "range" | "long";
export interface Read {
  params: Params;
  steps: Record<string, number>;
}
export type Reading = { state: "empty" } | { state: "wrong"; why: Wrong } | ({ state: "good" } & Read);

export const LENGTHS_M: Record<string, number> = { m: 1, km: 1000, nmi: 1852, statute_mi: 1609.344, ft: 0.3048, yd: 0.9144 };
export const SPEEDS_CMPS: Record<string, number> = { kmh: 100 / 3.6, kt: 185_200 / 3600, mps: 100 };
export const HEIGHTS_CM: Record<string, number> = { ft: 30.48, m: 100, fl: 3048 };
export const DATUMS = ["amsl", "agl", "wgs84", "baro"] as const;
export const NO_HEIGHT = ["unlimited", "not_stated"] as const;

const EMPTY: Reading = { state: "empty" };
const wrong = (why: Wrong): Reading => ({ state: "wrong", why });
const good = (params: Params, steps: Record<string, number> = {}): Reading => ({ state: "good", params, steps });

const DAY_MS = 86_400_000;
const US_PER_MS = 1000;
const MINUTE_US = 60_000_000;

/** The parameters that fill a slot, in the order in which a message carries them. */
export function parameters(slot: { name: string; kind: string }): string[] {
  const stem = slot.name.slice(0, Math.max(0, slot.name.lastIndexOf("_")));
  if (slot.kind === "place") return [`${stem}_lat_1e7`, `${stem}_lon_1e7`];
  if (slot.kind === "altitude") return [`${stem}_cm`, `${stem}_datum`];
  return [slot.name];
}

/** A number as digits with at most one point; its value and the size of one unit of its last digit. */
function numberOf(text: string): { value: number; step: number } | null {
  const said = text.trim().replace(/^\+/, "").replaceAll(" ", "");
  if (!/^-?\d{1,9}(\.\d{1,7})?$/.test(said)) return null;
  const places = said.includes(".") ? said.length - said.indexOf(".") - 1 : 0;
  return { value: Number(said), step: 10 ** -places };
}

/** In the slot's unit, rounded; a step of one unit or less says nothing and is left out. */
function scaled(name: string, typed: Typed, sizes: Record<string, number>): Reading {
  const found = numberOf(typed.text);
  if (found === null) return wrong("number");
  const size = sizes[typed.unit];
  if (size === undefined) return wrong("unit");
  const step = Math.ceil(found.step * size - 1e-9);
  return good({ [name]: Math.round(found.value * size) }, step > 1 ? { [name]: step } : {});
}

/**
 * "09:45", "0945Z", "09:45:30", "2017-05-18 09:45": UTC. A time without a day is the nearest one to now. Null where it is none.
 * `toMinute`: no seconds were said.
 */
export function timeOf(text: string, now_ms: number): { at_ms: number; toMinute: boolean } | null {
  const found = /^(?:(\d{4})-(\d\d)-(\d\d)[ T]+)?(\d\d):?(\d\d)(?::?(\d\d))?\s*(?:Z|UTC)?$/i.exec(text.trim());
  if (!found) return null;
  const [year, month, day, hour, minute, second] = found.slice(1).map((part) => (part === undefined ? Number.NaN : Number(part))) as [number, number, number, number, number, number];
  if (hour > 23 || minute > 59 || second > 59) return null;
  const clock_ms = (hour * 3600 + minute * 60 + (Number.isNaN(second) ? 0 : second)) * 1000;
  if (!Number.isNaN(year)) {
    const at_ms = Date.UTC(year, month - 1, day) + clock_ms;
    const date = new Date(at_ms);
    return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? { at_ms, toMinute: Number.isNaN(second) } : null;
  }
  const today = Math.floor(now_ms / DAY_MS) * DAY_MS + clock_ms;
  const near = [today - DAY_MS, today, today + DAY_MS].sort((a, b) => Math.abs(a - now_ms) - Math.abs(b - now_ms))[0] ?? today;
  return { at_ms: near, toMinute: Number.isNaN(second) };
}

function timeRead(name: string, text: string, now_ms: number): Reading {
  const found = timeOf(text, now_ms);
  if (!found) return wrong("time");
  return good({ [name]: found.at_ms * US_PER_MS }, found.toMinute ? { [name]: MINUTE_US } : {});
}

function placeRead(slot: Slot, at: LatLon | null): Reading {
  if (!at) return EMPTY;
  const grid = slot.grid_1e7 ?? 1;
  const on = (deg: number): number => Math.round((deg * 1e7) / grid) * grid;
  const [lat, lon] = parameters(slot);
  return good({ [lat as string]: on(at[0]), [lon as string]: on(at[1]) });
}

/** Ground is 0 above ground; a flight level is on pressure; without limit, and not stated, have no number. */
function heightRead(slot: Slot, typed: Typed): Reading {
  const [number, datum] = parameters(slot) as [string, string];
  if (typed.datum === "ground") return good({ [number]: 0, [datum]: "agl" });
  if ((NO_HEIGHT as readonly string[]).includes(typed.datum)) return good({ [datum]: typed.datum });
  if (!typed.text.trim()) return typed.datum || typed.unit ? wrong("number") : EMPTY;
  const read = scaled(number, typed, HEIGHTS_CM);
  if (read.state !== "good") return read;
  const on = typed.unit === "fl" ? "baro" : typed.datum;
  return on ? good({ ...read.params, [datum]: on }, read.steps) : wrong("datum");
}

function bearingRead(name: string, text: string): Reading {
  const found = numberOf(text.replace(/[°T\s]+$/i, ""));
  if (!found || !Number.isInteger(found.value)) return wrong("number");
  return found.value < 0 || found.value > 360 ? wrong("range") : good({ [name]: found.value % 360 });
}

function integerRead(slot: Slot, text: string): Reading {
  const found = numberOf(text);
  if (!found || !Number.isInteger(found.value)) return wrong("number");
  return found.value < (slot.least ?? 0) ? wrong("range") : good({ [slot.name]: found.value });
}

/** What stands in a field, as parameters. */
export function read(slot: Slot, typed: Typed, now_ms: number): Reading {
  const text = typed.text.trim();
  if (slot.kind === "place") return placeRead(slot, typed.at);
  if (slot.kind === "altitude") return heightRead(slot, typed);
  if (!text) return EMPTY;
  switch (slot.kind) {
    case "distance":
      return scaled(slot.name, typed, LENGTHS_M);
    case "speed":
      return scaled(slot.name, typed, SPEEDS_CMPS);
    case "time":
      return timeRead(slot.name, text, now_ms);
    case "bearing":
      return bearingRead(slot.name, text);
    case "integer":
      return integerRead(slot, text);
    default:
      return text.length > (slot.most ?? 500) ? wrong("long") : good({ [slot.name]: text });
  }
}

export interface Whole extends Read {
  missing: string[]; // slots that must be filled and are not
  wrong: { slot: string; why: Wrong }[];
}

/** All fields of a form together. */
export function readAll(slots: Slot[], typed: Record<string, Typed>, now_ms: number): Whole {
  const whole: Whole = { params: {}, steps: {}, missing: [], wrong: [] };
  for (const slot of slots) {
    const one = read(slot, typed[slot.name] ?? blank(), now_ms);
    if (one.state === "wrong") whole.wrong.push({ slot: slot.name, why: one.why });
    else if (one.state === "empty") {
      if (!slot.optional) whole.missing.push(slot.name);
    } else {
      Object.assign(whole.params, one.params);
      Object.assign(whole.steps, one.steps);
    }
  }
  return whole;
}

const KINDS: [RegExp, Slot["kind"]][] = [
  [/_(count|number|min)$/, "integer"],
  [/_m$/, "distance"],
  [/_us$/, "time"],
  [/_deg$/, "bearing"],
  [/_cmps$/, "speed"],
  [/_choice$/, "choice"],
  [/_party$/, "party"],
  [/(^|_)unit$/, "unit"],
];

/** The slot that a parameter belongs to, by its ending: for a template that is not known here. */
export function slotNamed(name: string): Slot {
  const rest = { optional: true, most: null, choices: null };
  const place = /^(.*)_(lat|lon)_1e7$/.exec(name);
  if (place) return { name: `${place[1]}_place`, kind: "place", ...rest };
  const height = /^(.*)_(cm|datum)$/.exec(name);
  if (height) return { name: `${height[1]}_altitude`, kind: "altitude", ...rest };
  return { name, kind: KINDS.find(([ending]) => ending.test(name))?.[1] ?? "text", ...rest };
}

/** The slots that these parameters name, each once, as the template has them where it is known. */
export function slotsOf(names: string[], known: Slot[]): Slot[] {
  const found = new Map<string, Slot>();
  for (const name of names) {
    const slot = known.find((one) => parameters(one).includes(name)) ?? slotNamed(name);
    found.set(slot.name, slot);
  }
  return [...found.values()];
}

/** How a value that the picture has goes into a field: as a person would have typed it. */
export const typedKm = (value_m: number): Typed => ({ ...blank(), text: (value_m / 1000).toFixed(1), unit: "km" });
export const typedKmh = (value_mps: number): Typed => ({ ...blank(), text: String(Math.round(value_mps * 3.6)), unit: "kmh" });
export const typedFt = (value_m: number, datum: string): Typed => ({ ...blank(), text: String(Math.round(value_m / 0.3048)), unit: "ft", datum });
export const typedTime = (at_ms: number): Typed => ({ ...blank(), text: new Date(at_ms).toISOString().slice(0, 19).replace("T", " ") });
export const typedText = (text: string): Typed => ({ ...blank(), text });

/** The first of these units and places in which the value is the same again; the last where none is. */
function roundest(value: number, ways: [string, number][], sizes: Record<string, number>): Typed {
  const said = ways.map(([unit, places]) => ({ unit, text: (value / (sizes[unit] ?? 1)).toFixed(places) }));
  const same = said.find(({ unit, text }) => Math.round(Number(text) * (sizes[unit] ?? 1)) === value) ?? said.at(-1);
  return { ...blank(), ...same };
}

/** A value of a message back into its field, in the unit it has there. */
export function typedOf(slot: Slot, params: Params): Typed {
  const [first, second] = parameters(slot).map((name) => params[name]);
  if (slot.kind === "altitude") return second === undefined ? blank() : { ...blank(), text: first === undefined ? "" : String(Number(first) / 100), unit: first === undefined ? "" : "m", datum: String(second) };
  if (first === undefined) return blank();
  switch (slot.kind) {
    case "place":
      return { ...blank(), at: [Number(first) / 1e7, Number(second) / 1e7] };
    case "time":
      return typedTime(Number(first) / US_PER_MS);
    case "distance":
      return roundest(Number(first), [["km", 0], ["km", 1], ["m", 0]], LENGTHS_M);
    case "speed":
      return roundest(Number(first), [["kmh", 0], ["kt", 0], ["kmh", 1], ["mps", 2]], SPEEDS_CMPS);
    default:
      return typedText(String(first));
  }
}
