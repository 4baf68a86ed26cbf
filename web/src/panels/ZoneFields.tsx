import type { Datum } from "../model/types";
import type { Draft, DraftUnit, HoursDraft, LimitDraft, Means, RingDraft } from "../pure/draft";
import { readingsOf } from "../pure/draft";
import { metres, nauticalMiles } from "../pure/format";
import { s } from "../strings";

export interface Props {
  draft: Draft;
  set: (next: Partial<Draft>) => void;
}

const UNITS = ["m", "km", "nmi", "statute_mi", "ft", "yd"] as const;
const MEANS: Means[] = ["radius", "diameter", "across", "not stated"];
const RULES = ["contact_by", "no_contact_no_entry", "inner", "other"] as const;
const DATUMS: Datum[] = ["baro", "amsl", "agl", "wgs84"];

function Unit({ value, set, miles }: { value: DraftUnit; set: (unit: DraftUnit) => void; miles?: boolean }) {
  return (
    <select aria-label={s.edit.unit} value={value} onChange={(e) => set(e.currentTarget.value as DraftUnit)}>
      <option value="">{s.edit.unitChoose}</option>
      {UNITS.map((unit) => <option key={unit} value={unit}>{s.edit.units[unit]}</option>)}
      {miles && <option value="mile">{s.edit.mile}</option>}
      {miles && <option value="mile_not_stated">{s.edit.mileNotStated}</option>}
    </select>
  );
}

/** A number, its unit and what it measures: none of the three has a default. */
export function Size({ draft, set }: Props) {
  const circle = draft.shape === "circle";
  const readings = readingsOf(draft.size, draft.unit, circle ? draft.means : "radius");
  const means = { radius: s.edit.meansRadius, diameter: s.edit.meansDiameter, across: s.edit.meansAcross, "not stated": s.edit.meansNotStated, "": s.edit.unitChoose };
  return (
    <div>
      <div class="row">
        <label>
          {circle ? s.edit.size : s.edit.halfWidth}
          <input inputMode="decimal" value={draft.size} onInput={(e) => set({ size: e.currentTarget.value })} />
        </label>
        <label>
          {s.edit.unit}
          <Unit value={draft.unit} set={(unit) => set({ unit })} miles />
        </label>
        {circle && (
          <label>
            {s.edit.means}
            <select value={draft.means} onChange={(e) => set({ means: e.currentTarget.value as Means })}>
              <option value="">{s.edit.unitChoose}</option>
              {MEANS.map((m) => <option key={m} value={m}>{means[m]}</option>)}
            </select>
          </label>
        )}
      </div>
      {draft.unit === "mile" && <p class="boxed"><b>{s.edit.mileKind}</b></p>}
      {readings.length > 0 && (
        <p class="calm">
          {s.edit.makes} {readings.map((r) => `${metres(r)} (${nauticalMiles(r)})`).join(` ${s.edit.or} `)}
          {readings.length > 1 && draft.unit !== "mile" && <> · {s.edit.bothWatched}</>}
        </p>
      )}
    </div>
  );
}

export function Rings({ draft, set }: Props) {
  const put = (i: number, next: Partial<RingDraft>): void => set({ rings: draft.rings.map((r, j) => (j === i ? { ...r, ...next } : r)) });
  return (
    <fieldset>
      <legend>{s.edit.rings}</legend>
      {draft.rings.map((ring, i) => (
        <div key={i} class="ringrow">
          <input aria-label={s.edit.ringName} placeholder={s.edit.ringName} value={ring.name} onInput={(e) => put(i, { name: e.currentTarget.value })} />
          <input aria-label={s.edit.ringOffset} title={s.edit.ringOffset} inputMode="decimal" placeholder="±" value={ring.offset} onInput={(e) => put(i, { offset: e.currentTarget.value })} />
          <Unit value={ring.unit} set={(unit) => put(i, { unit })} />
          <select aria-label={s.edit.ringRule} value={ring.rule} onChange={(e) => put(i, { rule: e.currentTarget.value as RingDraft["rule"] })}>
            {RULES.map((rule) => <option key={rule} value={rule}>{s.edit.rules[rule]}</option>)}
          </select>
          <button type="button" class="quiet" onClick={() => set({ rings: draft.rings.filter((_, j) => j !== i) })}>{s.edit.remove}</button>
          <input class="wide" aria-label={s.edit.ringSays} placeholder={s.edit.ringSays} value={ring.says} onInput={(e) => put(i, { says: e.currentTarget.value })} />
        </div>
      ))}
      <p class="calm">{draft.rings.length > 0 && s.edit.ringOffset}</p>
      <button type="button" onClick={() => set({ rings: [...draft.rings, { name: "", offset: "", unit: "", rule: "contact_by", says: "" }] })}>
        {s.edit.ringAdd}
      </button>
    </fieldset>
  );
}

function LimitField({ name, limit, none, put }: { name: string; limit: LimitDraft | null; none: string; put: (next: LimitDraft | null) => void }) {
  const change = (next: Partial<LimitDraft>): void => put({ value: "", unit: "", datum: "", ...limit, ...next });
  return (
    <div class="row limit">
      <span>{name}</span>
      <label class="check">
        <input type="checkbox" checked={limit === null} onChange={(e) => put(e.currentTarget.checked ? null : { value: "", unit: "", datum: "" })} /> {none}
      </label>
      {limit && (
        <>
          <input aria-label={name} inputMode="decimal" value={limit.value} onInput={(e) => change({ value: e.currentTarget.value })} />
          <select aria-label={s.edit.unit} value={limit.unit} onChange={(e) => change({ unit: e.currentTarget.value as LimitDraft["unit"] })}>
            <option value="">{s.edit.unitChoose}</option>
            <option value="ft">{s.edit.units.ft}</option>
            <option value="m">{s.edit.units.m}</option>
            <option value="fl">{s.edit.fl}</option>
          </select>
          <select aria-label={s.edit.datum} value={limit.datum} onChange={(e) => change({ datum: e.currentTarget.value as LimitDraft["datum"] })}>
            <option value="">{s.edit.unitChoose}</option>
            {DATUMS.map((d) => <option key={d} value={d}>{s.track[d]}</option>)}
          </select>
        </>
      )}
    </div>
  );
}

export function Band({ draft, set }: Props) {
  return (
    <fieldset>
      <legend>{s.zone.band}</legend>
      <LimitField name={s.edit.lower} limit={draft.lower} none={s.zone.ground} put={(lower) => set({ lower })} />
      <LimitField name={s.edit.upper} limit={draft.upper} none={s.zone.unlimited} put={(upper) => set({ upper })} />
    </fieldset>
  );
}

export function When({ draft, set }: Props) {
  const put = (i: number, next: Partial<HoursDraft>): void => set({ hours: draft.hours.map((h, j) => (j === i ? { ...h, ...next } : h)) });
  const flip = (row: HoursDraft, day: number): number[] => (row.weekdays.includes(day) ? row.weekdays.filter((d) => d !== day) : [...row.weekdays, day].sort());
  return (
    <fieldset>
      <legend>{s.edit.hours}</legend>
      {draft.hours.length === 0 && <p>{s.edit.always}</p>}
      {draft.hours.map((row, i) => (
        <div key={i} class="hoursrow">
          <p class="days">
            {s.edit.weekdays.map((name, day) => (
              <button key={name} type="button" aria-pressed={row.weekdays.includes(day)} onClick={() => put(i, { weekdays: flip(row, day) })}>{name}</button>
            ))}
          </p>
          <label>{s.edit.from}<input type="time" required value={row.from} onInput={(e) => put(i, { from: e.currentTarget.value })} /></label>
          <label>{s.edit.until}<input type="time" required value={row.until} onInput={(e) => put(i, { until: e.currentTarget.value })} /></label>
          <button type="button" class="quiet" onClick={() => set({ hours: draft.hours.filter((_, j) => j !== i) })}>{s.edit.remove}</button>
        </div>
      ))}
      <button type="button" onClick={() => set({ hours: [...draft.hours, { weekdays: [0, 1, 2, 3, 4, 5, 6], from: "", until: "" }] })}>{s.edit.hoursAdd}</button>
      <div class="row wrap dates">
        <label>{s.edit.effective}<input type="datetime-local" value={draft.effective} onInput={(e) => set({ effective: e.currentTarget.value })} /></label>
        <label>{s.edit.expires}<input type="datetime-local" value={draft.expires} onInput={(e) => set({ expires: e.currentTarget.value })} /></label>
      </div>
    </fieldset>
  );
}

export function Whom({ draft, set }: Props) {
  return (
    <fieldset>
      <legend>{s.zone.appliesTo}</legend>
      <label>{s.edit.appliesTo}<input value={draft.applies_to} onInput={(e) => set({ applies_to: e.currentTarget.value })} /></label>
      <label>{s.edit.asks}<input value={draft.asks} onInput={(e) => set({ asks: e.currentTarget.value })} /></label>
      <label>{s.edit.exempt}<input value={draft.exempt} onInput={(e) => set({ exempt: e.currentTarget.value })} /></label>
      <label>{s.edit.purpose}<input placeholder={s.edit.purposeHint} value={draft.purpose} onInput={(e) => set({ purpose: e.currentTarget.value })} /></label>
    </fieldset>
  );
}
