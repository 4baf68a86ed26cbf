/** What the console knows, as signals. Everything here came from the node; the only judgement of its own is the age of the link. */

import { batch, computed, signal } from "@preact/signals";
import { type Fix, fixAt, type Frame, slotAt } from "../pure/frame";
import { flashes, talkKey, waiting } from "../pure/line";
import { counts, keepPlaces, type Place, placesOf, rows, sounding, worse } from "../pure/rank";
import type { Escalation, Line, Talk } from "./line";
import type { Alarm, Entry, Feed, Health, Incident, NodeState, Notice, Picture, Session, SlotName, Zone } from "./types";

export const session = signal<Session | null>(null);
export const node = signal<NodeState | null>(null);
export const alarms = signal<ReadonlyMap<string, Alarm>>(new Map());
export const zones = signal<ReadonlyMap<string, Zone>>(new Map());
export const feeds = signal<ReadonlyMap<string, Feed>>(new Map());
export const incidents = signal<ReadonlyMap<string, Incident>>(new Map());
export const notices = signal<ReadonlyMap<string, Notice>>(new Map());
export const lines = signal<ReadonlyMap<string, Line>>(new Map());
export const talks = signal<ReadonlyMap<string, Talk>>(new Map()); // by party and id
export const escalations = signal<ReadonlyMap<string, Escalation>>(new Map()); // those that run
export const linesHeard_ms = signal(0); // this machine's clock: ages of the line count on from here
export const health = signal<Health | null>(null);
export const entries = signal<Entry[]>([]);
export const trackEvents = signal<{ mover: string; event: string; says: string; at_ms: number }[]>([]);

export const frame = signal<Frame | null>(null);
export const names = signal<ReadonlyMap<number, SlotName>>(new Map());
export const namesVersion = signal(0);

export type Link = "connecting" | "up" | "stale" | "refused";
export const link = signal<Link>("connecting");
export const lastHeard_ms = signal(0); // this machine's clock, for the age of the link only
export const tracksHeard_ms = signal(0);
export const beat = signal(0); // rises once a second; what shows an age reads it

let nodeOffset_ms = 0; // the node's clock minus this machine's
export const setNodeClock = (now: string): void => {
  const said = Date.parse(now);
  if (Number.isFinite(said)) nodeOffset_ms = said - Date.now();
};
/** The node's time, carried on by this machine between pings: two screens show one time. */
export const nodeNow = (): number => Date.now() + nodeOffset_ms;

const LOG_KEPT = 200; // what the side panel shows; the whole record is on the log page

function byId<T extends { id: string }>(list: T[]): Map<string, T> {
  return new Map(list.map((item) => [item.id, item]));
}

export function takePicture(picture: Picture): void {
  batch(() => {
    node.value = picture.node;
    setNodeClock(picture.node.now);
    alarms.value = byId(picture.alarms);
    zones.value = byId(picture.zones);
    feeds.value = new Map(picture.feeds.map((feed) => [feed.source, feed]));
    incidents.value = byId(picture.incidents);
    notices.value = byId(picture.notices);
    health.value = picture.health;
    const told = picture.lines ?? [];
    lines.value = new Map(told.map((one) => [one.party, one]));
    talks.value = new Map(told.flatMap((one) => one.talks).map((talk) => [talkKey(talk), talk]));
    escalations.value = byId(picture.escalations ?? []);
    linesHeard_ms.value = Date.now();
  });
}

/** Maps already copied in the batch under way: a thousand events copy each map once. */
const copied = new Map<object, Map<string, unknown>>();

function put<T>(of: { value: ReadonlyMap<string, T> }, key: string, item: T | null): void {
  const next = (copied.get(of) as Map<string, T> | undefined) ?? new Map(of.value);
  if (item === null) next.delete(key);
  else next.set(key, item);
  copied.set(of, next);
  of.value = next;
}

export interface EventFrame {
  seq?: number;
  type: string;
  data?: unknown;
}

const takers: Record<string, (data: never) => void> = {
  alarm: (alarm: Alarm) => put(alarms, alarm.id, alarm.state === "normal" ? null : alarm),
  zone: (zone: Zone) => put(zones, zone.id, zone),
  feed: (feed: Feed) => put(feeds, feed.source, feed),
  incident: (incident: Incident) => put(incidents, incident.id, incident),
  notice: (notice: Notice) => put(notices, notice.id, notice),
  line: (line: Line) => {
    put(lines, line.party, line.gone ? null : line);
    linesHeard_ms.value = Date.now();
  },
  talk: (talk: Talk) => put(talks, talkKey(talk), talk),
  escalation: (one: Escalation) => put(escalations, one.id, one.ended ? null : one),
  node: (said: NodeState) => {
    node.value = said;
    setNodeClock(said.now);
  },
  health: (said: Health) => (health.value = said),
  entry: (entry: Entry) => (entries.value = [...entries.value, entry].slice(-LOG_KEPT)),
  track_event: (said: { mover: string; event: string; says: string }) =>
    (trackEvents.value = [...trackEvents.value, { ...said, at_ms: nodeNow() }].slice(-LOG_KEPT)),
  ping: (said: { now: string }) => setNodeClock(said.now),
};

/** One frame of /ws/events. An unknown type is a newer node's: passed over, the picture stays. */
function takeEvent(event: EventFrame): void {
  takers[event.type]?.(event.data as never);
}

/** Many frames at once (a resumed socket gives hundreds) make one redraw. */
export function takeEvents(events: EventFrame[]): void {
  copied.clear();
  batch(() => events.forEach(takeEvent));
  copied.clear();
}

/** Signed out: nothing of the picture stays in this browser. */
export function forget(): void {
  batch(() => {
    node.value = health.value = frame.value = null;
    alarms.value = zones.value = feeds.value = incidents.value = notices.value = new Map();
    lines.value = talks.value = new Map();
    escalations.value = new Map();
    names.value = new Map();
    entries.value = [];
    trackEvents.value = [];
    chosenAlarm.value = chosenMover.value = chosenZone.value = null;
    link.value = "connecting";
    lastHeard_ms.value = tracksHeard_ms.value = 0;
  });
}

export const slotOf = computed(() => {
  namesVersion.value;
  const found = new Map<string, number>();
  for (const [slot, name] of names.value) found.set(name.mover, slot);
  return found;
});

/** Choice, shared by list, map and panels. */
export const chosenAlarm = signal<string | null>(null);
export const chosenMover = signal<string | null>(null);
export const chosenZone = signal<string | null>(null);
export const openGroups = signal<ReadonlySet<string>>(new Set());
export const alarmFilter = signal("");

/** Set while a person is busy with the list: rows keep their places meanwhile. */
export const listHeld = signal(false);
let places: Place[] = []; // of the rows as last shown

export const alarmRows = computed(() => {
  const wanted = alarmFilter.value.trim().toLowerCase();
  const all = [...alarms.value.values()];
  const kept = wanted
    ? all.filter((a) => [a.callsign, a.mover, a.zone_name, a.zone, a.ring].some((s) => s?.toLowerCase().includes(wanted)))
    : all;
  const ranked = rows(kept, chosenAlarm.value, openGroups.value);
  const shown = listHeld.value ? keepPlaces(ranked, places) : ranked;
  places = placesOf(shown);
  return shown;
});
export const alarmCounts = computed(() => counts(alarms.value.values()));
/** A FLASH that nobody here has seen is heard as a critical alarm is: what it asks for cannot wait for somebody to look. */
export const soundingNow = computed(() =>
  flashes(talks.value.values()).length > 0
    ? "critical"
    : (node.value?.conditions ?? []).filter((one) => !one.acknowledged_by).map((one) => one.priority).reduce(worse, sounding(alarms.value.values())),
);
export const lineWaits = computed(() => waiting(lines.value.values(), talks.value.values()));

/** The newest position of every mover that has an alarm. */
export const alarmedFixes = computed(() => {
  const found = new Map<string, Fix>();
  const now = frame.value;
  if (!now || alarms.value.size === 0) return found;
  const wanted = new Map<number, string>();
  for (const alarm of alarms.value.values()) {
    const slot = slotOf.value.get(alarm.mover);
    if (slot !== undefined) wanted.set(slot, alarm.mover);
  }
  for (let i = 0; i < now.count && found.size < wanted.size; i++) {
    const mover = wanted.get(slotAt(now, i));
    if (mover !== undefined) found.set(mover, fixAt(now, i));
  }
  return found;
});

/** Priority of the worst active alarm of each mover, for the map's colours. */
export const moverPriority = computed(() => {
  const worst = new Map<string, number>();
  for (const alarm of alarms.value.values()) {
    if (alarm.state === "shelved" || alarm.state === "normal") continue;
    const rank = alarm.priority === "critical" ? 3 : alarm.priority === "warning" ? 2 : 1;
    if (rank > (worst.get(alarm.mover) ?? 0)) worst.set(alarm.mover, rank);
  }
  return worst;
});

export const may = (least: "operator" | "supervisor" | "administrator"): boolean => {
  const role = session.value?.role;
  if (least === "administrator") return role === "administrator";
  if (role === "supervisor" || role === "administrator") return true;
  return least === "operator" && (role === "operator" || role === "release officer");
};
