import { lines, nodeNow, talks } from "../../model/store";
import { shortZ } from "../../pure/format";
import type { Line } from "../../model/line";
import { broken, flashes, talkKey } from "../../pure/line";
import { fill, many, s } from "../../strings";
import { pathWords } from "./OtherPath";
import { goHome, goTalk, nameOf } from "./state";

const SHOWN = 3; // lines; the others are counted

function headOf(line: Line): string {
  if (line.stopped) return fill(s.line.nothingSigned, { party: line.party, why: line.stopped });
  const state = s.line.state[line.state] ?? line.state;
  return fill(line.since ? s.line.isDownSince : s.line.isDown, { party: line.party, state, at: shortZ(line.since, nodeNow()) });
}

/**
 * What of the line must not be overlooked: a FLASH that nobody here has seen, and a line that does not work, with the other path. Nothing in it
 * counts on: it is read aloud once, not each second.
 */
export function LineBanner() {
  const all = broken(lines.value.values());
  return (
    <>
      {flashes(talks.value.values()).map((talk) => (
        <p key={talkKey(talk)} class="banner old flashed" role="alert">
          <strong>{fill(s.line.flash, { party: talk.party })}</strong>{" "}
          {fill(s.line.flashBody, { what: nameOf(talk), at: shortZ(talk.queued, nodeNow()) })}
          <button type="button" onClick={() => goTalk(talk)}>{s.line.open}</button>
        </p>
      ))}
      {all.slice(0, SHOWN).map((line) => (
        <p key={line.party} class="banner old" role="alert">
          <strong>{headOf(line)}</strong> <b>{pathWords(line)}</b> {line.stopped && s.line.telephone}
          <button type="button" onClick={goHome}>{s.line.open}</button>
        </p>
      ))}
      {all.length > SHOWN && (
        <p class="banner old" role="alert">
          {many(s.line.moreDown, all.length - SHOWN)} <button type="button" onClick={goHome}>{s.line.open}</button>
        </p>
      )}
    </>
  );
}
