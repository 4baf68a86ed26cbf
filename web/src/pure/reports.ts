/** Why a report did not move its track: the three ways there are (src/openline/tracks/intake.py). */

export interface Told {
  observed: string | null;
  heard: string | null;
  lat_deg: number | null;
  lon_deg: number | null;
  used?: boolean;
}

export type WhyNot = "late" | "frozen" | "jump" | "notKnown";

/**
 * By report, newest first; null for one that was used. The node says only that it was not used; why follows from the last used
 * report before it: not after that one is late, at the same spot is a frozen position, else it was too far to have got there.
 */
export function whyNotUsed(reports: readonly Told[]): (WhyNot | null)[] {
  const time = (one: Told): number => Date.parse(one.observed ?? one.heard ?? "");
  return reports.map((one, i) => {
    if (one.used !== false) return null;
    const before = reports.slice(i + 1).find((other) => other.used !== false);
    if (!before) return "notKnown";
    if (time(one) <= time(before)) return "late";
    return one.lat_deg === before.lat_deg && one.lon_deg === before.lon_deg ? "frozen" : "jump";
  });
}
