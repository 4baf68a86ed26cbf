import { trackEvents } from "../model/store";
import { clockZ } from "../pure/format";
import { s } from "../strings";

const SHOWN = 50;

/** Jumps, losses, returns: what happened to single tracks, newest first. */
export function Lately() {
  const newest = trackEvents.value.slice(-SHOWN).reverse();
  return (
    <details class="lately">
      <summary>{s.picture.lately}</summary>
      {newest.length === 0 && <p class="empty">{s.picture.latelyNone}</p>}
      <ul class="claims">
        {newest.map((event, i) => (
          <li key={i}>
            {clockZ(event.at_ms)} {event.says}
          </li>
        ))}
      </ul>
    </details>
  );
}
