import { useSignal, useSignalEffect } from "@preact/signals";
import { openTrack, trackOpen } from "../actions";
import { beat, chosenMover, frame, moverPriority, names, namesVersion, node, tracksHeard_ms } from "../model/store";
import type { Track } from "../model/types";
import { get } from "../net/api";
import { agedAtLeast, bearing, height, number, speed } from "../pure/format";
import { fixAt, LAST_KNOWN, slotAt } from "../pure/frame";
import { many, s } from "../strings";
import { Badge } from "../views/Badge";
import { Head } from "../views/bits";
import { LastKnown } from "./LastKnown";
import { Lately } from "./Lately";
import { TrackDetail } from "./TrackDetail";

const MOST = 200; // rows; the search narrows it, the map shows the rest
const PRIORITIES = [null, "advisory", "warning", "critical"] as const;

interface Line {
  mover: string;
  name: string;
  words: string;
  state: string;
  rank: number;
  age_s: number;
}

/** Live movers straight from the last frame, alarmed first, then lost, own and reserved, then by name. */
function liveLines(wanted: string): Line[] {
  const now = frame.value;
  if (!now) return [];
  const worst = moverPriority.value;
  const since_s = Math.max(0, (Date.now() - tracksHeard_ms.value) / 1000); // ages go on growing when frames stop
  const found: Line[] = [];
  for (let i = 0; i < now.count; i++) {
    const known = names.value.get(slotAt(now, i));
    if (!known) continue;
    if (wanted && !known.mover.toLowerCase().includes(wanted) && !known.callsign?.toLowerCase().includes(wanted)) continue;
    const fix = fixAt(now, i);
    const lost = fix.flags & LAST_KNOWN;
    found.push({
      mover: known.mover,
      name: known.callsign ?? known.mover,
      words: [s.track[known.mover_class], height(fix.altitude_m), speed(fix.speed_mps), bearing(fix.track_deg)].filter((w) => w !== "—").join(" · "),
      state: [s.track[known.state], known.list === "none" ? "" : s.track[known.list]].filter(Boolean).join(", "),
      rank: (worst.get(known.mover) ?? 0) * 10 + (lost ? 5 : 0) + (known.list === "none" ? 0 : 1),
      age_s: fix.age_s + since_s,
    });
  }
  return found.sort((a, b) => b.rank - a.rank || (a.name < b.name ? -1 : 1));
}

function Row({ line }: { line: Line }) {
  const priority = PRIORITIES[Math.floor(line.rank / 10)];
  return (
    <li>
      <button type="button" class="line" aria-pressed={chosenMover.value === line.mover} onClick={() => openTrack(line.mover)}>
        <span class="first">
          <strong>{line.name}</strong>
          {priority && <Badge priority={priority} word={false} />}
          <span class={line.rank % 10 >= 5 ? "lost" : "calm"}>{line.state}</span>
          <span class="end calm">{agedAtLeast(line.age_s)}</span>
        </span>
        <span class="calm">{line.words}</span>
      </button>
    </li>
  );
}

export function TracksPanel() {
  const wanted = useSignal("");
  const archived = useSignal<Track[]>([]);
  namesVersion.value;
  if (Date.now() - tracksHeard_ms.value > 2000) beat.value; // frames redraw the list; without them the ages still grow
  useSignalEffect(() => {
    const q = wanted.value.trim();
    if (q.length < 2) {
      archived.value = [];
      return;
    }
    const later = setTimeout(() => {
      get<{ tracks: Track[] }>(`api/v1/tracks?limit=50&q=${encodeURIComponent(q)}`)
        .then((found) => (archived.value = found.tracks.filter((t) => t.state === "archived" || t.state === "closed")))
        .catch(() => (archived.value = [])); // the live list below still answers
    }, 250);
    return () => clearTimeout(later);
  });
  if (trackOpen.value && chosenMover.value) return <TrackDetail key={chosenMover.value} mover={chosenMover.value} />;
  const all = liveLines(wanted.value.trim().toLowerCase());
  return (
    <>
      <Head title={s.track.table}>
        <span class="calm end">{many(s.track.of, node.value?.movers ?? frame.value?.count ?? 0, { shown: number(Math.min(MOST, all.length)) })}</span>
      </Head>
      <input
        type="search"
        class="find"
        aria-label={s.track.search}
        placeholder={s.track.search}
        value={wanted.value}
        onInput={(e) => (wanted.value = e.currentTarget.value)}
      />
      <ul class="lines">
        {all.slice(0, MOST).map((line) => (
          <Row key={line.mover} line={line} />
        ))}
        {archived.value.map((track) => (
          <Row
            key={track.mover}
            line={{ mover: track.mover, name: track.callsign ?? track.mover, words: track.mover, state: s.track[track.state], rank: 0, age_s: track.age_s ?? Number.NaN }}
          />
        ))}
      </ul>
      <LastKnown />
      <Lately />
    </>
  );
}
