import { lines, nodeNow, talks } from "../../model/store";
import { shortZ } from "../../pure/format";
import { flashes, talkKey } from "../../pure/line";
import { fill, s } from "../../strings";
import { goHome, goTalk, nameOf } from "./state";

/**
 * What of the line must not be overlooked: a FLASH that nobody here has seen, and a line on which nothing is signed. Nothing in it
 * counts on: it is read aloud once, not each second.
 */
export function LineBanner() {
  const stopped = [...lines.value.values()].filter((line) => line.stopped);
  return (
    <>
      {flashes(talks.value.values()).map((talk) => (
        <p key={talkKey(talk)} class="banner old flashed" role="alert">
          <strong>{fill(s.line.flash, { party: talk.party })}</strong>{" "}
          {fill(s.line.flashBody, { what: nameOf(talk), at: shortZ(talk.queued, nodeNow()) })}
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
