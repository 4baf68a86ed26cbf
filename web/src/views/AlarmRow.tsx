import { acknowledge, openIncident, openTrack, openZone, shelve, showWanted, silence } from "../actions";
import { may, nodeNow, zones } from "../model/store";
import type { Alarm } from "../model/types";
import { countdown, distance, metres, shortZ } from "../pure/format";
import { needsPerson, timeLeft } from "../pure/rank";
import { fill, s } from "../strings";
import { Badge } from "./Badge";
import { ClosingScale } from "./ClosingScale";

/** The big number: time left to the boundary, or how deep inside, or that nobody can tell. */
function Left({ alarm }: { alarm: Alarm }) {
  const left_s = timeLeft(alarm);
  if (left_s < 0) {
    return (
      <span class="left">
        <b>{metres(Math.abs(alarm.boundary_m ?? 0))}</b>
        <small>{s.alarm.insideNow}</small>
      </span>
    );
  }
  const known = Number.isFinite(left_s);
  const to = alarm.to_boundary_s !== null ? s.alarm.toBoundary : fill(s.alarm.toRing, { ring: alarm.ring });
  return (
    <span class="left">
      <b>{known ? countdown(left_s) : "—"}</b>
      <small>{known ? to : s.alarm.noTime}</small>
    </span>
  );
}

function State({ alarm }: { alarm: Alarm }) {
  const now = nodeNow();
  if (alarm.state === "shelved") {
    return <>{fill(s.alarm.shelvedUntil, { at: shortZ(alarm.shelved_until, now), reason: alarm.shelved_reason ?? s.notStated })}</>;
  }
  if (alarm.state === "acknowledged" && alarm.acknowledged_by) {
    return <>{fill(s.alarm.acknowledgedBy, { who: alarm.acknowledged_by, at: shortZ(alarm.acknowledged_at, now) })}</>;
  }
  return <>{s.alarm[alarm.state]}</>;
}

function Facts({ alarm }: { alarm: Alarm }) {
  const now = nodeNow();
  const inside = (alarm.boundary_m ?? 0) < 0;
  return (
    <div class="facts" role="gridcell">
      <p class="says">{alarm.says}</p>
      <p class="calm">
        {fill(s.alarm.since, { at: shortZ(alarm.since, now) })} · {s.alarm.ring} {alarm.ring} ·{" "}
        {alarm.boundary_m === null ? s.notKnown : fill(inside ? s.alarm.depth : s.alarm.outside, { d: distance(Math.abs(alarm.boundary_m)) })}
        {alarm.deepest_m !== null && <> · {fill(s.alarm.deepest, { d: metres(alarm.deepest_m) })}</>} ·{" "}
        {fill(s.alarm.version, { v: alarm.zone_version })}
        {alarm.to_boundary_s !== null && <> · {alarm.by_route ? s.alarm.byRoute : s.alarm.straight}</>}
      </p>
      <p class="row wrap">
        <button type="button" onClick={() => silence(alarm.id)} disabled={alarm.silenced || alarm.state !== "unacknowledged"}>
          {alarm.silenced ? s.alarm.silenced : s.alarm.silence} <kbd>S</kbd>
        </button>
        {may("supervisor") && (
          <button type="button" onClick={() => shelve(alarm.id)}>
            {alarm.state === "shelved" ? s.alarm.unshelve : s.alarm.shelve}
          </button>
        )}
        <button type="button" onClick={() => openTrack(alarm.mover)}>
          {s.alarm.open}
        </button>
        {alarm.incident && (
          <button type="button" onClick={() => openIncident(alarm.incident ?? "")}>
            {s.alarm.incident}
          </button>
        )}
        <button type="button" onClick={() => openZone(alarm.zone)}>
          {s.alarm.zone}
        </button>
        {alarm.lat_deg !== null && alarm.lon_deg !== null && (
          <button type="button" onClick={() => (showWanted.value = { lat_deg: alarm.lat_deg ?? 0, lon_deg: alarm.lon_deg ?? 0 })}>
            {s.alarm.onMap} <kbd>M</kbd>
          </button>
        )}
      </p>
    </div>
  );
}

interface Props {
  alarm: Alarm;
  minor: boolean;
  chosen: boolean;
  first: boolean;
  choose: () => void;
}

export function AlarmRow({ alarm, minor, chosen, first, choose }: Props) {
  const waiting = needsPerson(alarm);
  return (
    <div
      class={`alarm ${alarm.priority} ${alarm.state} ${waiting ? "waits" : ""} ${minor ? "minor" : ""}`}
      role="row"
      aria-selected={chosen}
      tabIndex={chosen || first ? 0 : -1}
      data-alarm={alarm.id}
      onClick={choose}
      onFocus={(event) => event.target === event.currentTarget && !chosen && choose()}
    >
      <div class="what" role="gridcell">
        <Badge priority={alarm.priority} waiting={alarm.state === "unacknowledged"} />
        <strong class={minor ? "unseen" : "who"}>{alarm.callsign ?? alarm.mover}</strong>
        <span class="event">
          {s.alarm[alarm.event] ?? alarm.event}
          {!minor && <> · {alarm.zone_name}</>}
          {(minor || alarm.ring !== "boundary") && <> · {fill(s.alarm.ringNamed, { ring: alarm.ring })}</>}
          {alarm.certainty !== "certain" && <em class="certainty">{s.alarm[alarm.certainty]}</em>}
        </span>
        <span class="under">
          {!minor && <ClosingScale alarm={alarm} zone={zones.value.get(alarm.zone)} />}
          <span class="state">
            <State alarm={alarm} />
            {alarm.silenced && waiting && <> · {s.alarm.silenced}</>}
          </span>
        </span>
      </div>
      <div class="right" role="gridcell">
        {!minor && <Left alarm={alarm} />}
        {waiting && may("operator") && (
          <button
            type="button"
            class="acknowledge"
            onClick={(event) => {
              event.stopPropagation();
              acknowledge(alarm.id);
            }}
          >
            {s.alarm.acknowledge} {chosen && <kbd>A</kbd>}
          </button>
        )}
      </div>
      {chosen && <Facts alarm={alarm} />}
    </div>
  );
}
