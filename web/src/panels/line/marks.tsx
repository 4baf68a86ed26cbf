/** Small things that several views of the line show alike. */

import { nodeNow } from "../../model/store";
import type { Custody, Due, Talk } from "../../model/line";
import { age, shortZ } from "../../pure/format";
import { red } from "../../pure/line";
import { fill, s } from "../../strings";

/** Precedence and marker. Only FLASH is filled: a page of filled badges says nothing. */
export function Marks({ talk }: { talk: Talk }) {
  return (
    <>
      <span class={`mark ${talk.precedence}`}>{s.line.precedences[talk.precedence] ?? talk.precedence}</span>
      <span class="mark">{s.line.markers[talk.marker] ?? talk.marker}</span>
      {talk.exercise && <span class="mark exercise">{s.line.exercise}</span>}
    </>
  );
}

/** Names of units that a field offers. */
export const UnitOffers = ({ id, of }: { id: string; of: string[] }) => <datalist id={id}>{of.map((unit) => <option key={unit} value={unit} />)}</datalist>;

export const whose = (talk: Talk): string => fill(talk.ours ? s.line.to : s.line.from, { party: talk.party });
export const headlineOf = (talk: Talk): string => s.line.headline[talk.headline] ?? talk.headline;
export const isBad = (talk: Talk): boolean => ["differs", "stopped", "no reply"].includes(talk.headline);

/** Whether the people it was meant for were told, and the last that anybody confirmed: never without both. */
export function Headline({ custody }: { custody: Custody }) {
  const [first, ...rest] = custody.headline.split("; ");
  return (
    <span class={`headline ${red(custody) ? "red" : ""}`}>
      <b>{first}</b>
      {rest.length > 0 && <span> {rest.join("; ")}</span>}
    </span>
  );
}

export const dueWords = (talk: Talk, due: Due): string =>
  fill((talk.ours ? s.line.due.ours : s.line.due.theirs)[due.what] ?? due.what.replaceAll("_", " "), { unit: due.unit ?? s.line.due.unit });

export const sinceWords = (since: string | null): string =>
  since ? fill(s.line.due.since, { at: shortZ(since, nodeNow()), age: age((nodeNow() - Date.parse(since)) / 1000) }) : s.notKnown;
