import { signal, useComputed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { chosenZone, zones } from "../model/store";
import { editing, perform, showWanted } from "../actions";
import { drawing, sketch } from "../map/draw";
import type { LatLon } from "../model/types";
import { type Draft, draftOf, empty, needsOf, readingsOf, zoneOf } from "../pure/draft";
import { metresBetween } from "../pure/geo";
import { fill, s } from "../strings";
import { Head } from "../views/bits";
import { Band, Rings, Size, When, Whom } from "./ZoneFields";
import { TypedPosition } from "./TypedPosition";

/** What is being edited outlives the panel: looking at another panel, Esc, or a lost link loses nothing. */
const drafts = new Map<string, ReturnType<typeof signal<Draft>>>();
export const importedDrafts = (draft: Draft): void => void drafts.set("new", signal(draft));

function draftFor(of: string | null) {
  const key = of ?? "new";
  const kept = drafts.get(key);
  if (kept) return kept;
  const zone = of ? zones.value.get(of) : undefined;
  const made = signal(zone ? draftOf(zone) : empty());
  drafts.set(key, made);
  return made;
}

/** A click on the map: the centre, then the edge of a circle; else one more corner. */
function clicked(draft: Draft, at: LatLon): Draft {
  if (draft.shape === "kept") return draft;
  if (draft.shape !== "circle") return { ...draft, points: [...draft.points, at] };
  const centre = draft.points[0];
  if (!centre || draft.size) return { ...draft, points: [at], size: centre ? draft.size : "" };
  const km = metresBetween(centre, at) / 1000;
  return { ...draft, size: km.toFixed(km < 10 ? 2 : 1), unit: "km", means: "radius" };
}

function Points({ draft, set }: { draft: Draft; set: (next: Partial<Draft>) => void }) {
  if (draft.points.length === 0) return null;
  return (
    <ol class="points">
      {draft.points.map((p, i) => (
        <li key={i}>
          {p[0].toFixed(5)}, {p[1].toFixed(5)}
          <button type="button" class="quiet" onClick={() => set({ points: draft.points.filter((_, j) => j !== i) })}>
            {s.edit.remove}
          </button>
        </li>
      ))}
    </ol>
  );
}

const SHAPES = ["circle", "polygon", "corridor"] as const;

export function ZoneEditor({ of }: { of: string | null }) {
  const kept = draftFor(of);
  const draft = kept.value ?? empty();
  const set = (next: Partial<Draft>): void => {
    kept.value = { ...(kept.value ?? empty()), ...next };
  };
  const needs = useComputed(() => needsOf(kept.value ?? empty()));
  const zone = of ? zones.value.get(of) : undefined;

  useEffect(() => {
    drawing.value = (at) => (kept.value = clicked(kept.value ?? empty(), at));
    const leave = kept.subscribe((now) => {
      if (!now || now.shape === "kept") return void (sketch.value = null);
      const size_m = readingsOf(now.size, now.unit, now.shape === "circle" ? now.means || "radius" : "radius")[0] ?? null;
      sketch.value = { shape: now.shape, points: now.points, size_m };
    });
    return () => {
      leave();
      drawing.value = null;
      sketch.value = null;
    };
  }, [of]);

  const done = (): void => {
    drafts.delete(of ?? "new");
    editing.value = null;
  };
  const publish = async (event: Event): Promise<void> => {
    event.preventDefault();
    const said = (await perform("zone.put", { zone: zoneOf(draft), reason: draft.reason.trim() })) as { zone?: { id: string } } | null;
    if (said === null) return;
    done();
    chosenZone.value = said.zone?.id ?? null;
  };
  const add = (at: LatLon): void => {
    set(draft.shape === "circle" ? { points: [at] } : { points: [...draft.points, at] });
    showWanted.value = { lat_deg: at[0], lon_deg: at[1] };
  };

  return (
    <>
      <Head title={zone ? fill(s.edit.titleChange, { name: zone.name }) : s.edit.titleNew} back={() => (editing.value = null)} />
      <form class="body edit" onSubmit={(event) => void publish(event)}>
        <label>
          {s.edit.name}
          <input value={draft.name} onInput={(e) => set({ name: e.currentTarget.value })} />
        </label>
        <fieldset>
          <legend>{s.zone.shape}</legend>
          {draft.shape === "kept" ? (
            <p>{s.zone.group}</p>
          ) : (
            <>
              <p class="row">
                {SHAPES.map((shape) => (
                  <button key={shape} type="button" aria-pressed={draft.shape === shape} onClick={() => set({ shape, points: shape === "circle" ? draft.points.slice(0, 1) : draft.points })}>
                    {s.zone[shape]}
                  </button>
                ))}
              </p>
              <p class="calm">{s.edit.drawHint[draft.shape]}</p>
              <TypedPosition add={add} />
              <Points draft={draft} set={set} />
              {draft.shape !== "polygon" && <Size draft={draft} set={set} />}
              {draft.shape !== "circle" && (
                <label>
                  {s.zone.edgeRule}
                  <select value={draft.edge_rule} onChange={(e) => set({ edge_rule: e.currentTarget.value as Draft["edge_rule"] })}>
                    <option value="geodesic">{s.zone.geodesic}</option>
                    <option value="lonlat">{s.zone.lonlat}</option>
                  </select>
                </label>
              )}
            </>
          )}
          <label>
            {s.edit.words}
            <input value={draft.words} onInput={(e) => set({ words: e.currentTarget.value })} />
          </label>
        </fieldset>
        <Rings draft={draft} set={set} />
        <Band draft={draft} set={set} />
        <When draft={draft} set={set} />
        <Whom draft={draft} set={set} />
        <label>
          {s.edit.reasonWhy}
          <input value={draft.reason} onInput={(e) => set({ reason: e.currentTarget.value })} />
        </label>
        {needs.value.length > 0 && <p class="calm">{fill(s.edit.missing, { fields: needs.value.map((n) => s.edit.needs[n]).join(", ") })}</p>}
        <p class="row end">
          <button type="button" onClick={done}>{s.edit.discard}</button>
          <button type="submit" class="main" disabled={needs.value.length > 0}>
            {zone ? fill(s.edit.publish, { v: zone.version + 1 }) : s.edit.publishNew}
          </button>
        </p>
      </form>
    </>
  );
}

