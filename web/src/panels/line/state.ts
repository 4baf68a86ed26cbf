/** Where a person is on the line's panel, and what was begun there: looking elsewhere, Esc or a lost link loses nothing. */

import { batch, effect, signal } from "@preact/signals";
import { panel } from "../../actions";
import { lines, session, talks } from "../../model/store";
import type { OurLine, Precedence, Slot, Talk, Template } from "../../model/line";
import { get } from "../../net/api";
import { aboutMover, talkKey } from "../../pure/line";
import type { Typed } from "../../pure/slots";
import { language } from "../../strings/en";
import { s } from "../../strings";

export type Where = { at: "home" } | { at: "talk"; key: string } | { at: "readback"; key: string } | { at: "compose" } | { at: "contact" } | { at: "told" } | { at: "translations" };
export const where = signal<Where>({ at: "home" });
export const side = signal<"messages" | "board">("messages");

function go(next: Where): void {
  batch(() => {
    panel.value = "line";
    where.value = next;
  });
  requestAnimationFrame(focusHead);
}

/** A view that takes another's place begins at its heading, for the eye and for the keyboard. */
function focusHead(): void {
  const head = document.querySelector<HTMLElement>(".side h2");
  document.querySelector(".side")?.scrollTo(0, 0);
  head?.setAttribute("tabindex", "-1");
  head?.focus();
}

/** Esc: one step back; false where there is none. What was begun stays. */
export function stepBack(): boolean {
  const at = where.value;
  if (panel.value !== "line" || at.at === "home") return false;
  go(at.at === "readback" ? { at: "talk", key: at.key } : { at: "home" });
  return true;
}
export const goHome = (): void => go({ at: "home" });
export const goTalk = (talk: Talk): void => go({ at: "talk", key: talkKey(talk) });
export const goReadBack = (talk: Talk): void => go({ at: "readback", key: talkKey(talk) });
export const goContact = (): void => go({ at: "contact" });
export const goTold = (): void => go({ at: "told" });
export const goTranslations = (): void => go({ at: "translations" });

// ── what can be composed ─────────────────────────────────────────────────────────────────────────────────────────────

/** Our own card and the templates; null until asked for. */
export const ourLine = signal<OurLine | null>(null);
let asking = false;

export async function askOurLine(again = false): Promise<void> {
  if (asking || (ourLine.value && !again)) return;
  asking = true;
  try {
    ourLine.value = await get<OurLine>("api/v1/line");
  } finally {
    asking = false;
  }
}

export const templateOf = (id: string | null | undefined): Template | undefined => ourLine.value?.templates.find((one) => one.id === id);
export const slotsKnown = (talk: Talk): Slot[] => (templateOf(talk.template) ?? ourLine.value?.templates.find((one) => one.types[0] === talk.type))?.slots ?? [];

/** Statements about a message have forms of their own; these are begun from nothing. */
const STATED = new Set(["seen", "understood", "understood.result", "passed_on", "acted", "answer", "withdrawal", "correction"]);
export const composable = (): Template[] => (ourLine.value?.templates ?? []).filter((one) => !STATED.has(one.types[0] ?? ""));

/** What a word of an answer says. */
export const answerSays = (word: string): string => {
  const slot = templateOf("answer")?.slots.find((one) => one.name === "answer");
  return slot?.says?.[word] ?? word.replaceAll("_", " ");
};

export const nameOf = (talk: { type: string; template?: string | null }): string =>
  s.line.names[talk.template ?? ""] ?? s.line.names[talk.type] ?? talk.type;

/** The language of this console first, then the one that every template is written in. */
export const firstLanguage = (text: Record<string, string>): string | undefined =>
  [language, "en"].find((one) => one in text) ?? Object.keys(text)[0];

// ── what is being written ────────────────────────────────────────────────────────────────────────────────────────────

export interface Draft {
  to: string;
  template: string;
  precedence: Precedence | "";
  typed: Record<string, Typed>;
  units: string;
  free: string;
  reason: string;
  valid: string;
  answer: string;
  mover: string | null;
  name: string; // of the mover
  re: string | null; // our message that this one replaces
}

export const emptyDraft = (): Draft => ({
  to: "", template: "", precedence: "", typed: {}, units: "", free: "", reason: "", valid: "", answer: "", mover: null, name: "", re: null,
});
export const draft = signal<Draft>(emptyDraft());
export const setDraft = (next: Partial<Draft>): void => {
  draft.value = { ...draft.value, ...next };
};
export const setTyped = (slot: string, typed: Typed): void => setDraft({ typed: { ...draft.value.typed, [slot]: typed } });

/** Begin a message. With nothing given, what was begun before is still there. */
export function goCompose(begun?: Partial<Draft>): void {
  batch(() => {
    if (begun) draft.value = { ...emptyDraft(), ...begun };
    if (!lines.value.has(draft.value.to)) setDraft({ to: [...lines.value.keys()][0] ?? "" });
    go({ at: "compose" });
  });
}

/** Read-backs and other statements begun, by what they are about. */
export const forms = signal<ReadonlyMap<string, Record<string, Typed>>>(new Map());
export function setForm(key: string, typed: Record<string, Typed> | null): void {
  const next = new Map(forms.value);
  if (typed === null) next.delete(key);
  else next.set(key, typed);
  forms.value = next;
}

// ── what others ask of the line ──────────────────────────────────────────────────────────────────────────────────────

export const relaysOf = (mover: string): Talk[] => aboutMover(talks.value.values(), mover);

/** Signed out: nothing of what was written stays in this browser. */
export function forgetLine(): void {
  batch(() => {
    where.value = { at: "home" };
    draft.value = emptyDraft();
    forms.value = new Map();
    ourLine.value = null;
  });
}

effect(() => {
  if (session.value === null) forgetLine();
});
