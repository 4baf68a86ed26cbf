/** The order of the alarm list, what is collapsed in a flood, and what must sound. Judgement is the node's; this is display. */

import type { Alarm, Priority } from "../model/types";

const PRIORITY: Record<Priority, number> = { critical: 0, warning: 1, advisory: 2 };

export const FLOOD = 30; // more cards than one person can hold apart; below it every mover has a card of its own
export const GROUP_FROM = 4;

/** The best prediction there is, in seconds: to the boundary, else to the alarm's own ring. Null: nobody can tell. */
export const bestTime = (alarm: Alarm): number | null => (alarm.lost ? null : (alarm.to_boundary_s ?? alarm.to_ring_s ?? null));

/** Inside the boundary, by what happened: one above or below a zone is over its area and heads for it, or has turned away. */
export const isInside = (alarm: Alarm): boolean =>
  alarm.boundary_m !== null && alarm.boundary_m < 0 && alarm.event !== "approach" && alarm.event !== "may_reach" && alarm.event !== "averted";

/** Inside counts as no time left; a time nobody knows comes after every known one of its priority, not before (it still has a row). */
export function timeLeft(alarm: Alarm): number {
  if (isInside(alarm)) return -1;
  return bestTime(alarm) ?? alarm.earliest_s ?? Number.POSITIVE_INFINITY;
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

/** One mover and one zone: its most urgent alarm, and those of the other rings. */
export interface Card {
  kind: "card";
  key: string;
  head: Alarm;
  rest: Alarm[];
}
export interface Gathered {
  kind: "group";
  key: string;
  cards: Card[];
}
export type Row = Card | Gathered;

export const cardKey = (alarm: Alarm): string => `${alarm.mover}|${alarm.zone}`;
export const alarmsOf = (card: Card): Alarm[] => [card.head, ...card.rest];
export const waitingOf = (card: Card): Alarm[] => alarmsOf(card).filter(needsPerson);

/** What a trouble asks of a person: its most urgent alarm that still waits; what waits for nobody comes after what does. */
const asks = (card: Card): number =>
  Math.min(...alarmsOf(card).map((alarm) => settled(alarm) * 10 + (needsPerson(alarm) ? PRIORITY[alarm.priority] : 5)));

/** A critical alarm nobody has taken yet: such a card is never made to wait for its place. */
export const urgent = (row: Row): boolean =>
  row.kind === "card" && alarmsOf(row).some((alarm) => alarm.priority === "critical" && alarm.state === "unacknowledged");

function cards(ranked: Alarm[]): Card[] {
  const found = new Map<string, Card>();
  for (const alarm of ranked) {
    const key = cardKey(alarm);
    const card = found.get(key);
    if (card) card.rest.push(alarm);
    else found.set(key, { kind: "card", key, head: alarm, rest: [] });
  }
  return [...found.values()].sort((a, b) => asks(a) - asks(b));
}

/** Kept apart in a flood: a critical alarm that is not shelved. */
const keptApart = (card: Card): boolean => alarmsOf(card).some((alarm) => alarm.priority === "critical" && alarm.state !== "shelved");

/**
 * One card a mover and zone, ranked. In a flood everything but critical and selected is gathered by zone, priority and state;
 * nothing is dropped.
 */
export function rows(alarms: Iterable<Alarm>, selected: string | null, open: ReadonlySet<string>, flood = FLOOD): Row[] {
  const all = cards([...alarms].filter((a) => a.state !== "normal").sort(compare));
  if (all.length <= flood) return all;
  const groups = new Map<string, Card[]>();
  const keyOf = ({ head }: Card): string => `${head.priority}|${head.state}|${head.zone}`;
  for (const card of all) {
    if (keptApart(card)) continue;
    const key = keyOf(card);
    groups.set(key, [...(groups.get(key) ?? []), card]);
  }
  const out: Row[] = [];
  const done = new Set<string>();
  for (const card of all) {
    const key = keyOf(card);
    const group = groups.get(key);
    const gathered = group !== undefined && group.length >= GROUP_FROM && !keptApart(card);
    if (gathered && !done.has(key)) {
      done.add(key);
      out.push({ kind: "group", key, cards: group });
    }
    if (!gathered || open.has(key) || alarmsOf(card).some((alarm) => alarm.id === selected)) out.push(card);
  }
  return out;
}

/** Where a row stood, and whether it was urgent there. */
export interface Place {
  key: string;
  urgent: boolean;
}
export const placesOf = (list: readonly Row[]): Place[] => list.map((row) => ({ key: `${row.kind} ${row.key}`, urgent: urgent(row) }));

/**
 * The rows where they were, while a person is busy with the list. What has become urgent since stands where it belongs at once;
 * what else is new comes last until the list is ranked again.
 */
export function keepPlaces(ranked: Row[], before: readonly Place[]): Row[] {
  const at = new Map(before.map((place, i) => [place.key, { i, urgent: place.urgent }]));
  const was = (row: Row): { i: number; urgent: boolean } | undefined => at.get(`${row.kind} ${row.key}`);
  const rank = new Map(ranked.map((row, i) => [row, i]));
  const kept = ranked.filter((row) => was(row) && (!urgent(row) || was(row)?.urgent));
  kept.sort((a, b) => (was(a)?.i ?? 0) - (was(b)?.i ?? 0));
  const fresh = ranked.filter((row) => !kept.includes(row));
  for (const row of fresh.filter(urgent)) {
    const before_it = kept.findIndex((other) => (rank.get(other) ?? 0) > (rank.get(row) ?? 0));
    kept.splice(before_it < 0 ? kept.length : before_it, 0, row);
  }
  return [...kept, ...fresh.filter((row) => !urgent(row))];
}

export interface Counts {
  critical: number;
  warning: number;
  advisory: number;
  waiting: number;
  shelved: number;
  alarms: number;
  movers: number;
}

/** What stands, shelved apart: alarms, and the movers that have them. */
export function counts(alarms: Iterable<Alarm>): Counts {
  const found: Counts = { critical: 0, warning: 0, advisory: 0, waiting: 0, shelved: 0, alarms: 0, movers: 0 };
  const movers = new Set<string>();
  for (const alarm of alarms) {
    if (alarm.state === "normal") continue;
    if (alarm.state === "shelved") {
      found.shelved++;
      continue;
    }
    found[alarm.priority]++;
    found.alarms++;
    movers.add(alarm.mover);
    if (needsPerson(alarm)) found.waiting++;
  }
  return { ...found, movers: movers.size };
}

/** The worse of two: what is heard when both sound. */
export const worse = (one: Priority | null, other: Priority | null): Priority | null =>
  one === null ? other : other === null || PRIORITY[one] <= PRIORITY[other] ? one : other;

/** The most urgent alarm that still sounds: unacknowledged, not silenced, not shelved. Null: silence. */
export function sounding(alarms: Iterable<Alarm>): Priority | null {
  let most: Priority | null = null;
  for (const alarm of alarms) {
    if (alarm.state !== "unacknowledged" || alarm.silenced) continue;
    if (most === null || PRIORITY[alarm.priority] < PRIORITY[most]) most = alarm.priority;
  }
  return most;
}
