/**
 * Sound, made here without files. Off until a person turns it on (a browser allows none before a click, and a silent station
 * must be seen to be silent). Three patterns differ in rhythm as well as pitch; the lost-link tone is made locally because no
 * node can send it.
 */

import { computed, effect, signal } from "@preact/signals";
import { beat, lastHeard_ms, link, session, soundingNow } from "./model/store";
import type { Priority } from "./model/types";
import { STALE_MS } from "./pure/backoff";

export type SoundState = "off" | "on" | "blocked";
export const sound = signal<SoundState>("off");

type Pattern = { every_ms: number; notes: [hz: number, at_s: number, for_s: number][] };

const PATTERNS: Record<Priority | "lost" | "test", Pattern> = {
  critical: { every_ms: 1800, notes: [0, 0.16, 0.32, 0.64, 0.8, 0.96].map((at) => [988, at, 0.11]) },
  warning: { every_ms: 4000, notes: [[659, 0, 0.28], [659, 0.45, 0.28]] },
  advisory: { every_ms: 12_000, notes: [[440, 0, 0.5]] },
  lost: { every_ms: 5000, notes: [[392, 0, 0.45], [294, 0.5, 0.7]] },
  test: { every_ms: 0, notes: [[523, 0, 0.18], [659, 0.22, 0.18], [784, 0.44, 0.3]] },
};

let context: AudioContext | null = null;
let timer: ReturnType<typeof setInterval> | undefined;

function play(pattern: Pattern): void {
  const audio = context;
  if (!audio || audio.state !== "running") {
    if (sound.value === "on") sound.value = "blocked";
    return;
  }
  for (const [hz, at_s, for_s] of pattern.notes) {
    const start = audio.currentTime + 0.02 + at_s;
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    tone.type = "triangle";
    tone.frequency.value = hz;
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(0.4, start + 0.015); // ramps: a hard edge clicks
    gain.gain.setValueAtTime(0.4, start + for_s - 0.03);
    gain.gain.linearRampToValueAtTime(0, start + for_s);
    tone.connect(gain).connect(audio.destination);
    tone.start(start);
    tone.stop(start + for_s + 0.02);
  }
}

/** Called from a click: the only moment a browser lets sound begin. Plays the test tone so that a person hears that it works. */
export async function soundOn(): Promise<void> {
  try {
    context ??= new AudioContext();
    await context.resume();
    context.onstatechange = () => {
      if (sound.value === "on" && context?.state !== "running") sound.value = "blocked";
    };
    sound.value = context.state === "running" ? "on" : "blocked";
    play(PATTERNS.test);
  } catch {
    sound.value = "blocked";
  }
}

export function soundOff(): void {
  sound.value = "off";
}

export const testTone = (): void => play(PATTERNS.test);

/** Heard when the link has been gone for a while: one that is back within seconds is seen, and need not be heard. */
const deaf = computed(() => {
  beat.value;
  return link.value === "stale" && session.value !== null && Date.now() - lastHeard_ms.value > STALE_MS;
});

/** Which pattern repeats now. A lost link outranks all but critical: what is on the screen may be old. */
export function startSound(): void {
  effect(() => {
    const lost = deaf.value;
    const alarm = soundingNow.value;
    const name = alarm === "critical" ? "critical" : lost ? "lost" : alarm;
    clearInterval(timer);
    if (sound.value !== "on" || name === null) return;
    const pattern = PATTERNS[name];
    play(pattern);
    timer = setInterval(() => play(pattern), pattern.every_ms);
  });
}
