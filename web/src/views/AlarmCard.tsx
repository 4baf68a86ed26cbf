import { acknowledge, openIncident, openTrack, openZone, say, shelve, showWanted, silence } from "../actions";
import { alarmedFixes, may, nodeNow, tracksHeard_ms, zones } from "../model/store";
import type { Alarm } from "../model/types";
import { agedAtLeast, countdown, distance, metres, shortZ } from "../pure/format";
import { lengths, moments } from "../pure/range";
import { alarmsOf, bestTime, type Card, isInside, needsPerson, waitingOf } from "../pure/rank";
import { AskRelay, LineOfMover } from "../panels/line/OfMover";
import { fill, s } from "../strings";
import { Badge } from "./Badge";
import { ClosingScale } from "./ClosingScale";

/** A mover that is not heard: that, and for how long. Nothing is counted down from a place it may have left. */
function LastKnown({ alarm }: { alarm: Alarm }) {
  const fix = alarmedFixes.value.get(alarm.mover);
  const age_s = fix ? fix.age_s + Math.max(0, (Date.now() - tracksHeard_ms.value) / 1000) : null;
  return (
    <span class="left">
      <span class="lost">{s.alarm.lastKnown}</span>
      <small>{age_s === null ? s.alarm.heardUnknown : fill(s.alarm.heardAgo, { age: agedAtLeast(age_s) })}</small>
    </span>
  );
}

/** What happened, in a word or two. */
export function eventWords(alarm: Alarm): string {
  if (alarm.event !== "averted") return s.alarm[alarm.event] ?? alarm.event;
  return { stopped: s.alarm.stopped, "turned away": s.alarm.averted, "heard again outside": s.alarm.heardOutside }[alarm.why?.[0] ?? ""] ?? s.alarm.averted;
}

/** The big number: time left to the boundary with how it was worked out, or how deep inside, or that nobody can tell. */
function Left({ alarm }: { alarm: Alarm }) {
  if (alarm.lost) return <LastKnown alarm={alarm} />;
  if (isInside(alarm)) {
    return (
      <span class="left">
        <b>{metres(Math.abs(alarm.boundary_m ?? 0))}</b>
        <small>{s.alarm.insideNow}</small>
      </span>
    );
  }
  const best_s = bestTime(alarm);
  const earliest_s = alarm.earliest_s ?? null;
  const to = alarm.to_boundary_s !== null ? s.alarm.toBoundary : fill(s.alarm.toRing, { ring: alarm.ring });
  const differs = earliest_s !== null && (best_s === null || countdown(earliest_s) !== countdown(best_s));
  return (
    <span class="left">
      <b>{best_s === null ? "—" : countdown(best_s)}</b>
      <small>{best_s === null ? s.alarm.noTime : to}</small>
      {best_s !== null && <small>{alarm.by_route ? s.alarm.byRoute : s.alarm.onHeading}</small>}
      {differs && <small title={s.alarm.earliestHint}>{fill(s.alarm.earliest, { t: countdown(earliest_s) })}</small>}
    </span>
  );
}

function State({ alarm }: { alarm: Alarm }) {
  const now = nodeNow();
  const silenced = alarm.silenced && needsPerson(alarm) ? ` · ${s.alarm.silenced}` : "";
  if (alarm.state === "shelved") {
    return <>{fill(s.alarm.shelvedUntil, { at: shortZ(alarm.shelved_until, now), reason: alarm.shelved_reason ?? s.notStated })}</>;
  }
  if (alarm.state === "acknowledged" && alarm.acknowledged_by) {
    return <>{fill(s.alarm.acknowledgedBy, { who: alarm.acknowledged_by, at: shortZ(alarm.acknowledged_at, now) })}</>;
  }
  return <>{s.alarm[alarm.state] + silenced}</>;
}

const Certainty = ({ alarm }: { alarm: Alarm }) =>
  alarm.certainty === "certain" ? null : <em class="certainty">{s.alarm[alarm.certainty]}</em>;

/**
 * One alarm in full: the node's sentence, then what it leaves out. Distances say what they are measured to: the boundary of the
 * zone, or the alarm's own ring.
 */
function Told({ alarm, head, alone }: { alarm: Alarm; head: boolean; alone: boolean }) {
  const over = (alarm.boundary_m ?? 0) < 0 && !isInside(alarm);
  const side = over ? s.alarm.overArea : fill(isInside(alarm) ? s.alarm.depth : s.alarm.outside, { d: distance(Math.abs(alarm.boundary_m ?? 0)) });
  const boundary = !head || alarm.boundary_m === null || alarm.lost ? "" : side;
  const was_deeper = (alarm.deepest_m ?? 0) > 1.01 * (alarm.depth_m ?? 0);
  const deepest = was_deeper ? fill(s.alarm.deepest, { d: lengths(alarm.deepest_m, alarm.deepest_range_m, s.range), line: alarm.ring === "boundary" ? s.alarm.theBoundary : fill(s.alarm.ringNamed, { ring: alarm.ring }) }) : "";
  const closest = alarm.event !== "averted" || alarm.closest_m == null ? "" : fill(s.alarm.closest, { d: distance(alarm.closest_m) });
  const since = moments(alarm.first_range, (at) => shortZ(at, nodeNow()), s.range);
  const visit = [since && fill(s.alarm.insideSince, { at: since }), alarm.path_range_m ? fill(s.alarm.wayInside, { d: lengths(null, alarm.path_range_m, s.range) }) : ""];
  const facts = [fill(s.alarm.since, { at: shortZ(alarm.since, nodeNow()) }), boundary, ...visit, deepest, closest, fill(s.alarm.version, { v: alarm.zone_version })];
  return (
    <>
      <p class="says">{alarm.says}</p>
      <p class="calm">
        {facts.filter(Boolean).join(" · ")}
        {!alone && needsPerson(alarm) && may("operator") && (
          <button type="button" class="quiet" onClick={() => acknowledge([alarm])}>
            {s.alarm.acknowledgeOne}
          </button>
        )}
      </p>
    </>
  );
}

function Facts({ card }: { card: Card }) {
  const all = alarmsOf(card);
  const { head } = card;
  const sounding = all.filter((alarm) => alarm.state === "unacknowledged" && !alarm.silenced);
  const fix = alarmedFixes.value.get(head.mover);
  const at = fix ?? (head.lat_deg !== null && head.lon_deg !== null ? { lat_deg: head.lat_deg, lon_deg: head.lon_deg } : null);
  return (
    <div class="facts" role="row">
      <div role="gridcell">
        {all.map((alarm) => <Told key={alarm.id} alarm={alarm} head={alarm === head} alone={waitingOf(card).length < 2} />)}
        <p class="row wrap">
          <button type="button" onClick={() => silence(all)} disabled={sounding.length === 0}>
            {all.some((alarm) => alarm.silenced) && sounding.length === 0 ? s.alarm.silenced : s.alarm.silence} <kbd>S</kbd>
          </button>
          {may("supervisor") && (
            <button type="button" onClick={() => shelve(all)}>
              {all.every((alarm) => alarm.state === "shelved") ? s.alarm.unshelve : s.alarm.shelve}
            </button>
          )}
          <AskRelay alarm={head} />
          <button type="button" onClick={() => openTrack(head.mover)}>
            {s.alarm.open}
          </button>
          {[...new Set(all.flatMap((alarm) => alarm.incident ?? []))].map((id) => (
            <button key={id} type="button" onClick={() => openIncident(id)}>
              {s.alarm.incident}
            </button>
          ))}
          <button type="button" onClick={() => openZone(head.zone)}>
            {s.alarm.zone}
          </button>
          {at && (
            <button type="button" onClick={() => (showWanted.value = at)}>
              {s.alarm.onMap} <kbd>M</kbd>
            </button>
          )}
        </p>
      </div>
    </div>
  );
}

/** One control for what waits on this card; its label says how many alarms one press takes. */
function Acknowledge({ card, chosen, moved }: { card: Card; chosen: boolean; moved: () => boolean }) {
  const waiting = waitingOf(card);
  if (waiting.length === 0 || !may("operator")) return null;
  const press = (event: Event): void => {
    event.stopPropagation();
    if (moved()) say(s.alarm.moved, true);
    else acknowledge(waiting);
  };
  return (
    <button type="button" class="acknowledge" onClick={press}>
      {waiting.length > 1 ? fill(s.alarm.acknowledgeAll, { n: waiting.length }) : s.alarm.acknowledge} {chosen && <kbd>A</kbd>}
    </button>
  );
}

interface Props {
  card: Card;
  chosen: boolean;
  first: boolean;
  index: number;
  choose: () => void;
  moved: () => boolean; // whether the list has only just moved under the hand
}

/** One mover and one zone. The mover's name belongs to the card: no change of its rings can take it away. */
export function AlarmCard({ card, chosen, first, index, choose, moved }: Props) {
  const { head, rest } = card;
  const waits = waitingOf(card).length > 0;
  return (
    <div class={`card ${head.priority} ${head.state} ${waits ? "waits" : ""} ${chosen ? "chosen" : ""}`} role="rowgroup" onClick={choose}>
      <div
        class={`alarm ${head.priority} ${head.state}`}
        role="row"
        aria-selected={chosen}
        aria-rowindex={index}
        tabIndex={chosen || first ? 0 : -1}
        data-alarm={head.id}
        onFocus={(event) => event.target === event.currentTarget && !chosen && choose()}
      >
        <div class="what" role="gridcell">
          <p class="first">
            <Badge priority={head.priority} waiting={head.state === "unacknowledged"} />
            <strong class="who">{head.callsign ?? head.mover}</strong>
          </p>
          <p class="event">
            {eventWords(head)} · {head.zone_name}
            {head.ring !== "boundary" && <> · {fill(s.alarm.ringNamed, { ring: head.ring })}</>}
            <Certainty alarm={head} />
          </p>
          {!head.lost && <ClosingScale alarm={head} zone={zones.value.get(head.zone)} />}
          <p class="state">
            <State alarm={head} />
          </p>
        </div>
        <div class="right" role="gridcell">
          <Left alarm={head} />
          <Acknowledge card={card} chosen={chosen} moved={moved} />
        </div>
      </div>
      <LineOfMover mover={head.mover} />
      {rest.map((alarm) => (
        <div key={alarm.id} class={`alarm minor ${alarm.priority} ${alarm.state}`} role="row" data-alarm={alarm.id}>
          <div class="what" role="gridcell">
            <Badge priority={alarm.priority} waiting={alarm.state === "unacknowledged"} word={false} />
            <span class="event">
              {eventWords(alarm)} · {fill(s.alarm.ringNamed, { ring: alarm.ring })}
              <Certainty alarm={alarm} />
            </span>
            <span class="state">
              <State alarm={alarm} />
            </span>
          </div>
        </div>
      ))}
      {chosen && <Facts card={card} />}
    </div>
  );
}
