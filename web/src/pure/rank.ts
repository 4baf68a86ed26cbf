/** The order of the alarm list, what is collapsed in a flood, and what must sound. Judgement is the node's; this is display. */

import type { Alarm, Priority } from "../model/types";

const PRIORITY: Record<Priority, number> = { critical: 0, warning: 1, advisory: 2 };

export const FLOOD = 30; // more rows than one person can hold apart; below it every alarm has a row of its own
export const GROUP_FROM = 4;

/** Inside counts as no time left; a time nobody knows comes after every known one of its priority, not before (it still has a row). */
export function timeLeft(alarm: Alarm): number {
  if (alarm.boundary_m !== null && alarm.boundary_m < 0) return -1;
  return alarm.to_boundary_s ?? alarm.to_ring_s ?? Number.POSITIVE_INFINITY;
}

const settled = (alarm: Alarm): number => (alarm.state === "shelved" ? 2 : alarm.state === "returned_unacknowledged" ? 1 : 0);

/**
 * Active before returned before shelved; then priority; then what still waits for a person; then time to the boundary, never
 * first come; then depth; then id.
 */
export function compare(a: Alarm, b: Alarm): number {
  const left_a = timeLeft(a);
  const left_b = timeLeft(b);
  return (
    settled(a) - settled(b) ||
    PRIORITY[a.priority] - PRIORITY[b.priority] ||
    Number(needsPerson(b)) - Number(needsPerson(a)) ||
    (left_a === left_b ? 0 : left_a - left_b) ||
    (b.depth_m ?? 0) - (a.depth_m ?? 0) ||
    (a.since < b.since ? -1 : a.since > b.since ? 1 : 0) ||
    (a.id < b.id ? -1 : 1)
  );
}

export const needsPerson = (alarm: Alarm): boolean =>
  alarm.state === "unacknowledged" || alarm.state === "returned_unacknowledged";

export type Row = { kind: "alarm"; alarm: Alarm; minor?: boolean } | { kind: "group"; key: string; alarms: Alarm[] };

/** What a trouble asks of a person: its most urgent alarm that still waits; what waits for nobody comes after what does. */
const asks = (of: Alarm[]): number =>
  Math.min(...of.map((alarm) => settled(alarm) * 10 + (needsPerson(alarm) ? PRIORITY[alarm.priority] : 5)));

/** A mover's other rings in the same zone follow its most urgent one as minor rows: one mover reads as one trouble. */
function nested(ranked: Alarm[]): Row[] {
  const first = new Map<string, Alarm[]>();
  for (const alarm of ranked) {
    const key = `${alarm.mover}|${alarm.zone}|${settled(alarm)}`;
    const found = first.get(key);
    if (found) found.push(alarm);
    else first.set(key, [alarm]);
  }
  return [...first.values()].sort((a, b) => asks(a) - asks(b)).flatMap((of) => of.map((alarm, i): Row => ({ kind: "alarm", alarm, minor: i > 0 })));
}

/** Ranked rows. In a flood everything but critical and selected is gathered by zone, priority and state; nothing is dropped. */
export function rows(alarms: Iterable<Alarm>, selected: string | null, open: ReadonlySet<string>, flood = FLOOD): Row[] {
  const ranked = [...alarms].filter((a) => a.state !== "normal").sort(compare);
  if (ranked.length <= flood) return nested(ranked);
  const groups = new Map<string, Alarm[]>();
  const keyOf = (a: Alarm): string => `${a.priority}|${a.state}|${a.zone}`;
  for (const alarm of ranked) {
    if (alarm.priority === "critical" && alarm.state !== "shelved") continue;
    const key = keyOf(alarm);
    groups.set(key, [...(groups.get(key) ?? []), alarm]);
  }
  const out: Row[] = [];
  const done = new Set<string>();
  for (const alarm of ranked) {
    const key = keyOf(alarm);
    const group = groups.get(key);
    const gathered = group !== undefined && group.length >= GROUP_FROM && !(alarm.priority === "critical" && alarm.state !== "shelved");
    if (gathered && !done.has(key)) {
      done.add(key);
      out.push({ kind: "group", key, alarms: group });
    }
    if (!gathered || open.has(key) || alarm.id === selected) out.push({ kind: "alarm", alarm });
  }
  return out;
}

export interface Counts {
  critical: number;
  warning: number;
  advisory: number;
  waiting: number;
  shelved: number;
}

export function counts(alarms: Iterable<Alarm>): Counts {
  const found: Counts = { critical: 0, warning: 0, advisory: 0, waiting: 0, shelved: 0 };
  for (const alarm of alarms) {
    if (alarm.state === "normal") continue;
    if (alarm.state === "shelved") {
      found.shelved++;
      continue;
    }
    found[alarm.priority]++;
    if (needsPerson(alarm)) found.waiting++;
  }
  return found;
}

/** The most urgent alarm that still sounds: unacknowledged, not silenced, not shelved. Null: silence. */
export function sounding(alarms: Iterable<Alarm>): Priority | null {
  let most: Priority | null = null;
  for (const alarm of alarms) {
    if (alarm.state !== "unacknowledged" || alarm.silenced) continue;
    if (most === null || PRIORITY[alarm.priority] < PRIORITY[most]) most = alarm.priority;
  }
  return most;
}
