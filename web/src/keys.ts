/** The keyboard: single letters act on the chosen alarm, never while a person types, and nothing irreversible is one key. */

import { acknowledge, chooseAlarm, dialog, editing, helpOpen, openTrack, type Panel, panel, shelve, showWanted, signInAgain, silence, stepAlarm } from "./actions";
import { alarmedFixes, alarms, chosenAlarm } from "./model/store";
import { stepBack } from "./panels/line/state";

const PANELS: Record<string, Panel> = { t: "tracks", z: "zones", i: "incidents", f: "feeds", n: "notices", c: "line", r: "record", l: "health" };
const GO_MS = 1500; // how long G waits for its second letter

let going = 0;

const typing = (at: EventTarget | null): boolean =>
  at instanceof HTMLElement && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName));

function escape(): void {
  if (signInAgain.value) signInAgain.value.leave();
  else if (dialog.value) dialog.value = null;
  else if (helpOpen.value) helpOpen.value = false;
  else if (editing.value) return; // a drawing is left by its own button: Esc never loses work
  else if (stepBack()) return;
  else if (chosenAlarm.value) chooseAlarm(null);
  else panel.value = null;
}

const showChosen = (): void => {
  const alarm = alarms.value.get(chosenAlarm.value ?? "");
  const fix = alarm && alarmedFixes.value.get(alarm.mover);
  if (fix) showWanted.value = { lat_deg: fix.lat_deg, lon_deg: fix.lon_deg };
  else if (alarm?.lat_deg != null && alarm.lon_deg != null) showWanted.value = { lat_deg: alarm.lat_deg, lon_deg: alarm.lon_deg };
};

const ACTS: Record<string, () => void> = {
  j: () => stepAlarm(1),
  k: () => stepAlarm(-1),
  a: () => acknowledge(),
  s: () => silence(),
  h: () => shelve(),
  m: showChosen,
  "?": () => (helpOpen.value = !helpOpen.value),
  "/": () => document.querySelector<HTMLInputElement>("[data-search]")?.focus(),
};

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Escape") {
    if (typing(event.target)) (event.target as HTMLElement).blur();
    else escape();
    return;
  }
  if (typing(event.target) || dialog.value || signInAgain.value) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (going && Date.now() - going < GO_MS && PANELS[key]) {
    panel.value = PANELS[key] ?? null;
    going = 0;
    event.preventDefault();
    return;
  }
  going = key === "g" ? Date.now() : 0;
  const onButton = event.target instanceof HTMLElement && event.target.closest("button, a, summary, [role=grid] button");
  if (key === "Enter" && !onButton) {
    openTrack(alarms.value.get(chosenAlarm.value ?? "")?.mover ?? null);
    return;
  }
  if (event.repeat && key !== "j" && key !== "k") return; // a held key acts once
  const does = ACTS[key];
  if (!does) return;
  event.preventDefault();
  does();
}

export const startKeys = (): void => document.addEventListener("keydown", onKey);
