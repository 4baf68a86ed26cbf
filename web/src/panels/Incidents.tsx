import { useSignal, useSignalEffect } from "@preact/signals";
import { chosenIncident, inWords, openTrack, openZone, perform } from "../actions";
import { incidents, may, node, nodeNow } from "../model/store";
import type { Incident, TimelineRow } from "../model/types";
import { get } from "../net/api";
import { shortZ, span } from "../pure/format";
import { fill, s } from "../strings";
import { Head } from "../views/bits";

function Evidence({ of }: { of: unknown }) {
  if (of === null || of === undefined || of === "") return null;
  return (
    <details>
      <summary>{s.incident.evidence}</summary>
      <pre>{typeof of === "string" ? of : JSON.stringify(of, null, 1)}</pre>
    </details>
  );
}

/** One row of the record; a gap is a row too, and says so. */
function Row({ row }: { row: TimelineRow }) {
  const now = nodeNow();
  // A crossing between two reports is as uncertain as they are apart, whatever the clock; every other moment is the clock's own.
  const said = row.kind === "finding" || node.value?.clock.synchronised;
  if (row.gap) {
    return (
      <li class="gap">
        <b>{fill(s.incident.gap, { from: shortZ(row.gap.from, now), to: shortZ(row.gap.to, now) })}</b> {row.says}
      </li>
    );
  }
  return (
    <li>
      <time>{shortZ(row.at, now)}</time>
      {said && row.uncertainty_ms !== null && <small class="calm"> {fill(s.incident.within, { t: span(row.uncertainty_ms / 1000) })}</small>}
      <span class="block">{row.says}</span>
      <small class="calm">
        {[row.kind, row.who, row.index === null ? "" : fill(s.incident.index, { n: row.index })].filter(Boolean).join(" · ")}
      </small>
      <Evidence of={row.evidence} />
    </li>
  );
}

function Detail({ id }: { id: string }) {
  const rows = useSignal<TimelineRow[] | null>(null);
  const wrong = useSignal("");
  const note = useSignal("");
  const turn = useSignal(0);
  useSignalEffect(() => {
    incidents.value.get(id); // asked again when the incident changes
    turn.value;
    get<{ timeline: TimelineRow[] }>(`api/v1/incidents/${encodeURIComponent(id)}`)
      .then((found) => (rows.value = found.timeline))
      .catch((error: unknown) => (wrong.value = inWords(error)));
  });
  const of = incidents.value.get(id);
  const write = async (event: Event): Promise<void> => {
    event.preventDefault();
    if ((await perform("incident.note", { incident: id, text: note.value.trim() })) === null) return;
    note.value = "";
    turn.value++;
  };
  return (
    <>
      <Head title={s.incident.timeline} back={() => (chosenIncident.value = null)}>
        <a class="end" href={`api/v1/log.html?incident=${encodeURIComponent(id)}`} target="_blank" rel="noopener">{s.incident.print}</a>
      </Head>
      <div class="body">
        {of && <p class="says">{of.headline}</p>}
        {of && (
          <p class="row wrap">
            <button type="button" onClick={() => openTrack(of.mover)}>{s.alarm.open}</button>
            <button type="button" onClick={() => openZone(of.zone)}>{s.alarm.zone}</button>
          </p>
        )}
        {wrong.value && <p class="boxed">{wrong.value}</p>}
        {!node.value?.clock.synchronised && <p class="calm">{s.incident.unsynchronised}</p>}
        <ol class="timeline">{rows.value?.map((row, i) => <Row key={i} row={row} />)}</ol>
        {may("operator") && (
          <form onSubmit={(event) => void write(event)}>
            <label>
              {s.incident.note}
              <textarea rows={3} value={note.value} onInput={(e) => (note.value = e.currentTarget.value)} />
            </label>
            <p class="row end"><button type="submit" class="main" disabled={!note.value.trim()}>{s.incident.noteDo}</button></p>
          </form>
        )}
      </div>
    </>
  );
}

function Line({ of }: { of: Incident }) {
  const now = nodeNow();
  const when = of.closed ? fill(s.incident.closed, { at: shortZ(of.closed, now) }) : fill(s.incident.open, { at: shortZ(of.opened, now) });
  return (
    <li>
      <button type="button" class="line" onClick={() => (chosenIncident.value = of.id)}>
        <span class="first"><strong>{of.headline || of.id}</strong></span>
        <span class="calm">{of.state} · {when}</span>
      </button>
    </li>
  );
}

export function IncidentsPanel() {
  if (chosenIncident.value) return <Detail key={chosenIncident.value} id={chosenIncident.value} />;
  const all = [...incidents.value.values()].sort((a, b) => Number(a.closed !== null) - Number(b.closed !== null) || (a.opened < b.opened ? 1 : -1));
  return (
    <>
      <Head title={s.incident.table} />
      {all.length === 0 && <p class="empty">{s.incident.none}</p>}
      <ul class="lines">{all.map((one) => <Line key={one.id} of={one} />)}</ul>
    </>
  );
}
