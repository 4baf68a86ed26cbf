/** Which LAST KNOWN tracks a person may close together: by area and by how long they have been silent. */

import type { LatLon } from "../model/types";

export interface Lost {
  mover: string;
  at: LatLon;
  age_s: number;
  alarmed: boolean;
}

export const CLOSED_AT_ONCE_MAX = 1000; // what the node takes in one act
const NEAR_M = 10_000; // beside a zone counts as its area
const DEGREE_M = 111_320;

/** Within a box of [west, south, east, north], or near it. A box over the date line has its west above its east. */
export function near(at: LatLon, [west, south, east, north]: [number, number, number, number], by_m = NEAR_M): boolean {
  const up = by_m / DEGREE_M;
  const aside = up / Math.max(0.01, Math.cos((at[0] * Math.PI) / 180));
  if (at[0] < south - up || at[0] > north + up) return false;
  const width = (((east - west) % 360) + 360) % 360;
  const from = (((at[1] - west + aside) % 360) + 360) % 360;
  return from <= width + 2 * aside;
}

/** The oldest first. One that has an alarm is never among them: what became of it is a question of its own. */
export function closable(all: Lost[], box: [number, number, number, number] | null, older_s: number): string[] {
  return all
    .filter((one) => !one.alarmed && one.age_s >= older_s && (box === null || near(one.at, box)))
    .sort((a, b) => b.age_s - a.age_s)
    .slice(0, CLOSED_AT_ONCE_MAX)
    .map((one) => one.mover);
}
