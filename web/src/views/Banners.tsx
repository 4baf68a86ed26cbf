import type { ComponentChildren } from "preact";
import { beat, frame, lastHeard_ms, link, node, nodeNow, session, tracksHeard_ms } from "../model/store";
import { age, clockZ } from "../pure/format";
import { STALE_MS } from "../pure/backoff";
import { fill, s } from "../strings";

/** What must not be overlooked: an exercise, an old picture, a node that does not watch. */
export function Banners({ children }: { children?: ComponentChildren }) {
  beat.value;
  const exercise = session.value?.exercise || node.value?.exercise;
  const silent_s = (Date.now() - lastHeard_ms.value) / 1000;
  const tracks_s = (Date.now() - tracksHeard_ms.value) / 1000;
  const stale = link.value === "stale" && lastHeard_ms.value > 0;
  const oldTracks = !stale && frame.value !== null && tracks_s * 1000 > STALE_MS;
  const blind = node.value && !node.value.watching && !stale;
  return (
    <div class="banners">
      {exercise && <p class="banner exercise">{s.exercise}</p>}
      {stale && (
        <p class="banner old" role="alert">
          <strong>{s.stale.title}</strong> {fill(s.stale.body, { age: age(silent_s), at: clockZ(nodeNow() - silent_s * 1000) })}
        </p>
      )}
      {children}
      {oldTracks && <p class="banner old">{fill(s.stale.tracks, { age: age(tracks_s) })}</p>}
      {link.value === "refused" && (
        <p class="banner old" role="alert">
          {s.stale.refused}
        </p>
      )}
      {blind && (
        <p class="banner old" role="alert">
          {fill(s.stale.notWatching, { why: node.value?.why ?? s.notKnown })}
        </p>
      )}
    </div>
  );
}
