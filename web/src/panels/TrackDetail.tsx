import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { chooseAlarm, dialog, inWords, perform, showWanted, trackOpen } from "../actions";
import { drawing, route, sketch, trail } from "../map/draw";
import { alarms, beat, frame, may, nodeNow, slotOf } from "../model/store";
import type { LatLon, ListName, Track, TrackDetail as Detail } from "../model/types";
import { get } from "../net/api";
import { age, bearing, clockZ, distance, height, metres, shortZ, speed } from "../pure/format";
import { fixAt, indexOfSlots } from "../pure/frame";
import { compare } from "../pure/rank";
import { whyNotUsed } from "../pure/reports";
import { fill, many, s } from "../strings";
import { eventWords } from "../views/AlarmCard";
import { Badge } from "../views/Badge";
import { Fact, Head } from "../views/bits";

const FRESH_S = 5; // how often the detail is asked again; the map moves each second anyway

function Heights({ of }: { of: Track }) {
  const a = of.altitude;
  const said: [string, number | null][] = [[s.track.baro, a.baro_m], [s.track.wgs84, a.wgs84_m], [s.track.amsl, a.amsl_m], [s.track.agl, a.agl_m]];
  const known = said.filter(([, value]) => value !== null);
  if (known.length === 0) return <>{of.on_ground ? s.track.onGround : s.notKnown}</>;
  return (
    <>
      {known.map(([words, value]) => (
        <span key={words} class="block">
          {height(value)} <small>{words}</small>
        </span>
      ))}
    </>
  );
}

function Where({ of }: { of: Track }) {
  const slot = slotOf.value.get(of.mover);
  const now = frame.value;
  const at = now && slot !== undefined ? indexOfSlots(now).get(slot) : undefined;
  const live = now && at !== undefined ? fixAt(now, at) : null;
  const lat = live?.lat_deg ?? of.lat_deg;
  const lon = live?.lon_deg ?? of.lon_deg;
  if (lat === null || lon === null) return <>{s.notKnown}</>;
  return (
    <>
      {`${Math.abs(lat).toFixed(5)}° ${lat < 0 ? "S" : "N"} ${Math.abs(lon).toFixed(5)}° ${lon < 0 ? "W" : "E"}`}{" "}
      <button type="button" class="quiet" onClick={() => (showWanted.value = { lat_deg: lat, lon_deg: lon })}>
        {s.alarm.onMap}
      </button>
    </>
  );
}

/** Source, method, both times and the accuracy: every point says where it comes from (R17). */
function Provenance({ of }: { of: Track }) {
  const now = nodeNow();
  const observed = of.observed ? Date.parse(of.observed) : Number.NaN;
  const heard = of.heard ? Date.parse(of.heard) : Number.NaN;
  const delay_s = (heard - observed) / 1000;
  return (
    <dl class="facts2">
      <Fact name={s.track.source}>{of.source}</Fact>
      <Fact name={s.track.method}>{of.method}</Fact>
      <Fact name={s.track.observed}>{of.observed ? shortZ(of.observed, now) : s.notStated}</Fact>
      <Fact name={s.track.heard}>
        {of.heard ? shortZ(of.heard, now) : s.notKnown}
        {Number.isFinite(delay_s) && <small> {fill(s.track.delay, { s: `${delay_s.toFixed(1)} s` })}</small>}
      </Fact>
      <Fact name={s.track.accuracy}>
        {of.accuracy_stated && of.accuracy_m !== null
          ? fill(s.track.accuracyStated, { d: metres(of.accuracy_m) })
          : fill(s.track.accuracyNotStated, { d: metres(of.uncertainty_m) })}
      </Fact>
      <Fact name={s.track.uncertainty}>{distance(of.uncertainty_m)}</Fact>
    </dl>
  );
}

/** A claim in one line, whatever its fields: nothing that somebody said is dropped. */
const claimWords = (claim: Record<string, unknown>): string =>
  Object.entries(claim)
    .filter(([, value]) => value !== null && value !== "")
    .map(([key, value]) => `${key.replaceAll("_", " ")}: ${String(value)}`)
    .join(" · ");

function Route({ mover }: { mover: string }) {
  const on = drawing.value !== null && sketch.value?.shape === "route";
  const points = sketch.value?.points ?? [];
  const stop = (): void => {
    drawing.value = null;
    sketch.value = null;
  };
  const begin = (): void => {
    sketch.value = { shape: "route", points: [], size_m: null };
    drawing.value = (at) => {
      if (sketch.value) sketch.value = { ...sketch.value, points: [...sketch.value.points, at] };
    };
  };
  const save = async (): Promise<void> => {
    if ((await perform("track.route", { mover, line: points })) === null) return;
    route.value = points;
    stop();
  };
  if (!on) {
    return (
      <p class="row wrap">
        <button type="button" onClick={begin}>{s.track.routeDraw}</button>
        {route.value.length > 1 && (
          <button type="button" onClick={() => void perform("track.route", { mover, line: null }).then((ok) => ok && (route.value = []))}>
            {s.track.routeClear}
          </button>
        )}
      </p>
    );
  }
  return (
    <div class="boxed">
      <p>{s.track.routeHint}</p>
      <p class="row wrap">
        <button type="button" class="main" disabled={points.length < 2} onClick={() => void save()}>
          {many(s.track.routeSave, points.length)}
        </button>
        <button type="button" onClick={stop}>{s.cancel}</button>
      </p>
    </div>
  );
}

function Acts({ of }: { of: Track }) {
  if (!may("operator")) return null;
  const list = (name: ListName): void => void perform("track.list", { mover: of.mover, list: name, label: of.label ?? "" });
  const close = (): void => {
    dialog.value = {
      title: s.track.closeTitle,
      body: of.callsign ?? of.mover,
      field: s.track.closeWhy,
      go: () => s.track.closeDo,
      done: async (reason) => (await perform("track.close", { mover: of.mover, reason })) !== null,
    };
  };
  return (
    <>
      <p class="row wrap">
        {of.state === "last_known" && <button type="button" class="main" onClick={close}>{s.track.close}</button>}
        {of.list !== "own" && <button type="button" onClick={() => list("own")}>{s.track.putOwn}</button>}
        {of.list !== "reserved" && <button type="button" onClick={() => list("reserved")}>{s.track.putReserved}</button>}
        {of.list && of.list !== "none" && <button type="button" onClick={() => list("none")}>{s.track.putNone}</button>}
      </p>
      <Route mover={of.mover} />
    </>
  );
}

/** Every report with what became of it: one that did not move the track is struck through, with why. */
function Reports({ of }: { of: Detail }) {
  const why = whyNotUsed(of.reports.map((r) => ({ observed: r.observed ?? null, heard: r.heard ?? null, lat_deg: r.lat_deg ?? null, lon_deg: r.lon_deg ?? null, used: r.used })));
  const unused = why.filter(Boolean).length;
  return (
    <details>
      <summary>
        {many(s.track.reports, of.reports.length)}
        {unused > 0 && <>, {many(s.track.notUsed, unused)}</>}
      </summary>
      <table class="small">
        <thead>
          <tr><th scope="col">{s.track.heard}</th><th scope="col">{s.track.position}</th><th scope="col">{s.track.source}</th><th scope="col">{s.track.accuracy}</th></tr>
        </thead>
        <tbody>
          {of.reports.map((r, i) => [
            <tr key={i} class={why[i] ? "unused" : ""}>
              <td>{r.heard ? clockZ(Date.parse(r.heard)) : "—"}</td>
              <td><span>{r.lat_deg?.toFixed(4)} {r.lon_deg?.toFixed(4)}</span></td>
              <td>{r.source}</td>
              <td>{r.accuracy_m == null ? s.notStated : metres(r.accuracy_m)}</td>
            </tr>,
            why[i] && (
              <tr key={`${i} why`} class="unused why">
                <td colSpan={4}>{s.track.unused}: {s.track.whyNot[why[i]]}</td>
              </tr>
            ),
          ])}
        </tbody>
      </table>
    </details>
  );
}

const doubtWords = (doubt: string, of: Track): string =>
  doubt === "disputed" && of.disputed_m != null
    ? fill(s.track.disputedBy, { d: distance(of.disputed_m) })
    : String((s.track as Record<string, unknown>)[doubt] ?? doubt);

export function TrackDetail({ mover }: { mover: string }) {
  const detail = useSignal<Detail | null>(null);
  const wrong = useSignal("");
  useSignalEffect(() => {
    if (beat.value % FRESH_S !== 0 && detail.peek()) return;
    get<Detail>(`api/v1/tracks/${encodeURIComponent(mover)}`)
      .then((found) => {
        detail.value = found;
        wrong.value = "";
        const points = found.reports.flatMap((r): LatLon[] => (r.lat_deg == null || r.lon_deg == null ? [] : [[r.lat_deg, r.lon_deg]]));
        trail.value = points;
      })
      .catch((error: unknown) => (wrong.value = inWords(error)));
  });
  useEffect(() => () => {
    trail.value = [];
    route.value = [];
  }, []);
  const back = (): void => void (trackOpen.value = false);
  const found = detail.value;
  if (!found) {
    return (
      <>
        <Head title={mover} back={back} />
        <p class="empty">{wrong.value || s.loading}</p>
      </>
    );
  }
  const t = found.track;
  const its = found.alarms.flatMap((id) => alarms.value.get(id) ?? []).sort(compare);
  return (
    <>
      <Head title={t.label || t.callsign || t.mover} back={back}>
        <span class={t.state === "last_known" ? "lost end" : "calm end"}>{s.track[t.state]}</span>
      </Head>
      <div class="body">
        <p class="calm">{[t.mover, s.track[t.mover_class], s.track[t.list && t.list !== "none" ? t.list : "noList"]].join(" · ")}</p>
        {t.state === "last_known" && <p class="boxed">{fill(s.track.lost, { age: age(t.age_s) })}</p>}
        {t.doubts.length > 0 && (
          <p class="boxed"><b>{s.track.doubts}:</b> {t.doubts.map((d) => doubtWords(d, t)).join("; ")}</p>
        )}
        {its.map((alarm) => (
          <button key={alarm.id} type="button" class="line" onClick={() => chooseAlarm(alarm.id)}>
            <span class="first"><Badge priority={alarm.priority} /> {eventWords(alarm)} · {alarm.zone_name} · {fill(s.alarm.ringNamed, { ring: alarm.ring })}</span>
          </button>
        ))}
        <dl class="facts2">
          <Fact name={s.track.position}><Where of={t} /></Fact>
          <Fact name={s.track.height}><Heights of={t} /></Fact>
          <Fact name={s.track.speed}>{speed(t.speed_mps)}</Fact>
          <Fact name={s.track.heading}>{bearing(t.track_deg)}</Fact>
          <Fact name={s.track.vertical}>{t.vertical_mps === null ? null : `${t.vertical_mps.toFixed(1)} m/s (${Math.round(t.vertical_mps * 196.85)} ft/min)`}</Fact>
          <Fact name={s.track.age}>{age(t.age_s)}</Fact>
        </dl>
        <Acts of={t} />
        <h3>{s.track.source}</h3>
        <Provenance of={t} />
        <h3>{s.track.claims}</h3>
        {found.claims.length === 0 && <p class="calm">{s.track.noClaims}</p>}
        <ul class="claims">{found.claims.map((claim, i) => <li key={i}>{claimWords(claim)}</li>)}</ul>
        <Reports of={found} />
      </div>
    </>
  );
}
