/** Which mover is under a click, and the style byte of every record. */

import { FLOOD } from "../pure/rank";
import { type Frame, latAt, lonAt, slotAt } from "../pure/frame";
import type { SlotName } from "../model/types";
import { BARE, CHOSEN, type MapView } from "./view";

const REACH_PX = 16; // half of a 24 px aim and a little

/** The nearest mover within reach; an alarmed one wins over a calm one. */
export function pick(view: MapView, frame: Frame, styles: Uint8Array, x: number, y: number): number | null {
  let best: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < frame.count; i++) {
    const [px, py] = view.project(latAt(frame, i), lonAt(frame, i));
    const away = Math.hypot(px - x, py - y);
    if (away > REACH_PX) continue;
    const score = away - ((styles[i] ?? 0) & 3) * 6;
    if (score < least) {
      least = score;
      best = slotAt(frame, i);
    }
  }
  return best;
}

export function stylesOf(frame: Frame, names: ReadonlyMap<number, SlotName>, worst: ReadonlyMap<string, number>, chosen: string | null): Uint8Array {
  const styles = new Uint8Array(frame.count);
  if (worst.size === 0 && chosen === null) return styles;
  const flood = worst.size > FLOOD; // discs under hundreds of advisories would hide the critical ones
  for (let i = 0; i < frame.count; i++) {
    const mover = names.get(slotAt(frame, i))?.mover;
    if (mover === undefined) continue;
    const rank = worst.get(mover) ?? 0;
    styles[i] = rank | (mover === chosen ? CHOSEN : flood && rank === 1 ? BARE : 0);
  }
  return styles;
}
