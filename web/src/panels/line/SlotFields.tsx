import { useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { inWords, signedIn } from "../../actions";
import { drawing, sketch } from "../../map/draw";
import { alarms, chosenMover, lines, nodeNow, session } from "../../model/store";
import type { LatLon, Slot, TrackDetail } from "../../model/types";
import { get } from "../../net/api";
import { age, metres, stampZ } from "../../pure/format";
import { blank, DATUMS, LENGTHS_M, NO_HEIGHT, read, type Typed, timeOf, typedTime } from "../../pure/slots";
import { fill, s } from "../../strings";
import { TypedPosition } from "../TypedPosition";

export interface FieldProps {
  slot: Slot;
  typed: Typed;
  set: (typed: Typed) => void;
  required?: boolean;
}

export const slotName = (name: string): string => s.line.slot[name] ?? name.replace(/_(text|choice|place|altitude|party|number|count|us|m|deg|cmps)$/, "").replaceAll("_", " ");

const Options = ({ of }: { of: [string, string][] }) => <>{of.map(([value, says]) => <option key={value} value={value}>{says}</option>)}</>;

function Choice({ value, set, of, label, required }: { value: string; set: (value: string) => void; of: [string, string][]; label: string; required?: boolean | undefined }) {
  return (
    <select aria-label={label} required={required} value={value} onChange={(e) => set(e.currentTarget.value)}>
      <option value="">{s.line.form.choose}</option>
      <Options of={of} />
    </select>
  );
}

/** A length of time from now, either way. */
export const fromNow = (at_ms: number): string => {
  const by_s = (at_ms - nodeNow()) / 1000;
  if (Math.abs(by_s) < 1) return s.line.form.rightNow;
  return fill(by_s > 0 ? s.line.form.inFuture : s.line.form.inPast, { age: age(Math.abs(by_s)) });
};

const LATER_MIN = [10, 30, 60];
const PAST = new Set(["seen_us", "sent_us", "asked_us", "told_us", "stopped_us", "acted_us"]); // nothing of these is yet to come

/** A time as it is spoken: typed in UTC on 24 hours, echoed with its day and how far off it is. `steps`: offer times from now. */
export function TimeField({ label, typed, set, steps = true, later = true }: { label: ComponentChildren; typed: Typed; set: (typed: Typed) => void; steps?: boolean; later?: boolean }) {
  const found = timeOf(typed.text, nodeNow());
  return (
    <>
      <label>
        {label}
        <input value={typed.text} placeholder={s.line.form.timeHint} spellcheck={false} autocomplete="off" onInput={(e) => set({ ...typed, text: e.currentTarget.value })} />
      </label>
      <span class="row wrap echo">
        {found && <b>{fill(s.line.form.is, { at: stampZ(new Date(found.at_ms).toISOString()), when: fromNow(found.at_ms) })}</b>}
        {steps && <button type="button" class="quiet" onClick={() => set(typedTime(nodeNow()))}>{s.line.form.now}</button>}
        {steps && later && LATER_MIN.map((n) => (
          <button key={n} type="button" class="quiet" onClick={() => set(typedTime(nodeNow() + n * 60_000))}>{fill(s.line.form.plus, { n })}</button>
        ))}
      </span>
    </>
  );
}

/** Movers a place can be taken from: those in alarm, and the one that is chosen. */
function moversNear(): [string, string][] {
  const found = new Map([...alarms.value.values()].map((alarm) => [alarm.mover, alarm.callsign ?? alarm.mover]));
  const chosen = chosenMover.value;
  if (chosen && !found.has(chosen)) found.set(chosen, chosen);
  return [...found];
}

function OfMover({ take }: { take: (at: LatLon) => void }) {
  const wrong = useSignal("");
  const movers = moversNear();
  if (movers.length === 0) return null;
  const pick = async (mover: string): Promise<void> => {
    if (!mover) return;
    wrong.value = "";
    try {
      const { track } = await signedIn(() => get<TrackDetail>(`api/v1/tracks/${encodeURIComponent(mover)}`));
      if (track.lat_deg !== null && track.lon_deg !== null) take([track.lat_deg, track.lon_deg]);
      else wrong.value = s.alarm.placeUnknown;
    } catch (error) {
      wrong.value = inWords(error);
    }
  };
  return (
    <label>
      {s.line.form.ofMover}
      <select value="" onChange={(e) => void pick(e.currentTarget.value)}>
        <option value="">{s.line.form.choose}</option>
        <Options of={movers} />
      </select>
      {wrong.value && <span class="block">{wrong.value}</span>}
    </label>
  );
}

/** A place: typed in any notation, clicked on one's own map, or (`movers`) taken from a mover. */
export function PlaceField({ slot, typed, set, movers }: FieldProps & { movers?: boolean }) {
  const picking = useSignal(false);
  const take = (at: LatLon): void => {
    picking.value = false;
    set({ ...typed, at });
  };
  useSignalEffect(() => {
    if (!picking.value) return;
    drawing.value = take;
    return () => (drawing.value = null);
  });
  useEffect(() => {
    sketch.value = typed.at ? { shape: "circle", points: [typed.at], size_m: null } : null;
    return () => (sketch.value = null);
  }, [typed.at]);
  const grid_m = ((slot.grid_1e7 ?? 1) / 1e7) * 111_000;
  return (
    <fieldset class="place">
      <legend>{slotName(slot.name)}</legend>
      {typed.at && (
        <p class="row wrap">
          <b>{dm(typed.at)}</b> <span class="calm">{typed.at[0].toFixed(5)}, {typed.at[1].toFixed(5)}</span>
          <button type="button" class="quiet" onClick={() => set({ ...typed, at: null })}>{s.line.form.change}</button>
        </p>
      )}
      {grid_m > 10 && <p class="calm">{fill(s.line.form.coarse, { d: metres(grid_m) })}</p>}
      {!typed.at && (
        <>
          <TypedPosition add={take} sole />
          <p class="row wrap">
            <button type="button" aria-pressed={picking.value} onClick={() => (picking.value = !picking.value)}>
              {picking.value ? s.line.form.picking : s.line.form.pick}
            </button>
          </p>
          {movers && <OfMover take={take} />}
        </>
      )}
    </fieldset>
  );
}

/** Degrees and minutes, as they are spoken. */
function dm([lat, lon]: LatLon): string {
  const one = (deg: number, signs: string, width: number): string => {
    const minutes = Math.round(Math.abs(deg) * 60_000);
    const whole = Math.floor(minutes / 60_000);
    return `${String(whole).padStart(width, "0")}°${((minutes - whole * 60_000) / 1000).toFixed(3).padStart(6, "0")}′${signs[deg < 0 ? 1 : 0]}`;
  };
  return `${one(lat, "NS", 2)} ${one(lon, "EW", 3)}`;
}

const lengths = (): [string, string][] => Object.keys(LENGTHS_M).map((unit) => [unit, s.edit.units[unit as keyof typeof s.edit.units]]);
const speeds = (): [string, string][] => [["kmh", s.line.form.kmh], ["kt", s.line.form.kt], ["mps", s.line.form.mps]];

function Measured({ slot, typed, set, of, label }: FieldProps & { of: [string, string][]; label: string }) {
  return (
    <span class="row measured">
      <input aria-label={label} inputMode="decimal" value={typed.text} onInput={(e) => set({ ...typed, text: e.currentTarget.value })} />
      <Choice label={`${slotName(slot.name)}: ${s.edit.unit}`} value={typed.unit} set={(unit) => set({ ...typed, unit })} of={of} />
    </span>
  );
}

function HeightField(props: FieldProps) {
  const { slot, typed, set } = props;
  const none = typed.datum === "ground" || (NO_HEIGHT as readonly string[]).includes(typed.datum);
  const datums: [string, string][] = [
    ...DATUMS.map((d): [string, string] => [d, s.track[d]]), ["ground", s.line.form.ground], ["unlimited", s.line.form.unlimited], ["not_stated", s.line.form.notStatedHeight],
  ];
  const label = slotName(slot.name);
  return (
    <div class="field">
      <span class="name">{label} {slot.optional && props.required === false && <small>{s.line.form.optional}</small>}</span>
      <span class="row measured height">
        {!none && <Measured {...props} label={label} of={[["ft", s.edit.units.ft], ["m", s.edit.units.m], ["fl", s.edit.fl]]} />}
        {typed.unit !== "fl" && <Choice label={`${label}: ${s.line.form.datum}`} value={typed.datum} set={(datum) => set({ ...typed, datum })} of={datums} />}
      </span>
    </div>
  );
}

function parties(): [string, string][] {
  return [session.value?.party ?? "", ...lines.value.keys()].filter(Boolean).map((party) => [party, party]);
}

/** The field of one slot. Nothing is guessed: no unit, no datum and no word of a list stands there before somebody chose it. */
export function SlotField(props: FieldProps & { movers?: boolean; steps?: boolean; offers?: string }) {
  const { slot, typed, set, required } = props;
  const label = slotName(slot.name);
  const named = required === false ? <>{label} <small>{s.line.form.optional}</small></> : label;
  const put = (text: string): void => set({ ...typed, text });
  switch (slot.kind) {
    case "place":
      return <PlaceField {...props} />;
    case "altitude":
      return <HeightField {...props} />;
    case "time":
      return <div class="field"><TimeField label={named} typed={typed} set={set} steps={props.steps ?? true} later={!PAST.has(slot.name)} /></div>;
    case "distance":
    case "speed":
      return (
        <div class="field">
          <span class="name">{named}</span>
          <Measured {...props} label={label} of={slot.kind === "distance" ? lengths() : speeds()} />
        </div>
      );
    case "choice":
      if (slot.choices) {
        const words = slot.choices.map((word): [string, string] => [word, slot.says?.[word] ?? word.replaceAll("_", " ")]);
        return <label class="field">{named}<Choice label={label} value={typed.text} set={put} of={words} /></label>;
      }
      break;
    case "party":
      return <label class="field">{named}<Choice label={label} value={typed.text} set={put} of={parties()} /></label>;
    default:
  }
  const numeric = slot.kind === "integer" || slot.kind === "bearing";
  return (
    <label class="field">
      {named}
      <input
        dir={numeric ? undefined : "auto"}
        list={slot.kind === "unit" ? props.offers : undefined}
        inputMode={numeric ? "numeric" : undefined}
        placeholder={slot.kind === "bearing" ? s.line.form.degrees : undefined}
        maxLength={slot.most ?? 500}
        value={typed.text}
        onInput={(e) => put(e.currentTarget.value)}
      />
    </label>
  );
}

/** Why a field cannot be read, beside it. */
function Trouble({ slot, typed }: { slot: Slot; typed: Typed }) {
  const found = read(slot, typed, nodeNow());
  if (found.state !== "wrong" || (!typed.text && slot.kind !== "altitude")) return null;
  return <p class="trouble">{s.line.form.why[found.why]}</p>;
}

interface AllProps {
  slots: Slot[];
  typed: Record<string, Typed>;
  set: (slot: string, typed: Typed) => void;
  movers?: boolean;
  marks?: boolean; // say which may be left out
  steps?: boolean;
  offers?: string; // the id of a list of units
}

export function SlotFields({ slots, typed, set, movers, marks = true, steps, offers }: AllProps) {
  return (
    <div class="slots2">
      {slots.map((slot) => {
        const has = typed[slot.name] ?? blank();
        return (
          <div key={slot.name} class={`slot of-${slot.kind}`}>
            <SlotField
              slot={slot}
              typed={has}
              set={(next) => set(slot.name, next)}
              {...(movers ? { movers } : {})}
              {...(offers ? { offers } : {})}
              {...(steps === undefined ? {} : { steps })}
              {...(marks && slot.optional ? { required: false } : {})}
            />
            <Trouble slot={slot} typed={has} />
          </div>
        );
      })}
    </div>
  );
}

/** A moment now, in the node's own time. */
export const nowTyped = (): Typed => typedTime(Math.floor(nodeNow() / 1000) * 1000);
