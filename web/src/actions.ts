/** What a person does: every act goes to the node and comes back as an event; the screen never changes by itself. */

import { signal } from "@preact/signals";
import { batch } from "@preact/signals";
import { alarms, alarmRows, chosenAlarm, chosenMover, chosenZone, may, session } from "./model/store";
import { act, Refused } from "./net/api";
import { needsPerson } from "./pure/rank";
import { fill, s } from "./strings";

export type Panel = "tracks" | "zones" | "incidents" | "feeds" | "notices" | "record" | "health";
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

/** Send one act and say what came of it. */
export async function perform(name: string, body: Record<string, unknown>, sentence: string = s.said.done): Promise<unknown | null> {
  if (!may("operator")) {
    say(fill(s.said.viewer, { role: session.value?.role ?? s.notKnown }), true);
    return null;
  }
  try {
    const answer = await act(name, body);
    say(fill(sentence, { index: answer.index }));
    return answer.said ?? {};
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 401) {
      say(inWords(error), true);
      return null;
    }
    const signedIn = await new Promise<boolean>((resolve) => {
      signInAgain.value = { go: () => resolve(true), leave: () => resolve(false) };
    });
    signInAgain.value = null;
    return signedIn ? perform(name, body, sentence) : null;
  }
}

export function acknowledge(id: string | null = chosenAlarm.value): void {
  const alarm = id ? alarms.value.get(id) : undefined;
  if (alarm && needsPerson(alarm)) void perform("alarm.acknowledge", { alarm: alarm.id }, s.said.acknowledged);
}

export function silence(id: string | null = chosenAlarm.value): void {
  const alarm = id ? alarms.value.get(id) : undefined;
  if (alarm && !alarm.silenced) void perform("alarm.silence", { alarm: alarm.id }, s.said.silenced);
}

export function shelve(id: string | null = chosenAlarm.value): void {
  const alarm = id ? alarms.value.get(id) : undefined;
  if (!alarm) return;
  if (!may("supervisor")) {
    say(s.alarm.notAllowed, true);
    return;
  }
  if (alarm.state === "shelved") {
    void perform("alarm.unshelve", { alarm: alarm.id }, s.said.unshelved);
    return;
  }
  dialog.value = {
    title: s.alarm.shelveTitle,
    body: alarm.says,
    field: s.alarm.shelveWhy,
    minutes: 30,
    go: (minutes) => fill(s.alarm.shelveDo, { n: minutes }),
    done: async (reason, minutes) =>
      (await perform("alarm.shelve", { alarm: alarm.id, minutes, reason }, s.said.shelved)) !== null,
  };
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
  const ids = alarmRows.value.flatMap((row) => (row.kind === "alarm" ? [row.alarm.id] : []));
  if (ids.length === 0) return;
  const at = chosenAlarm.value ? ids.indexOf(chosenAlarm.value) : -1;
  const next = at < 0 ? (by > 0 ? 0 : ids.length - 1) : Math.max(0, Math.min(ids.length - 1, at + by));
  chooseAlarm(ids[next] ?? null);
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
