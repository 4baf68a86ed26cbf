import { beat, lines, nodeNow, talks } from "../../model/store";
import { age } from "../../pure/format";
import { flashes, talkKey } from "../../pure/line";
import { fill, s } from "../../strings";
import { goHome, goTalk, nameOf } from "./state";

/** What of the line must not be overlooked: a FLASH that nobody here has seen, and a line on which nothing is signed. */
export function LineBanner() {
  beat.value;
  const stopped = [...lines.value.values()].filter((line) => line.stopped);
  return (
    <>
      {flashes(talks.value.values()).map((talk) => (
        <p key={talkKey(talk)} class="banner old flashed" role="alert">
          <strong>{fill(s.line.flash, { party: talk.party })}</strong>{" "}
          {fill(s.line.flashBody, { what: nameOf(talk), age: age((nodeNow() - Date.parse(talk.queued ?? "")) / 1000) })}
          <button type="button" onClick={() => goTalk(talk)}>{s.line.open}</button>
        </p>
      ))}
      {stopped.map((line) => (
        <p key={line.party} class="banner old" role="alert">
          <strong>{fill(s.line.nothingSigned, { party: line.party, why: line.stopped ?? "" })}</strong> {s.line.telephone}
          <button type="button" onClick={goHome}>{s.line.open}</button>
        </p>
      ))}
    </>
  );
}
