/** Numbers into words: always a unit, both parties' units where they differ, never a bare number (R24). */

const M_PER_FT = 0.3048;
const M_PER_NMI = 1852;
const MPS_PER_KT = M_PER_NMI / 3600;
const AGE_MOST_S = 6553; // of the 16 bits the frame has for it, in tenths
export const DASH = "—";

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** 950 → "950 m"; 54717 → "54.7 km". */
export function metres(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return DASH;
  const size = Math.abs(value);
  if (size < 1000) return `${grouped.format(Math.round(value))} m`;
  if (size < 100_000) return `${(value / 1000).toFixed(1)} km`;
  return `${grouped.format(Math.round(value / 1000))} km`;
}

export function nauticalMiles(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return DASH;
  const nmi = value / M_PER_NMI;
  return `${nmi.toFixed(Math.abs(nmi) < 100 ? 1 : 0)} nmi`;
}

/** "27.1 km (14.6 nmi)"; below 100 m the miles would say nothing. */
export const distance = (value: number | null | undefined): string =>
  value === null || value === undefined
    ? DASH
    : Math.abs(value) < 100
      ? metres(value)
      : `${metres(value)} (${nauticalMiles(value)})`;

/** "4,450 m (14,600 ft)" with its datum said by the caller. */
export function height(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return DASH;
  return `${grouped.format(Math.round(value))} m (${grouped.format(Math.round(value / M_PER_FT))} ft)`;
}

export function speed(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return DASH;
  return `${grouped.format(value / MPS_PER_KT)} kt (${grouped.format(value * 3.6)} km/h)`;
}

export const bearing = (value: number | null | undefined): string =>
  value === null || value === undefined || !Number.isFinite(value) ? DASH : `${String(Math.round(value) % 360).padStart(3, "0")}°`;

/** Seconds as a countdown: "0:51", "42:10", "3 h 05". Never negative. */
export function countdown(value_s: number | null | undefined): string {
  if (value_s === null || value_s === undefined || !Number.isFinite(value_s)) return DASH;
  const s = Math.max(0, Math.floor(value_s));
  if (s >= 36_000) return `${Math.floor(s / 3600)} h`;
  if (s >= 3600) return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, "0")}`;
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

/** An age in one unit: "4 s", "12 min", "3 h", "2 d". */
export function age(value_s: number | null | undefined): string {
  if (value_s === null || value_s === undefined || !Number.isFinite(value_s)) return DASH;
  const s = Math.max(0, value_s);
  if (s < 100) return `${Math.floor(s)} s`;
  if (s < 6000) return `${Math.floor(s / 60)} min`;
  if (s < 48 * 3600) return `${Math.floor(s / 3600)} h`;
  return `${Math.floor(s / 86_400)} d`;
}

/** A length of time of any size: "40 ms", "3.2 s", "8 s", "12 min". */
export function span(value_s: number | null | undefined): string {
  if (value_s === null || value_s === undefined || !Number.isFinite(value_s)) return DASH;
  if (value_s < 1) return `${Math.round(value_s * 1000)} ms`;
  return value_s < 10 ? `${(Math.floor(value_s * 10) / 10).toFixed(1).replace(/\.0$/, "")} s` : age(value_s);
}

/** "12:04:31Z" */
export function clockZ(ms: number): string {
  return Number.isFinite(ms) ? `${new Date(ms).toISOString().slice(11, 19)}Z` : DASH;
}

/** "2024-05-18 12:04:31Z" */
export function stampZ(said: string | null | undefined): string {
  if (!said) return DASH;
  const ms = Date.parse(said);
  return Number.isFinite(ms) ? new Date(ms).toISOString().replace("T", " ").replace(/\.\d+Z$/, "Z") : said;
}

/** The time alone when it is today, else the date too. */
export function shortZ(said: string | null | undefined, now_ms: number): string {
  if (!said) return DASH;
  const ms = Date.parse(said);
  if (!Number.isFinite(ms)) return said;
  const same = new Date(ms).toISOString().slice(0, 10) === new Date(now_ms).toISOString().slice(0, 10);
  return same ? clockZ(ms) : stampZ(said);
}

/** Wall time in a named zone with its offset: "15:04 +03:00". Empty where the zone is not known to this browser. */
export function clockIn(zone: string | null, ms: number): string {
  if (!zone || !Number.isFinite(ms)) return "";
  try {
    const parts = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hour: "2-digit",
      minute: "2-digit",
      timeZoneName: "longOffset",
    }).formatToParts(ms);
    const of = (type: string): string => parts.find((p) => p.type === type)?.value ?? "";
    return `${of("hour")}:${of("minute")} ${of("timeZoneName").replace("GMT", "") || "+00:00"}`;
  } catch {
    return "";
  }
}

export const number = (value: number | null | undefined): string =>
  value === null || value === undefined ? DASH : grouped.format(value);

/** Fill {slots} of a catalogue sentence. A slot without a value stays visible, so that the mistake is seen. */
export const fill = (sentence: string, values: Record<string, string | number>): string =>
  sentence.replace(/\{(\w+)\}/g, (slot, name: string) => (name in values ? String(values[name]) : slot));

/** An age as the tracks socket carries it, which stops counting at 6,553 s: "70 s", and from there "> 1 h". */
export const agedAtLeast = (value_s: number | null | undefined): string =>
  value_s !== null && value_s !== undefined && value_s >= AGE_MOST_S ? `> ${age(AGE_MOST_S)}` : age(value_s);
