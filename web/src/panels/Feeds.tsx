import { beat, feeds, nodeNow } from "../model/store";
import type { Feed } from "../model/types";
import { age, shortZ } from "../pure/format";
import { fill, many, s } from "../strings";
import { Head } from "../views/bits";

const ORDER = { down: 0, refused: 0, refusing: 1, late: 2, connecting: 3, up: 4, off: 5 };

/** The age shown goes on counting between two words of the node: a feed that died silently is seen to be old. */
function heardAge(feed: Feed): string {
  const at = feed.last_heard ? Date.parse(feed.last_heard) : Number.NaN;
  return Number.isFinite(at) ? fill(s.feed.lastHeard, { age: age((nodeNow() - at) / 1000) }) : s.feed.never;
}

function One({ feed }: { feed: Feed }) {
  const now = nodeNow();
  return (
    <li class="item">
      <p class="first">
        <strong>{feed.source}</strong>
        <span class={`flag ${feed.state === "down" || feed.state === "refusing" || feed.state === "refused" ? "bad" : feed.state === "late" ? "late" : feed.state === "up" ? "" : "unsure"}`}>{s.feed[feed.state === "refused" ? "refusing" : feed.state]}</span>
        <span class="calm end">{fill(s.feed.since, { at: shortZ(feed.since, now) })}</span>
      </p>
      <p class="calm break">{[feed.kind, feed.where].filter(Boolean).join(" · ")}</p>
      <p>
        {heardAge(feed)} · {many(s.feed.reports, feed.reports)} · {many(s.feed.refused, feed.refused)}
      </p>
      {feed.why && <p>{feed.why}</p>}
      {feed.refusals.length > 0 && (
        <details>
          <summary>{s.feed.refusals}</summary>
          <ul class="claims">
            {feed.refusals.map((r, i) => (
              <li key={i}>
                {shortZ(r.at, now)} <b>{r.field}</b> <code>{r.value}</code> {[r.mover, r.position].filter(Boolean).join(", ")}
                <span class="calm block">{fill(s.feed.accepted, { what: r.accepted })}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

export function FeedsPanel() {
  beat.value;
  const all = [...feeds.value.values()].sort((a, b) => ORDER[a.state] - ORDER[b.state] || (a.source < b.source ? -1 : 1));
  return (
    <>
      <Head title={s.feed.table} />
      {all.length === 0 && <p class="empty">{s.feed.none}</p>}
      <ul class="items">{all.map((feed) => <One key={feed.source} feed={feed} />)}</ul>
    </>
  );
}
