import { signal } from "@preact/signals";
import { useSignalEffect } from "@preact/signals";
import { said } from "../actions";
import { alarms, beat } from "../model/store";

const told = new Set<string>();
const critical = signal("");
const SHOWN_MS = 9000;

/** Reads out new critical alarms at once (role=alert, critical only) and the answer to an act politely. */
export function Announcer() {
  useSignalEffect(() => {
    const fresh: string[] = [];
    for (const alarm of alarms.value.values()) {
      const key = `${alarm.id}|${alarm.ring}|${alarm.event}`;
      if (alarm.priority !== "critical" || alarm.state !== "unacknowledged" || told.has(key)) continue;
      told.add(key);
      fresh.push(alarm.says);
    }
    if (fresh.length > 0) critical.value = fresh.slice(0, 3).join(" ");
  });
  beat.value;
  const answer = said.value && Date.now() - said.value.at_ms < SHOWN_MS ? said.value : null;
  return (
    <>
      <div class="unseen" role="alert">
        {critical.value}
      </div>
      <div class={`toast ${answer ? "shown" : ""} ${answer?.bad ? "bad" : ""}`} role="status">
        {answer?.text}
      </div>
    </>
  );
}
