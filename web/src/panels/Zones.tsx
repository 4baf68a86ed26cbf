import { useSignal } from "@preact/signals";
import { dialog, editing, inWords, panel, perform, say, showWanted, signedIn } from "../actions";
import { chosenZone, may, nodeNow, zones } from "../model/store";
import type { Limit, Ring, Standing, Zone } from "../model/types";
import { postFile } from "../net/api";
import { draftOf } from "../pure/draft";
import { age, distance, height, shortZ } from "../pure/format";
import { fill, many, s } from "../strings";
import { Fact, Head } from "../views/bits";
import { noticeFor } from "./Notices";
import { importedDrafts } from "./ZoneEditor";

const limitWords = (limit: Limit | null, none: string): string =>
  limit ? `${limit.unit === "fl" ? `FL${limit.value}` : `${limit.value} ${limit.unit}`} = ${height(limit.altitude_m)} ${s.track[limit.datum]}` : none;

export function shapeWords(zone: Zone): string {
  const shape = zone.shape;
  if (shape.type === "circle") return `${s.zone.circle}, ${fill(s.zone.radius, { d: distance(shape.radius_m) })}`;
  if (shape.type === "corridor") return `${s.zone.corridor}, ${fill(s.zone.halfWidth, { d: distance(shape.half_width_m) })}, ${many(s.zone.points, shape.line.length)}`;
  if (shape.type === "polygon") return `${s.zone.polygon}, ${many(s.zone.corners, shape.outer.length)}`;
  return `${s.zone.group}: ${shape.parts.length}`;
}

const hhmm = (t: number): string => `${String(Math.floor(t / 3600)).padStart(2, "0")}:${String(Math.floor((t % 3600) / 60)).padStart(2, "0")}`;

function hoursWords(zone: Zone): string {
  if (zone.hours.length === 0) return s.zone.always;
  return zone.hours.map((h) => `${h.weekdays.map((d) => s.edit.weekdays[d]).join(" ")} ${hhmm(h.start_s)}–${hhmm(h.end_s)}Z`).join("; ");
}

function ringWords(ring: Ring): string {
  if (ring.offset_m === 0) return s.zone.boundary;
  const far = fill(ring.offset_m > 0 ? s.alarm.outside : s.alarm.depth, { d: distance(Math.abs(ring.offset_m)) });
  return `${ring.name}: ${[far, ring.rule === "other" ? "" : s.edit.rules[ring.rule]].filter(Boolean).join(", ")}`;
}

/** A standing that came with the act itself names the input; an operator is told what that is. */
const byAct = (message: string): string => (/^input:\d+$/.test(message) ? s.zone.declaredHere : message);

const STATUSES: Standing["status"][] = ["notified", "received", "acknowledged", "agreed", "disputed"];

function StandingForm({ zone }: { zone: Zone }) {
  const party = useSignal("");
  const status = useSignal<Standing["status"]>("notified");
  const message = useSignal("");
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = { zone: zone.id, version: zone.version, party: party.value.trim(), status: status.value, message: message.value.trim() };
    if ((await perform("zone.standing", body)) !== null) party.value = message.value = "";
  };
  return (
    <details>
      <summary>{s.zone.setStanding}</summary>
      <form class="edit" onSubmit={(event) => void save(event)}>
        <label>{s.zone.party}<input required value={party.value} onInput={(e) => (party.value = e.currentTarget.value)} /></label>
        <label>
          {s.zone.status}
          <select value={status.value} onChange={(e) => (status.value = e.currentTarget.value as Standing["status"])}>
            {STATUSES.map((name) => <option key={name} value={name}>{s.zone[name]}</option>)}
          </select>
        </label>
        <label>{s.zone.message}<input required value={message.value} onInput={(e) => (message.value = e.currentTarget.value)} /></label>
        <p class="row end"><button type="submit">{s.zone.save}</button></p>
      </form>
    </details>
  );
}

function Holders({ zone }: { zone: Zone }) {
  if (zone.holders.length === 0) return <p class="calm">{s.zone.noHolders}</p>;
  return (
    <ul class="claims">
      {zone.holders.map((h) => {
        const behind = h.version < zone.version;
        const since = age((nodeNow() - Date.parse(h.since)) / 1000);
        return (
          <li key={h.party}>
            <b>{h.party}</b> {behind ? <strong class="lost">{h.version === 0 ? fill(s.zone.holdsNone, { age: since }) : fill(s.zone.behind, { v: h.version, age: since })}</strong> : fill(s.zone.current, { v: h.version })}
          </li>
        );
      })}
    </ul>
  );
}

function Acts({ zone }: { zone: Zone }) {
  const withdraw = (): void => {
    dialog.value = {
      title: s.zone.withdrawTitle,
      body: zone.name,
      field: s.reason,
      go: () => s.zone.withdrawDo,
      done: async (reason) => (await perform("zone.withdraw", { zone: zone.id, reason })) !== null,
    };
  };
  const tell = (): void => {
    noticeFor.value = zone.id;
    panel.value = "notices";
  };
  return (
    <p class="row wrap">
      <button type="button" onClick={() => (showWanted.value = { zone: zone.id })}>{s.zone.show}</button>
      {may("operator") && !zone.withdrawn && <button type="button" onClick={tell}>{s.zone.notice}</button>}
      {may("supervisor") && !zone.withdrawn && <button type="button" onClick={() => (editing.value = { zone: zone.id })}>{s.zone.edit}</button>}
      {may("supervisor") && !zone.withdrawn && <button type="button" onClick={withdraw}>{s.zone.withdraw}</button>}
    </p>
  );
}

function Detail({ zone }: { zone: Zone }) {
  const now = nodeNow();
  const said = zone.declared;
  return (
    <>
      <Head title={zone.name || zone.id} back={() => (chosenZone.value = null)}>
        <span class="calm end">{fill(s.zone.version, { v: zone.version })}</span>
      </Head>
      <div class="body">
        <p class="calm">{zone.withdrawn ? s.zone.withdrawn : zone.active ? s.zone.active : s.zone.inactive} · {zone.issuer} {zone.serial} · {zone.id}</p>
        <Acts zone={zone} />
        <dl class="facts2">
          <Fact name={s.zone.shape}>{shapeWords(zone)}</Fact>
          <Fact name={s.zone.words}>{said.words && `“${said.words}”`}{said.other_readings_m.length > 0 && <small class="block">{said.other_readings_m.map(distance).join(", ")}</small>}</Fact>
          <Fact name={s.zone.edgeRule}>{s.zone[zone.edge_rule]}</Fact>
          <Fact name={s.zone.rings}>
            {zone.rings.map((r) => (
              <span key={r.name} class="block">{ringWords(r)}{r.says && <small class="block">{r.says}</small>}</span>
            ))}
          </Fact>
          <Fact name={s.zone.band}>{limitWords(zone.lower, s.zone.ground)} – {limitWords(zone.upper, s.zone.unlimited)}</Fact>
          <Fact name={s.zone.hours}>{hoursWords(zone)}</Fact>
          <Fact name={s.zone.appliesTo}>{zone.applies_to.join(", ") || s.notStated}</Fact>
          <Fact name={s.zone.asks}>{zone.asks || s.notStated}</Fact>
          <Fact name={s.zone.exempt}>{zone.exempt.join(", ")}</Fact>
          <Fact name={s.zone.purpose}>{zone.purpose}</Fact>
          <Fact name={s.zone.effective}>{zone.effective && shortZ(zone.effective, now)}</Fact>
          <Fact name={s.zone.expires}>{zone.expires && shortZ(zone.expires, now)}</Fact>
          <Fact name={s.zone.review}>{zone.review && shortZ(zone.review, now)}</Fact>
        </dl>
        <h3>{s.zone.standing}</h3>
        {zone.standings.length === 0 && <p class="calm">{s.zone.noStanding}</p>}
        <ul class="claims">
          {zone.standings.map((st, i) => <li key={i}><b>{st.party}</b> {s.zone[st.status]} · {shortZ(st.at, now)} · {byAct(st.message)}</li>)}
        </ul>
        {may("operator") && <StandingForm zone={zone} />}
        <h3>{s.zone.holders}</h3>
        <Holders zone={zone} />
      </div>
    </>
  );
}

function Import() {
  const found = useSignal<{ zones: Zone[]; notes: string[] } | null>(null);
  const take = async (files: FileList | null): Promise<void> => {
    const file = files?.[0];
    if (!file) return;
    try {
      found.value = await signedIn(() => postFile("api/v1/zones/read", file, "application/octet-stream"));
    } catch (error) {
      say(inWords(error), true);
    }
  };
  const open = (zone: Zone): void => {
    importedDrafts(draftOf(zone));
    editing.value = { zone: null };
  };
  return (
    <div class="boxed">
      <label>
        {s.zone.importFile}
        <input type="file" accept=".geojson,.json,.kml,.kmz,application/geo+json,application/json" onChange={(e) => void take(e.currentTarget.files)} />
      </label>
      <p class="calm">{s.edit.importHint}</p>
      {found.value && <p>{many(s.edit.importFound, found.value.zones.length)}</p>}
      {found.value?.notes.map((note) => <p key={note}><b>{note}</b></p>)}
      <ul class="claims">
        {found.value?.zones.map((zone, i) => (
          <li key={i} class="row">
            <span><b>{zone.name || zone.id}</b> <small class="block calm">{shapeWords(zone)}</small></span>
            <button type="button" class="end" onClick={() => open(zone)}>{s.edit.importTake}</button>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function ZonesPanel() {
  const chosen = chosenZone.value ? zones.value.get(chosenZone.value) : undefined;
  const importing = useSignal(false);
  if (chosen) return <Detail key={chosen.id} zone={chosen} />;
  const all = [...zones.value.values()].sort((a, b) => Number(a.withdrawn) - Number(b.withdrawn) || (a.name < b.name ? -1 : 1));
  return (
    <>
      <Head title={s.zone.table}>
        {may("supervisor") && <button type="button" class="main end" onClick={() => (editing.value = { zone: null })}>{s.zone.make}</button>}
      </Head>
      <p class="row wrap pad">
        {may("supervisor") && <button type="button" aria-expanded={importing.value} onClick={() => (importing.value = !importing.value)}>{s.zone.importFile}</button>}
        <a href="api/v1/zones.geojson">{s.zone.exportGeojson}</a>
        <a href="api/v1/zones.kml">{s.zone.exportKml}</a>
      </p>
      {importing.value && <Import />}
      {all.length === 0 && <p class="empty">{s.zone.none}</p>}
      <ul class="lines">
        {all.map((zone) => (
          <li key={zone.id}>
            <button type="button" class="line" onClick={() => (chosenZone.value = zone.id)}>
              <span class="first"><strong>{zone.name || zone.id}</strong><span class="end calm">{zone.withdrawn ? s.zone.withdrawn : zone.active ? s.zone.active : s.zone.inactive}</span></span>
              <span class="calm">{shapeWords(zone)} · {fill(s.zone.version, { v: zone.version })}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
