/** What a person does: every act goes to the node and comes back as an event; the screen never changes by itself. */

import { signal } from "@preact/signals";
import { batch } from "@preact/signals";
import { alarms, alarmRows, chosenAlarm, chosenMover, chosenZone, listHeld, may, session } from "./model/store";
import type { Alarm } from "./model/types";
import { act, Refused } from "./net/api";
import { alarmsOf, cardKey, needsPerson } from "./pure/rank";
import { fill, many, s } from "./strings";

export type Panel = "tracks" | "zones" | "incidents" | "feeds" | "notices" | "line" | "record" | "health";
export const panel = signal<Panel | null>("tracks");
export const chosenIncident = signal<string | null>(null);
export const editing = signal<{ zone: string | null } | null>(null);
export const helpOpen = signal(false);

export interface Dialog {
  title: string;
  body?: string;
  field: string;
  minutes?: number;
  go: (minutes: number) => string;
  done: (reason: string, minutes: number) => Promise<boolean>;
}
export const dialog = signal<Dialog | null>(null);

export const said = signal<{ text: string; bad: boolean; at_ms: number } | null>(null);
export const say = (text: string, bad = false): void => {
  said.value = { text, bad, at_ms: Date.now() };
};

/** A refusal in words a person can act on. */
export function inWords(error: unknown): string {
  if (error instanceof Refused) {
    if (error.status === 0) return s.said.noNode;
    const { message, accepted, remedy } = error.said;
    return [fill(s.said.refused, { message: message.endsWith(".") ? message : `${message}.` }), accepted && !message.includes(accepted) ? fill(s.said.accepted, { accepted }) : "", remedy ?? ""]
      .filter(Boolean)
      .join(" ");
  }
  return String(error);
}

/** An act the node holds back until the person signs in again; the picture stays on the screen meanwhile. */
export const signInAgain = signal<{ go: () => void; leave: () => void } | null>(null);

type Answer = { index: number; said: unknown };

/** Ask the node something a screen that has long been idle may not ask: it asks for the password first, and nothing typed is lost. */
export async function signedIn<T>(asking: () => Promise<T>): Promise<T> {
  try {
    return await asking();
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 401) throw error;
    const again = await new Promise<boolean>((resolve) => {
      signInAgain.value = { go: () => resolve(true), leave: () => resolve(false) };
    });
    signInAgain.value = null;
    if (!again) throw error;
    return signedIn(asking);
  }
}

/** Send one act; null when it was not made, and `refused` has the words; no words where a person would not sign in again. */
async function send(name: string, body: Record<string, unknown>, refused: (words: string) => void): Promise<Answer | null> {
  if (!may("operator")) {
    refused(fill(s.said.viewer, { role: session.value?.role ?? s.notKnown }));
    return null;
  }
  try {
    return await signedIn(() => act(name, body));
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 401) refused(inWords(error));
    return null;
  }
}

/** One act, and what came of it said. */
export async function perform(name: string, body: Record<string, unknown>, sentence: string = s.said.done): Promise<unknown | null> {
  const answer = await send(name, body, (words) => say(words, true));
  if (answer === null) return null;
  say(fill(sentence, { index: answer.index }));
  return answer.said ?? {};
}

/** The same act for several alarms, one after the other: the interface takes them one by one. How many were made. */
async function performEach(name: string, of: Alarm[], sentence: string, more: Record<string, unknown> = {}): Promise<number> {
  holdList();
  const made: number[] = [];
  let wrong = "";
  for (const alarm of of) {
    const answer = await send(name, { alarm: alarm.id, ...more }, (words) => (wrong = words));
    if (answer) made.push(answer.index);
  }
  const entries = made.length > 1 ? many(s.said.entries, made.length, { first: made[0] ?? "", last: made.at(-1) ?? "" }) : fill(s.said.entry, { index: made[0] ?? "" });
  if (wrong && of.length > 1) say(`${fill(s.said.partly, { made: made.length, of: of.length })} ${wrong}`, true);
  else if (wrong) say(wrong, true);
  else if (made.length > 0) say(`${sentence}, ${entries}.`);
  return made.length;
}

/** The alarms of the card that is chosen, in its order. */
export function chosenCard(): Alarm[] {
  const alarm = alarms.value.get(chosenAlarm.value ?? "");
  if (!alarm) return [];
  const card = alarmRows.value.find((row) => row.kind === "card" && row.key === cardKey(alarm));
  return card?.kind === "card" ? alarmsOf(card) : [alarm];
}

export function acknowledge(of: Alarm[] = chosenCard()): void {
  const waiting = of.filter(needsPerson);
  if (waiting.length > 0) void performEach("alarm.acknowledge", waiting, s.said.acknowledged);
}

export function silence(of: Alarm[] = chosenCard()): void {
  const sounding = of.filter((alarm) => alarm.state === "unacknowledged" && !alarm.silenced);
  if (sounding.length > 0) void performEach("alarm.silence", sounding, s.said.silenced);
}

export function shelve(of: Alarm[] = chosenCard()): void {
  if (of.length === 0) return;
  if (!may("supervisor")) {
    say(s.alarm.notAllowed, true);
    return;
  }
  const standing = of.filter((alarm) => alarm.state !== "shelved");
  if (standing.length === 0) {
    void performEach("alarm.unshelve", of, s.said.unshelved);
    return;
  }
  dialog.value = {
    title: many(s.alarm.shelveTitle, standing.length),
    body: standing.map((alarm) => alarm.says).join(" "),
    field: s.alarm.shelveWhy,
    minutes: 30,
    go: (minutes) => many(s.alarm.shelveDo, minutes),
    done: async (reason, minutes) => (await performEach("alarm.shelve", standing, s.said.shelved, { minutes, reason })) > 0,
  };
}

const HOLD_MS = 4000; // after the last move over the list, or the last act

let holding = 0;
/** Rows keep their places for a while: a list that re-sorts under the hand is clicked in the wrong place. */
export function holdList(for_ms = HOLD_MS): void {
  clearTimeout(holding);
  listHeld.value = true;
  holding = window.setTimeout(() => (listHeld.value = false), for_ms);
}
export function releaseList(): void {
  clearTimeout(holding);
  listHeld.value = false;
}

export function chooseAlarm(id: string | null): void {
  const alarm = id ? alarms.value.get(id) : undefined;
  batch(() => {
    chosenAlarm.value = id;
    if (alarm) {
      chosenMover.value = alarm.mover;
      chosenZone.value = alarm.zone;
    }
  });
}

export function stepAlarm(by: 1 | -1): void {
  const cards = alarmRows.value.filter((row) => row.kind === "card");
  if (cards.length === 0) return;
  const at = cards.findIndex((card) => alarmsOf(card).some((alarm) => alarm.id === chosenAlarm.value));
  const next = at < 0 ? (by > 0 ? 0 : cards.length - 1) : Math.max(0, Math.min(cards.length - 1, at + by));
  chooseAlarm(cards[next]?.head.id ?? null);
  focusWanted.value++;
}
export const focusWanted = signal(0);

export function openTrack(mover: string | null = chosenMover.value): void {
  if (!mover) return;
  batch(() => {
    chosenMover.value = mover;
    panel.value = "tracks";
    trackOpen.value = true;
  });
}
export const trackOpen = signal(false);

export function openIncident(id: string): void {
  batch(() => {
    chosenIncident.value = id;
    panel.value = "incidents";
  });
}

export function openZone(id: string): void {
  batch(() => {
    chosenZone.value = id;
    editing.value = null;
    panel.value = "zones";
  });
}

/** Rises when somebody asks to see the chosen thing on the map. */
export const showWanted = signal<{ lat_deg: number; lon_deg: number } | { zone: string } | null>(null);
