/** Ranges into words, by the rules of incident/spread.py: one number where both ends read the same (R28). */

import { fill, metres } from "./format.js";

export interface Words {
  between: string;
  before: string;
  after: string;
  upTo: string;
  atLeast: string;
}

/** "27.0 km"; "between 26.9 km and 27.1 km"; "up to 140 m"; "at least 5.0 km". */
export function lengths(value: number | null, ends: [number, number | null] | null | undefined, words: Words): string {
  if (!ends) return metres(value);
  const least = metres(ends[0]);
  if (ends[1] === null) return fill(words.atLeast, { least });
  const most = metres(ends[1]);
  if (least === most) return most;
  return least === metres(0) ? fill(words.upTo, { most }) : fill(words.between, { least, most });
}

/** "09:31:02Z"; "between 09:31:02Z and 09:31:40Z"; "at or before 09:31:02Z"; "" where neither end is known. */
export function moments(
  ends: [string | null, string | null] | null | undefined, clock: (at: string) => string, words: Words,
): string {
  const [start, end] = ends ?? [null, null];
  const least = start === null ? "" : clock(start);
  const most = end === null ? "" : clock(end);
  if (least && most) return least === most ? most : fill(words.between, { least, most });
  if (most) return fill(words.before, { most });
  return least && fill(words.after, { least });
}
